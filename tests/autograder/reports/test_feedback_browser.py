"""A page of feedback in a real browser: nothing that a student wrote runs or is loaded, and it can be read anywhere."""

import json

import nbformat.v4 as v4
import pytest
from graded_by_hand import graded, wrong
from graded_class import ADDS_TWO, LESSON
from hostile_markup import HOSTILE

from autograder.cli import main

pytestmark = pytest.mark.browser


def fill(notebook):
    """Everything hostile, in every place that is a student's."""
    for number, markup in enumerate(HOSTILE.values()):
        kinds = ("text/html", "text/markdown", "text/plain", "image/svg+xml", "application/javascript")
        outputs = [v4.new_output("display_data", {kind: markup}) for kind in kinds]
        outputs += [v4.new_output("stream", text=markup), v4.new_output("error", evalue=markup, traceback=[markup])]
        notebook.cells.append(v4.new_markdown_cell(markup, id=f"text-{number}"))
        notebook.cells.append(v4.new_raw_cell(markup, id=f"raw-{number}"))
        notebook.cells.append(v4.new_code_cell(f"# {markup}", id=f"code-{number}", outputs=outputs))


@pytest.fixture
def hostile(biology, capsys):
    """The page of a student who tried everything."""
    handed = biology.hand_in("<b>eve", ADDS_TWO, change=fill)
    ran = v4.reads(json.dumps(handed))
    ran.cells[-1].outputs = [v4.new_output("error", ename="<script>", evalue=HOSTILE["handler"])]
    graded(biology, "<b>eve", [wrong()], ran=ran)
    assert main(["feedback", str(biology.folder)]) == 0
    capsys.readouterr()
    return biology.folder / "feedback/<b>eve" / LESSON / f"{LESSON}.html"


def opened(browser, path, **how):
    """A page, and what it asked for, got, said and complained of."""
    page = browser.new_page(**how)
    heard = []

    def hear(kind, text):
        if not text.startswith(("data:image/", path.as_uri())):
            heard.append((kind, text))

    page.on("console", lambda message: hear("said", message.text))
    page.on("dialog", lambda dialog: (hear("asked", dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: hear("failed", str(error)))
    page.on("request", lambda request: hear("wanted", request.url))
    page.on("requestfinished", lambda request: hear("got", request.url))
    page.goto(path.as_uri())
    page.wait_for_load_state("networkidle")
    return page, heard


def test_nothing_hostile_runs_is_loaded_or_is_even_complained_of(browser, hostile):
    page, heard = opened(browser, hostile)
    assert heard == []
    assert page.title() == "Feedback: 00 · Start here · <b>eve"
    assert (
        page.evaluate(
            "document.scripts.length + document.forms.length + document.querySelectorAll('iframe,object,embed').length"
        )
        == 0
    )
    assert page.locator("[style], [onerror], [onload]").count() == 0
    assert page.locator("#scores").count() == 1
    page.close()


def test_the_page_forbids_what_cleaning_might_miss(browser, hostile, tmp_path):
    text = hostile.read_text(encoding="utf-8")
    names = ("script", "handler", "picture", "style", "style sheet", "frame", "form")
    missed = "".join(HOSTILE[name] for name in names) + "<script>document.title = 'run'</script>"
    changed = tmp_path / "missed.html"
    changed.write_text(text.replace("<main>", f"<main>{missed}"), encoding="utf-8")
    page, heard = opened(browser, changed)
    assert page.title() != "run"
    kinds = {kind for kind, _ in heard}
    assert kinds == {"said", "wanted"}  # and complained, and did not get
    assert all("Content Security Policy" in text for kind, text in heard if kind == "said"), heard
    page.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_it_fits_a_telephone_and_a_desk(browser, hostile, width):
    page, _ = opened(browser, hostile, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_it_is_dark_where_the_reader_wants_that(browser, hostile):
    grounds = []
    for scheme in ("light", "dark"):
        page, _ = opened(browser, hostile, color_scheme=scheme)
        grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        page.close()
    assert grounds == ["rgb(255, 255, 255)", "rgb(20, 23, 27)"]


def test_a_screen_reader_finds_its_way(browser, hostile):
    page, _ = opened(browser, hostile)
    assert page.get_by_role("main").count() == page.get_by_role("banner").count() == 1
    assert page.get_by_role("heading", level=1).count() == 1
    for name in ("Score by exercise", "What to look at", "Your notebook"):
        assert page.get_by_role("region", name=name).count() == 1
    assert page.get_by_role("columnheader").all_inner_texts()[:3] == ["Exercise", "Result", "Points"]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to your notebook"
    page.get_by_role("link", name="double", exact=True).click()
    assert page.evaluate("location.hash") == "#about-1"
    page.close()
