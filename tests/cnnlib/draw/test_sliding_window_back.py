"""The sliding window backwards: its gradients are cnnlib's, at every window what has come back until then."""

import json
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnnlib
from cnnlib import draw
from cnnlib.draw._numbers import number


def tables(animation):
    """The texts of each table, holes left out."""
    found = re.findall(r"<tbody>(.*?)</tbody>", animation._repr_html_(), re.DOTALL)
    return [
        [[cell for cell in re.findall(r"<td[^>]*>(.*?)</td>", row) if cell] for row in table.split("</tr>")[:-1]]
        for table in found
    ]


def steps(animation):
    (source,) = re.findall(r'<script type="application/json">(.*?)</script>', animation._repr_html_(), re.DOTALL)
    return json.loads(source)["steps"]


def written(array):
    return [[number(value) for value in row] for row in np.atleast_2d(array)]


@st.composite
def passes(draw_from):
    """(x, k, dy, options) that fit, of one or two axes."""
    axes = draw_from(st.sampled_from([1, 2]))
    rng = np.random.default_rng(draw_from(st.integers(0, 1000)))
    options = {
        name: draw_from(st.integers(least, 2)) for name, least in (("stride", 1), ("padding", 0), ("dilation", 1))
    }
    kernel = tuple(draw_from(st.integers(1, 3)) for _ in range(axes))
    size = tuple(options["dilation"] * (n - 1) + 1 + draw_from(st.integers(0, 3)) for n in kernel)
    x, k = rng.integers(-9, 10, size), rng.integers(-3, 4, kernel)
    sides = (options["padding"] if axes == 2 else 0, options["padding"])
    y, cache = cnnlib.conv2d_forward(
        np.atleast_2d(x)[None, None], np.atleast_2d(k)[None, None], **{**options, "padding": sides}
    )
    dy = rng.integers(-5, 6, y.shape)
    dx, dk, _ = cnnlib.conv2d_backward(dy, cache)
    return x, k, dy[0, 0] if axes == 2 else dy[0, 0, 0], options, sides, dx[0, 0], dk[0, 0]


@settings(deadline=None, max_examples=40)
@given(passes())
def test_shows_both_gradients(given_pass):
    x, k, dy, options, (above, left), dx, dk = given_pass
    dy_table, k_table, dx_table, x_table, dk_table = tables(draw.sliding_window_back(x, k, dy, **options))
    rows = dx_table[above : len(dx_table) - above]
    assert [row[left : len(row) - left] for row in rows] == written(dx)
    assert dk_table == written(dk)
    assert dy_table == written(dy)
    assert k_table == written(k)
    rows = x_table[above : len(x_table) - above]
    assert [row[left : len(row) - left] for row in rows] == written(x)


def test_each_step_tells_what_has_come_back_until_then():
    first, second = steps(draw.sliding_window_back([1, 4, -1], [1, -2], [3, 10]))
    assert first["words"] == "dy[0] = 3: dx += 3·k, dk += 3·x"
    assert (first["inputs"], first["products"], first["weights"]) == (["3", "−6", "0"], ["3", "12"], ["+3", "−6"])
    assert (second["inputs"], second["products"]) == (["3", "4", "−20"], ["43", "2"])
    assert [step["value"] for step in (first, second)] == ["3", "10"]


def test_needs_no_network_and_shares_no_id():
    source = draw.sliding_window_back(np.eye(3), np.eye(2), np.eye(2))._repr_html_()
    assert not re.search(r"https?:|//\w|@import|url\(|src=|href=|\bid=", source)


def test_a_terminal_gets_a_sentence_with_both_gradients():
    animation = draw.sliding_window_back([1, 4, -1], [1, -2], [3, 10])
    sentence = "Backward pass: dy 2 spreads into dx 3 and gathers in dk 2"
    assert repr(animation) == f"{sentence}: 3 4 −20; 43 2"


def test_french():
    draw.language("fr")
    source = draw.sliding_window_back([1, 4, -1], [1, -2], [3, 10], padding=0)._repr_html_()
    for words in ("Passe arrière", "gradient amont", "de l’entrée", "du noyau", "fenêtre 2 sur 2"):
        assert words in source


@pytest.mark.parametrize(
    ("dy", "message"),
    [([1, 2, 3], r"dy has shape \(3,\) but y has \(2,\)"), ([[1, 2]], r"dy has shape \(1, 2\) but y has \(2,\)")],
)
def test_refuses_an_upstream_gradient_of_another_shape(dy, message):
    with pytest.raises(ValueError, match=r"draw\.sliding_window_back: " + message):
        draw.sliding_window_back([1, 4, -1], [1, -2], dy)


def test_refuses_what_the_forward_animation_refuses():
    with pytest.raises(ValueError, match=r"draw\.sliding_window_back: k has 2 axes but x has 1"):
        draw.sliding_window_back([1, 2], [[1]], [1])
