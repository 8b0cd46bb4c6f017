"""Small graphs side by side on one scale."""

from itertools import pairwise

import numpy as np
import pytest

from cnnlib import draw

X = np.linspace(-2, 3, 60)
GRAPHS = {name: {"f(x)": i * X, "f′(x)": np.full(60, float(i))} for i, name in enumerate("abcdefg")}


def graphs(picture):
    """The axes of the graphs, in reading order, without the pieces of line at the foot."""
    return [axes for axes in picture.axes if axes.axison]


def test_each_graph_has_its_lines():
    for i, axes in enumerate(graphs(draw.panels(GRAPHS, x=X))):
        line, slope = (line for line in axes.lines if line.get_marker() != "None")
        np.testing.assert_array_equal(line.get_xdata(), X)
        np.testing.assert_array_equal(line.get_ydata(), i * X)
        np.testing.assert_array_equal(slope.get_ydata(), np.full(60, i))
        assert line.get_marker() != slope.get_marker()


def test_all_have_one_scale():
    axes = graphs(draw.panels(GRAPHS, x=X))
    assert {one.get_xlim() for one in axes} == {(-2, 3)}
    assert len({one.get_ylim() for one in axes}) == 1
    assert axes[0].get_ylim()[0] < -12
    assert axes[0].get_ylim()[1] > 18


def test_stand_in_rows_from_left_to_right():
    boxes = [axes.get_position() for axes in graphs(draw.panels(GRAPHS, x=X, columns=4))]
    assert [len({round(box.y0, 6) for box in part}) for part in (boxes[:4], boxes[4:])] == [1, 1]
    assert boxes[0].y0 > boxes[4].y1
    assert all(one.x1 < next_one.x0 for one, next_one in pairwise(boxes[:4]))


def test_fewer_graphs_than_columns_fill_the_width():
    (only,) = graphs(draw.panels({"a": {"f(x)": X}}, x=X))
    assert only.get_position().width > 0.85


def test_names_the_lines_once_at_the_foot():
    words = [text.get_text() for text in draw.panels(GRAPHS, x=X).texts]
    assert words == [*"abcdefg", "f(x)", "f′(x)"]


def test_says_of_each_line_how_it_runs():
    assert draw.panels({"step": {"test": [0.0, 2]}}, x=[-1, 1]).alt == (
        "Graphs: 1. step: test, from 0 at −1 to 2 at 1, values from 0 to 2."
    )
    draw.language("fr")
    assert draw.panels({"step": {"loss": [0.0, 2]}}, x=[-1, 1]).alt == (
        "Graphiques : 1. itération : perte, de 0 en −1 à 2 en 1, valeurs de 0 à 2."
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: draw.panels({}, x=X), r"draw\.panels: graphs is empty; one or more fit"),
        (lambda: draw.panels(GRAPHS, x=X, columns=0), r"draw\.panels: columns is 0; 1 or more fits"),
        (lambda: draw.panels({"a": {"f": [1]}}, x=X), r"draw\.panels: f has 1 values but x has 60"),
        (lambda: draw.panels({"a": {}}, x=X), r"draw\.panels: there are 0 lines; 1 to 10 fit"),
        (
            lambda: draw.panels({"a": {"f": X, "g": X}, "b": {"f": X}}, x=X),
            r"draw\.panels: b has the lines f; f, g fit",
        ),
    ],
)
def test_refuses_in_the_one_wording(make, message):
    with pytest.raises(ValueError, match=message):
        make()
