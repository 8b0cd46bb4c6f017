"""Two arrays and where they differ."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlib import draw

EXPECTED = np.arange(12.0).reshape(3, 4)


def numbers_in(axes):
    return np.array([text.get_text() for text in axes.texts]).reshape(axes.images[0].get_array().shape)


def hatched(axes):
    """The (row, column) of each hatched box."""
    return {(round(p.get_y() + 0.5), round(p.get_x() + 0.5)) for p in axes.patches if p.get_hatch()}


def test_shows_both_and_their_difference():
    got = EXPECTED.copy()
    got[1, 2] = -6
    expected_axes, got_axes, difference_axes = draw.difference(EXPECTED, got).axes
    assert numbers_in(expected_axes)[1, 2] == "6"
    assert numbers_in(got_axes)[1, 2] == "−6"
    assert numbers_in(difference_axes)[1, 2] == "−12"
    assert (numbers_in(difference_axes) == "=").sum() == 11
    assert hatched(expected_axes) == set()
    assert hatched(got_axes) == hatched(difference_axes) == {(1, 2)}


@settings(deadline=None, max_examples=15)
@given(st.sets(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=1))
def test_hatches_exactly_what_differs(cells):
    got = EXPECTED.copy()
    for cell in cells:
        got[cell] += 1
    picture = draw.difference(EXPECTED, got)
    assert hatched(picture.axes[1]) == cells
    first = ", ".join(map(str, min(cells)))
    assert picture.alt.startswith(f"Values that differ: {len(cells)} of 12. First at [{first}]:")


def test_the_judge_may_say_what_differs():
    where = EXPECTED == 7
    picture = draw.difference(EXPECTED, EXPECTED + 1e-3, where=where)
    assert hatched(picture.axes[1]) == {(1, 3)}


def test_close_numbers_are_written_so_that_they_differ():
    picture = draw.difference([1.0, 0.333333], [1.0, 0.333433])
    assert numbers_in(picture.axes[0])[0, 1] != numbers_in(picture.axes[1])[0, 1]
    assert "expected 0.3333, got 0.3334" in picture.alt


def test_nan_differs_from_numbers_and_not_from_nan():
    picture = draw.difference([np.nan, 1.0], [np.nan, np.nan])
    assert hatched(picture.axes[1]) == {(0, 1)}
    assert "expected 1, got nan" in picture.alt


def test_of_many_planes_shows_the_one_with_the_first_difference():
    expected = np.zeros((2, 3, 2, 2))
    got = expected.copy()
    got[1, 2, 0, 1] = 5
    picture = draw.difference(expected, got)
    assert "[1, 2, :, :]" in [text.get_text() for text in picture.texts]
    assert hatched(picture.axes[1]) == {(0, 1)}


def test_of_a_large_plane_shows_what_lies_around_the_first_difference():
    expected = np.zeros((30, 40))
    got = expected.copy()
    got[20, 39] = 1
    picture = draw.difference(expected, got)
    (label,) = [text.get_text() for text in picture.texts if text.get_text().startswith("rows ")]
    top = int(label.split()[1].split("–")[0])
    left = int(label.split()[3].split("–")[0])
    assert label.endswith("–39")
    assert hatched(picture.axes[1]) == {(20 - top, 39 - left)}
    assert numbers_in(picture.axes[1])[20 - top, 39 - left] == "1"


def test_different_shapes_are_named_and_shown():
    picture = draw.difference(np.zeros(7), np.zeros(10))
    assert picture.alt == "The shapes differ: expected (7,), got (10,)."
    assert {"expected (7,)", "got (10,)"} <= {text.get_text() for text in picture.texts}
    assert [axes.images[0].get_array().shape for axes in picture.axes] == [(1, 7), (1, 10)]


@pytest.mark.parametrize("shape", [(0,), (0, 3), (), (2, 0, 2)])
def test_empty_and_single_answers_are_drawn(shape):
    draw.difference(np.zeros(3), np.zeros(shape)).png()


def test_equal_arrays_say_so():
    assert draw.difference(EXPECTED, EXPECTED).alt == "No value differs."


def test_french():
    draw.language("fr")
    picture = draw.difference([1, 2], [1, 3])
    assert picture.alt == "Valeurs différentes : 1 sur 2. La première en [1] : attendu 2, obtenu 3."
    assert {"attendu", "obtenu", "obtenu − attendu"} <= {text.get_text() for text in picture.texts}


def test_refuses_in_the_one_wording():
    with pytest.raises(ValueError, match=r"draw\.difference: where has shape \(1,\) but expected has \(2,\)"):
        draw.difference([1, 2], [1, 3], where=[True])
    with pytest.raises(TypeError, match=r"draw\.difference: got has dtype object"):
        draw.difference([1, 2], [None, 3])
