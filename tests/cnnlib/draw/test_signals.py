"""Signals as boxes and as stems."""

import numpy as np
import pytest

from cnnlib import draw
from cnnlib.draw._numbers import number

X = np.array([1, 4, -1, 0, 2, -2, 1, 3, 3, 1])
K = np.array([1, 2, 0, -1])


def row_of(axes):
    return [text.get_text() for text in axes.texts]


def test_boxes_show_the_values_of_each_signal():
    x, k = draw.boxes({"x": X, "k": K}).axes
    assert row_of(x) == [number(value) for value in X]
    assert row_of(k) == [number(value) for value in K]


def test_a_shift_moves_a_row_by_whole_boxes():
    x, k = draw.boxes({"x": X, "k": K}, shifts=[0, 3]).axes
    box = x.get_window_extent().width / 10
    assert k.get_window_extent().width == pytest.approx(4 * box)
    assert k.get_window_extent().x0 - x.get_window_extent().x0 == pytest.approx(3 * box)


def test_marked_boxes_are_hatched():
    x, k = draw.boxes({"x": X, "k": K}, marked={"x": X == 4}).axes
    assert [patch.get_xy() for patch in x.patches] == [(0.5, -0.5)]
    assert not k.patches


def test_stems_stand_at_their_values():
    (axes,) = draw.stems({"x": X}).axes
    places, heights = axes.lines[-1].get_data()
    np.testing.assert_array_equal(places, range(10))
    np.testing.assert_array_equal(heights, X)
    assert row_of(axes) == [number(value) for value in X]


def test_stems_may_share_their_scale():
    apart = draw.stems({"x": X, "k": 10 * K}).axes
    together = draw.stems({"x": X, "k": 10 * K}, shared=True).axes
    assert apart[0].get_ylim() != apart[1].get_ylim()
    assert together[0].get_ylim() == together[1].get_ylim()


def test_long_signals_are_stems_without_numbers():
    (axes,) = draw.stems({"noise": np.random.default_rng(0).normal(size=100)}).axes
    assert not axes.texts


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: draw.boxes({}), r"draw\.boxes: signals is empty; one or more fit"),
        (lambda: draw.boxes({"x": []}), r"draw\.boxes: x is empty; one value or more fits"),
        (lambda: draw.boxes({"x": [[1]]}), r"draw\.boxes: x has 2 axes but 1 fit, \(n\)"),
        (lambda: draw.boxes({"x": X}, shifts=[1, 2]), r"draw\.boxes: shifts has 2 numbers but there are 1 signals"),
        (lambda: draw.boxes({"x": X}, shifts=[-1]), r"draw\.boxes: shifts is -1; 0 or more fits"),
        (lambda: draw.boxes({"x": X}, marked={"y": X}), r"draw\.boxes: marked names 'y'; 'x' fit"),
        (lambda: draw.boxes({"x": X}, marked={"x": [True]}), r"draw\.boxes: marked has shape \(1,\) but x has \(10,\)"),
        (lambda: draw.stems({}), r"draw\.stems: signals is empty; one or more fit"),
    ],
)
def test_refuses_in_the_one_wording(make, message):
    with pytest.raises(ValueError, match=message):
        make()
