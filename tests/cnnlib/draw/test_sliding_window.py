"""The sliding-window animation as HTML: its numbers, its structure, and that it needs nothing else."""

import html
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlib import draw
from cnnlib.draw._numbers import number

VOID = {"input", "br", "img", "path"}


class Tables(HTMLParser):
    """Reads the tables of a page, and fails where tags are not properly nested."""

    def __init__(self):
        super().__init__()
        self.open, self.tables, self.weights = [], [], []

    def handle_starttag(self, tag, attributes):
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag == "td":
            self.tables[-1][-1].append("")
            self.weights += [value for name, value in attributes if name == "data-weight"]

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "td":
            self.tables[-1][-1][-1] += data


def read(animation):
    page = Tables()
    page.feed(animation._repr_html_())
    page.close()
    assert page.open == []
    return page


def script_data(animation):
    (source,) = re.findall(r'<script type="application/json">(.*?)</script>', animation._repr_html_(), re.DOTALL)
    return json.loads(source)


def naive_correlation(x, k, stride, padding, dilation):
    """By loops, on (H, W); padding is (rows, columns)."""
    x = np.pad(x, [(side, side) for side in padding])
    H, W = x.shape
    h, w = k.shape
    rows = range(0, H - dilation * (h - 1), stride)
    columns = range(0, W - dilation * (w - 1), stride)
    return [
        [sum(x[r + dilation * i, c + dilation * j] * k[i, j] for i in range(h) for j in range(w)) for c in columns]
        for r in rows
    ]


@st.composite
def slides(draw_from):
    """(x, k, options) that fit, of one or two axes."""
    axes = draw_from(st.sampled_from([1, 2]))
    rng = np.random.default_rng(draw_from(st.integers(0, 1000)))
    options = {
        name: draw_from(st.integers(least, 2)) for name, least in (("stride", 1), ("padding", 0), ("dilation", 1))
    }
    kernel = tuple(draw_from(st.integers(1, 3)) for _ in range(axes))
    size = tuple(options["dilation"] * (n - 1) + 1 + draw_from(st.integers(0, 3)) for n in kernel)
    return rng.integers(-9, 10, size), rng.integers(-3, 4, kernel), options


@settings(deadline=None, max_examples=40)
@given(slides())
def test_shows_the_numbers_of_a_naive_correlation(slide):
    x, k, options = slide
    animation = draw.sliding_window(x, k, **options)
    sides = (options["padding"] if x.ndim == 2 else 0, options["padding"])
    expected = naive_correlation(np.atleast_2d(x), np.atleast_2d(k), options["stride"], sides, options["dilation"])
    page = read(animation)
    _, kernel_table, products_table, output_table = page.tables

    filled = [[text for text in row if text] for row in output_table]
    assert filled == [[number(value) for value in row] for row in expected]
    assert [step["value"] for step in script_data(animation)["steps"]] == [t for row in filled for t in row]
    assert [t for row in kernel_table for t in row if t] == [number(v) for v in k.ravel()]
    assert page.weights == [number(v) for v in k.ravel()]
    products = [float(t.replace("−", "-")) for row in products_table for t in row if t]
    assert sum(products) == expected[-1][-1]


def test_each_step_says_its_sum_as_a_student_writes_it():
    steps = script_data(draw.sliding_window([1, 4, -1], [1, -2]))["steps"]
    assert [step["words"] for step in steps] == [
        "y[0] = 1·1 + 4·(−2) = −7",
        "y[1] = 4·1 + (−1)·(−2) = 6",
    ]
    assert [step["products"] for step in steps] == [["1", "−8"], ["4", "2"]]
    assert [(step["row"], step["column"]) for step in steps] == [(0, 0), (0, 1)]


def test_long_sums_are_shortened():
    (step,) = script_data(draw.sliding_window(np.ones((5, 5)), np.ones((5, 5))))["steps"]
    assert step["words"] == "y[0, 0] = 1·1 + 1·1 + 1·1 + … + 1·1 = 25"


def test_padding_is_shown_and_named():
    animation = draw.sliding_window([1, 2], [1, 1], padding=1)
    assert read(animation).tables[0] == [["0", "1", "2", "0"]]
    assert animation._repr_html_().count('<td class="pad') == 2
    assert "padding 1" in animation._repr_html_()


def test_dilated_weights_and_strided_outputs_stand_apart_on_a_line():
    page = read(draw.sliding_window([1, 2, 3, 4, 5], [1, 2], stride=2, dilation=2))
    assert page.tables[1] == [["1", "", "2"]]
    assert page.tables[3] == [["7", "", "13"]]


def test_needs_no_network():
    source = draw.sliding_window(np.eye(4), np.eye(2))._repr_html_()
    assert not re.search(r"https?:|//\w|@import|url\(|src=|href=", source)


def test_two_on_a_page_share_no_id():
    assert not re.search(r"\bid=", draw.sliding_window([1, 2], [1])._repr_html_())


def test_the_same_animation_is_the_same_text():
    first, second = (draw.sliding_window([1, 2], [1])._repr_html_() for _ in range(2))
    assert first == second


def test_names_are_escaped():
    source = draw.sliding_window([1, 2], [1], names=("</script><b>", "k", "y"))._repr_html_()
    assert "</script><b>" not in source
    assert html.escape("</script><b>") in source


def test_a_terminal_gets_a_sentence_with_the_numbers():
    animation = draw.sliding_window([1, 2, 3, 4], [3, 2])
    assert repr(animation) == "Sliding window: k 2 over x 4 gives y 3: 7 12 17"


def test_french():
    draw.language("fr")
    animation = draw.sliding_window(np.eye(3), np.eye(2), stride=1, padding=1)
    source = animation._repr_html_()
    data = script_data(animation)
    assert repr(animation).startswith("Fenêtre glissante : k 2×2 sur x 3×3 donne y 4×4")
    for word in ("entrée", "remplissage 1", "noyau", "produits", "sortie"):
        assert word in source
    assert (data["play"], data["steps"][0]["counter"]) == ("Lecture", "fenêtre 1 sur 16")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2], [[1]]), r"k has 2 axes but x has 1"),
        (([1, 2], [1, 2, 3]), r"the window is 1x3 but x, padded, is 1x2"),
        ((np.zeros((21, 2)), [[1]]), r"x, padded, is 21×2; at most 20 along an axis fit"),
        ((np.zeros((2, 2, 2)), [1]), r"x has 3 axes but 1 or 2 fit"),
        (([], [1]), r"x is empty; one value or more fits"),
    ],
)
def test_refuses_in_the_one_wording(arguments, message):
    with pytest.raises(ValueError, match=r"draw\.sliding_window: " + message):
        draw.sliding_window(*arguments)


def test_refuses_a_stride_of_zero():
    with pytest.raises(ValueError, match=r"draw\.sliding_window: stride is 0; 1 or more fits"):
        draw.sliding_window([1, 2], [1], stride=0)
