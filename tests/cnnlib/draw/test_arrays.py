"""Arrays, formulas and kernels with their numbers."""

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from cnnlib import draw
from cnnlib.draw._numbers import number

SOBEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])


def grid_texts(axes):
    """The numbers in the boxes, by row and column."""
    return {(round(text.get_position()[1]), round(text.get_position()[0])): text.get_text() for text in axes.texts}


def expected_texts(values):
    return {(r, c): number(v) for (r, c), v in np.ndenumerate(np.atleast_2d(values))}


def patches(axes):
    return [patch for patch in axes.patches if isinstance(patch, Rectangle)]


@pytest.mark.parametrize("x", [SOBEL, [1.5, -2, 3], np.array([[0.25]]), np.array([[np.nan, np.inf]])])
def test_array_shows_each_value_in_its_box(x):
    (axes,) = draw.array(x).axes
    assert grid_texts(axes) == expected_texts(x)


def test_array_tints_are_centred_on_zero():
    (axes,) = draw.array([[-1, 0, 5]]).axes
    assert axes.images[0].get_clim() == (-5, 5)


def test_array_hatches_marked_boxes_and_only_those():
    (axes,) = draw.array(SOBEL, marked=SOBEL == 2).axes
    (patch,) = patches(axes)
    assert patch.get_xy() == (1.5, 0.5)
    assert patch.get_hatch()
    bold = [text.get_position() for text in axes.texts if text.get_weight() == "bold"]
    assert bold == [(2, 1)]


def test_array_frames_windows_told_apart_by_their_lines():
    (axes,) = draw.array(SOBEL, windows=[(0, 0, 2, 2), (1, 1, 2, 2)]).axes
    first, second = patches(axes)
    assert first.get_linestyle() != second.get_linestyle()
    assert (round(second.get_x()), round(second.get_y()), round(second.get_width())) == (1, 1, 2)


def test_array_says_its_numbers_and_marks():
    picture = draw.array(SOBEL, title="k", marked=SOBEL == 2)
    assert picture.alt == "k 3×3: −1 0 1; −2 0 2; −1 0 1; marked: (1, 2)"
    assert draw.array(np.arange(100), title="x").alt == "x 100: values from 0 to 99"


def test_array_too_fine_for_numbers_shows_shades_and_a_bar():
    axes, bar = draw.array(np.random.default_rng(0).normal(size=(28, 28))).axes
    assert not axes.texts
    assert len(bar.get_xticklabels()) == 3


def test_equation_keeps_one_box_size_and_the_order():
    y = np.correlate([1, 2, 3, 4], [3, 2])
    picture = draw.equation([1, 2, 3, 4], "⋆", [3, 2], "=", y, titles=["x", "k", "y"])
    sides = {round(axes.get_window_extent().width / axes.images[0].get_array().shape[1], 3) for axes in picture.axes}
    assert len(sides) == 1
    assert [grid_texts(axes) for axes in picture.axes] == [
        expected_texts([1, 2, 3, 4]),
        expected_texts([3, 2]),
        expected_texts([7, 12, 17]),
    ]
    assert {text.get_text() for text in picture.texts} == {"x", "k", "y", "⋆", "="}


def test_kernels_of_different_sizes_share_one_scale():
    bank = [SOBEL, np.ones((5, 5)) / 25, [[0, 1], [-1, 0]]]
    picture = draw.kernels(bank, titles=["Sobel", "blur", "Roberts"])
    assert [grid_texts(axes) for axes in picture.axes] == [expected_texts(kernel) for kernel in bank]
    assert {axes.images[0].get_clim() for axes in picture.axes} == {(-2, 2)}


def test_large_kernels_get_a_colour_bar_in_place_of_numbers():
    bank = np.random.default_rng(0).normal(size=(4, 15, 15))
    *kernels, bar = draw.kernels(bank).axes
    assert len(kernels) == 4
    assert not any(axes.texts for axes in kernels)
    reach = number(np.abs(bank).max())
    assert [tick.get_text() for tick in bar.get_xticklabels()] == [f"−{reach}", "0", reach]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: draw.array(np.zeros((2, 2, 2))), r"draw\.array: x has 3 axes but 1 or 2 fit \(x \(2, 2, 2\)\)"),
        (lambda: draw.array([]), r"draw\.array: x is empty; one value or more fits"),
        (lambda: draw.array([1, 2], marked=[True]), r"draw\.array: marked has shape \(1,\) but x has \(2,\)"),
        (lambda: draw.equation("="), r"draw\.equation: parts has no array; one or more fit"),
        (lambda: draw.equation([1], titles=["x", "y"]), r"draw\.equation: titles has 2 entries but there are 1"),
        (lambda: draw.kernels([]), r"draw\.kernels: bank has no kernel; one or more fit"),
    ],
)
def test_refuses_in_the_one_wording(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_refuses_what_is_no_number():
    with pytest.raises(TypeError, match=r"draw\.array: x has dtype <U1; float32, float64 and integers fit"):
        draw.array(["a"])
