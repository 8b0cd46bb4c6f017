"""Named lines on one pair of axes."""

from itertools import combinations

import numpy as np
import pytest

from cnnlib import draw
from cnnlib.draw._lines import STYLES

X = np.linspace(-2, 3, 60)
MANY = {f"line {i}": np.full(30, 1.0 + i / 100) for i in range(10)}


def drawn(picture):
    """The lines on the axes, without the two through zero."""
    return [line for line in picture.axes[0].lines if line.get_marker() != "None"]


def words(picture):
    return [text.get_text() for text in picture.texts if text.get_text()]


def names(picture):
    """Each name beside the axes, with the height at which it stands and the piece of line before it."""
    beside = [text for text in picture.texts if text.get_ha() == "left"]
    pieces = [axes.lines[0] for axes in picture.axes[1:]]
    return {text.get_text(): (text.get_position()[1], piece) for text, piece in zip(beside, pieces, strict=True)}


def look(line):
    return line.get_color(), line._unscaled_dash_pattern, line.get_marker()


def test_a_line_runs_through_its_values():
    (line,) = drawn(draw.curves({"x²": X**2}, x=X))
    np.testing.assert_array_equal(line.get_xdata(), X)
    np.testing.assert_array_equal(line.get_ydata(), X**2)


def test_without_x_values_are_counted_from_0():
    long, short = drawn(draw.curves({"long": X, "short": X[:3]}))
    np.testing.assert_array_equal(long.get_xdata(), np.arange(60))
    np.testing.assert_array_equal(short.get_xdata(), [0, 1, 2])


def test_every_line_is_marked():
    for n in (1, 2, 5, 1000):
        (line,) = drawn(draw.curves({"x": np.arange(n)}))
        start, every = line.get_markevery()
        assert 1 <= len(range(start, n, every)) <= 14


def test_any_two_styles_differ_without_colour():
    for one, other in combinations(STYLES, 2):
        assert one.marker != other.marker
        assert one.colour != other.colour


def test_the_piece_before_a_name_looks_like_its_line():
    picture = draw.curves(MANY)
    pieces = [piece for _, piece in names(picture).values()]
    assert [look(piece) for piece in pieces] == [look(line) for line in drawn(picture)]
    assert len({piece.get_marker() for piece in pieces}) == 10


def test_names_stand_in_the_order_in_which_lines_end():
    heights = {
        name: height for name, (height, _) in names(draw.curves({"a": [9, 1], "b": [0, 5], "c": [4, 3]})).items()
    }
    assert heights["b"] > heights["c"] > heights["a"]


@pytest.mark.parametrize("log", [False, True])
def test_names_of_lines_that_end_together_stand_apart_beside_the_axes(log):
    picture = draw.curves(MANY, log=log)
    heights = sorted(height for height, _ in names(picture).values())
    line = 0.24 / picture.get_figheight()
    assert np.diff(heights).min() >= line - 1e-9
    box = picture.axes[0].get_position()
    assert box.y0 <= heights[0] - line / 2 + 1e-9
    assert heights[-1] + line / 2 - 1e-9 <= box.y1


def test_every_value_is_within_the_axes():
    axes = draw.curves({"a": [3.0, -7], "b": [1e3, 2]}).axes[0]
    assert axes.get_ylim()[0] < -7
    assert axes.get_ylim()[1] > 1e3
    assert axes.get_xlim()[0] < 0 < 1 < axes.get_xlim()[1]


def test_ticks_are_few_and_written_short():
    axes = draw.curves({"a": X}, x=X / 1000).axes[0]
    for labels in (axes.get_xticklabels(), axes.get_yticklabels()):
        assert 3 <= len(labels) <= 8
        assert all(len(label.get_text()) <= 8 for label in labels)


def test_epochs_are_whole():
    axes = draw.curves({"loss": [3.0, 2, 1]}).axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0", "1", "2"]


def test_a_log_axis_counts_in_powers_of_ten():
    axes = draw.curves({"a": [1e-4, 0.02, 30]}, log=True).axes[0]
    assert axes.get_yscale() == "log"
    assert axes.get_ylim() == pytest.approx((1e-4, 100))
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["10⁻⁴", "10⁻³", "0.01", "0.1", "1", "10", "100"]


def test_a_line_that_falls_to_zero_leaves_a_log_axis_at_the_foot():
    picture = draw.curves({"dies": [1.0, 0.1, 0, 0], "lives": [1.0, 1, 1, 1]}, log=True)
    assert picture.axes[0].get_ylim() == pytest.approx((0.1, 1))
    heights = {name: height for name, (height, _) in names(picture).items()}
    assert heights["dies"] < heights["lives"]
    assert "dies, from 1 at 0 to 0 at 3, values from 0 to 1" in picture.alt


def test_says_of_each_line_where_it_starts_ends_and_runs():
    picture = draw.curves({"a": [3.0, -1, 2], "b": [np.nan, 5, np.inf]}, x=[1, 2, 4], title="f")
    assert picture.alt == (
        "f. Lines: a, from 3 at 1 to 2 at 4, values from −1 to 3; b, from 5 at 2 to 5 at 2, values from 5 to 5."
    )


def test_titles_names_and_axes_are_in_the_language_chosen():
    draw.language("fr")
    picture = draw.curves({"training": [2.0, 1], "relu": [1.0, 3]}, title="test", across="epoch", up="loss")
    assert set(words(picture)) == {"test", "époque", "perte", "entraînement", "relu"}
    assert picture.alt.startswith("test. Courbes : entraînement, de 2 en 0 à 1 en 1, valeurs de 1 à 2; relu")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: draw.curves({}), r"draw\.curves: there are 0 lines; 1 to 10 fit"),
        (lambda: draw.curves({f"{i}": X for i in range(11)}), r"draw\.curves: there are 11 lines; 1 to 10 fit"),
        (lambda: draw.curves({"a": []}), r"draw\.curves: a has no finite value; one or more fit \(a \(0,\)\)"),
        (lambda: draw.curves({"a": [np.nan]}), r"draw\.curves: a has no finite value; one or more fit \(a \(1,\)\)"),
        (lambda: draw.curves({"a": [[1]]}), r"draw\.curves: a has 2 axes but 1 fit, \(n\)"),
        (lambda: draw.curves({"a": [1, 2]}, x=[1]), r"draw\.curves: a has 2 values but x has 1"),
        (lambda: draw.curves({"a": [1, 2]}, x=[1, np.inf]), r"draw\.curves: x holds inf; finite numbers fit"),
        (lambda: draw.curves({"a": [0, -2]}, log=True), r"draw\.curves: log needs a value above 0; there is none"),
    ],
)
def test_refuses_in_the_one_wording(make, message):
    with pytest.raises(ValueError, match=message):
        make()
