"""The class report in Chromium: tables sort, a phone needs no sideways scrolling, nothing is loaded."""

import pytest
from playwright.sync_api import expect
from reported_class import LESSON, Handed, make_class

from autograder.cli import main

pytestmark = pytest.mark.browser

STUDENTS = {
    "ada": Handed({"conv1d": 1.0, "conv2d": 1.0, "seven_values": 1.0}),
    "bob": Handed({"conv1d": 1.0}, {"conv2d": "transposed kernel"}, seconds=9.0),
    "eve": Handed({"conv1d": 0.0}, {"conv2d": "transposed kernel", "conv1d": "flipped kernel"}, seconds=12.0),
    "kim": Handed({}, {"conv1d": "flipped kernel", "conv2d": "transposed kernel"}),
    "zoe": Handed(readable=False),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_class(tmp_path_factory.mktemp("class") / "biology", STUDENTS)


@pytest.fixture(scope="module")
def addresses(folder):
    """Where reports lie, by language."""
    found = {}
    for language in ("en", "fr"):
        (folder / "autograder.toml").write_text(f'language = "{language}"\n')
        report = folder / f"{language}.html"
        assert main(["report", str(folder), "--no-similarity", "--output", str(report)]) == 0
        found[language] = report.as_uri()
    return found


@pytest.fixture
def language():
    return "en"


@pytest.fixture
def page(browser, addresses, language):
    address = addresses[language]
    page = browser.new_page()
    page.set_default_timeout(10_000)
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    yield page
    page.close()
    assert said == []
    assert asked == [address]


def first_column(table):
    return [text.split()[0] for text in table.locator("tbody th").all_inner_texts()]


def test_a_heading_sorts_its_table_both_ways(page):
    table = page.locator("#every-student ~ .wide table")
    student, points, total, _mistakes = table.locator("thead th").all()
    expect(student).to_have_attribute("aria-sort", "ascending")
    points.get_by_role("button").click()
    expect(points).to_have_attribute("aria-sort", "descending")
    assert student.get_attribute("aria-sort") is None
    assert first_column(table) == ["ada", "bob", "eve", "kim", "zoe"]
    points.get_by_role("button").press("Enter")
    expect(points).to_have_attribute("aria-sort", "ascending")
    assert first_column(table) == ["eve", "kim", "bob", "ada", "zoe"]  # who has no score is last both ways
    assert LESSON in points.inner_text()
    student.get_by_role("button").click()
    student.get_by_role("button").click()
    assert first_column(table) == ["zoe", "kim", "eve", "bob", "ada"]
    assert total.get_attribute("aria-sort") is None


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_phone_needs_no_sideways_scrolling(page):
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    names = page.locator("details .names").first
    expect(names).to_be_hidden()
    page.locator("#re-teach ~ table summary").first.click()
    expect(names).to_be_visible()


def test_it_says_what_is_where(page):
    assert page.get_by_role("main").count() == page.get_by_role("navigation").count() == 1
    for region in page.get_by_role("region").all():
        assert region.get_attribute("aria-label") or region.get_attribute("aria-labelledby")
    assert page.locator("table").count() == page.locator("table > caption").count()
    assert page.locator("thead th:not([scope=col]), tbody th:not([scope=row])").count() == 0
    for link in page.locator("nav a").all():
        assert page.locator(link.get_attribute("href")).count() == 1


def test_it_reads_the_same_without_script(browser, addresses):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(addresses["en"])
    assert page.locator("thead button").count() == 0
    assert first_column(page.locator("#re-teach ~ table")) == ["conv2d", "conv1d"]
    context.close()


def test_on_paper_all_is_unfolded_and_fits(page):
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1000})  # A4 with its margins
    assert page.evaluate("document.documentElement.scrollWidth") == 720
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0
