"""Whatever a student writes or prints, what a page shows of it runs nothing, loads nothing and leads nowhere."""

import base64
import html.parser
import threading
import time

import pytest
from hostile_markup import HOSTILE, REMOTE

from autograder.reports import harmless

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n0000").decode()
TAGS = {*harmless.TAGS}


class Reader(html.parser.HTMLParser):
    """The tags and attributes of a text."""

    def __init__(self, markup):
        super().__init__()
        self.found = []
        self.feed(markup)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


def faults(markup):
    """What of a text is not on the short list of what may be shown."""
    for tag, attributes in Reader(markup).found:
        if tag not in TAGS:
            yield tag
        for name, value in attributes.items():
            known = {"href": ("http://", "https://", "mailto:"), "src": ("data:image/",), "rel": ("noopener",)}
            if name not in {*known, "alt", "colspan", "rowspan", "start", "title", "width"}:
                yield name
            if not (value or "").startswith(known.get(name, "")):
                yield f"{name}={value}"


@pytest.mark.parametrize("markup", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("reader", [harmless.clean, harmless.markdown, harmless.text, harmless.code, harmless.trusted])
def test_what_is_hostile_does_nothing(reader, markup):
    shown = str(reader(f"before {markup} after"))
    ours = ' class="' if reader is harmless.code else None
    assert [one for one in faults(shown) if not (ours and one == "class")] == []
    assert "before" in shown


def test_the_faults_are_found_where_nothing_is_cleaned():
    assert {name for name, markup in HOSTILE.items() if not list(faults(markup))} == {"comment"}


def test_what_is_harmless_stays():
    assert harmless.clean("<table><tr><th>a</th><td colspan=2>1</td></tr></table>") == (
        '<table><tbody><tr><th>a</th><td colspan="2">1</td></tr></tbody></table>'
    )
    assert 'href="https://numpy.org"' in harmless.clean('<a href="https://numpy.org">numpy</a>')
    assert harmless.clean(f'<img alt="cat" src="data:image/png;base64,{PNG}">').count("<img") == 1


def test_a_picture_elsewhere_is_its_words():
    assert harmless.clean(f'<img alt="a cat" src="{REMOTE}">') == "[a cat]"


def test_formulas_stay_as_they_were_written_and_headings_fit_below_the_pages_own():
    shown = harmless.markdown("# A\n\n$a<b$\n\n$$\\sum_i$$\n\n\\begin{align}x\\end{align}")
    assert "<h3>A</h3>" in shown
    assert "<code>$a&lt;b$</code>" in shown
    assert "<pre>\\sum_i</pre>" in shown
    assert "\\begin{align}" in shown


def test_attached_pictures_are_shown_and_others_are_not():
    attached = {"a.png": {"image/png": PNG}, "b.svg": {"image/svg+xml": "<svg/>"}, "c": "odd", "d": {"image/png": "?"}}
    shown = harmless.markdown("![a](attachment:a.png) ![b](attachment:b.svg) ![c](attachment:c)", attached)
    assert shown.count("<img") == 1
    assert "[b]" in shown
    assert "[c]" in shown


@pytest.mark.parametrize(
    ("kind", "content"),
    [("image/png", "not base64"), ("image/png", None), ("text/html", PNG), ("image/png", "A" * 5_000_000)],
)
def test_what_is_no_picture_is_not_shown_as_one(kind, content):
    assert harmless.picture(kind, content, "") is None


def test_a_drawing_is_a_picture_in_which_nothing_runs():
    shown = harmless.picture("image/svg+xml", ["<svg onload=", "alert(1)/>"], 'a "drawing"')
    assert list(faults(shown)) == []
    assert "alert" not in shown


def test_half_characters_and_odd_types_are_shown_as_far_as_they_go():
    assert harmless.text("\ud800a") == "<pre>?a</pre>"
    assert harmless.text(["a", 1, None, "b"]) == "<pre>ab</pre>"
    assert harmless.text({"a": 1}) == "<pre></pre>"


def test_long_and_deep_markup_is_text():
    long = "<b>" + "a" * harmless.MOST_MARKUP
    for shown in (harmless.clean(long), harmless.markdown(long), harmless.code(long)):
        assert shown.startswith("<pre>&lt;b&gt;")
        assert shown.endswith(" …</pre>")
    for deep in ("<div>" * 2000, ">" * 1000 + "a", "[" * 1000):
        assert list(faults(harmless.clean(deep))) == []
        assert list(faults(harmless.markdown(deep))) == []


def test_what_takes_too_long_is_broken_off():
    with pytest.raises(harmless.TookTooLong, match=r"^$"), harmless.within(0.05):
        time.sleep(30)
    with harmless.within(5):
        pass


def test_another_thread_is_left_alone():
    done = []

    def work():
        with harmless.within(0.01):
            time.sleep(0.05)
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
