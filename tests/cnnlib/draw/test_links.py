"""Rows of values with a line wherever one looks at another."""

import numpy as np
import pytest

from cnnlib import draw

SLIDING = np.array([[1, 2, 0, 0], [0, 1, 2, 0], [0, 0, 1, 2]])
NARROW = np.array([[3, 1, 0], [0, 0, -1]])


def dots(picture):
    """Each row, from the foot: where its values stand, and which are filled."""
    (axes,) = picture.axes
    pairs = [(axes.lines[i], axes.lines[i + 1]) for i in range(0, len(axes.lines), 2)]
    return [(sorted([*empty.get_xdata(), *full.get_xdata()]), len(full.get_xdata())) for empty, full in pairs]


def lines(picture):
    """How many lines lie between two rows: those in grey, and those that count."""
    (axes,) = picture.axes
    return [len(collection.get_segments()) for collection in axes.collections]


def test_one_line_for_each_number_that_is_not_zero():
    assert lines(draw.links([SLIDING])) == [0, 6]


def test_what_a_value_sees_is_filled_down_to_the_foot():
    picture = draw.links([SLIDING, NARROW], titles=["x", "a", "b"], start=0)
    assert [filled for _, filled in dots(picture)] == [3, 2, 1]
    assert lines(picture) == [2, 4, 1, 2]
    assert picture.alt.endswith("One value at the top depends on x: 3, a: 2, b: 1.")


def test_what_a_value_does_not_see_stays_empty():
    assert [filled for _, filled in dots(draw.links([SLIDING, NARROW], start=1))] == [2, 1, 1]


def test_a_value_stands_over_the_middle_of_what_it_sees():
    (below, _), (above, _) = dots(draw.links([SLIDING]))
    np.testing.assert_allclose(above, (np.array(below)[1:] + np.array(below)[:-1]) / 2)


def test_words_stand_under_the_first_row_and_in_the_alternative_text():
    picture = draw.links([SLIDING], titles=["x", "y"], feet=["the", "soup", "was", "disappointing"])
    (below, _), _ = dots(picture)
    words = {text.get_text(): text.get_position()[0] * picture.get_figwidth() for text in picture.texts}
    np.testing.assert_allclose([words[word] for word in ("the", "soup", "was", "disappointing")], below)
    assert "Under the foot: the, soup, was, disappointing." in picture.alt


def test_values_that_see_the_same_stand_apart():
    (below, _), (above, _) = dots(draw.links([np.ones((4, 4))]))
    np.testing.assert_allclose(above, below)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: draw.links([]), r"draw\.links: matrices is empty; one or more fit"),
        (lambda: draw.links([np.zeros((0, 2))]), r"draw\.links: matrix 0 is empty; one value or more fits"),
        (lambda: draw.links([SLIDING, SLIDING]), r"draw\.links: matrix 1 has 4 columns but 3 rows are below"),
        (lambda: draw.links([SLIDING], titles=["x"]), r"draw\.links: titles has 1 entries but there are 2 rows"),
        (lambda: draw.links([SLIDING], feet=["a"]), r"draw\.links: feet has 1 entries but the first row has 4 values"),
        (lambda: draw.links([SLIDING], start=3), r"draw\.links: start is 3; 0 to 2 fits"),
    ],
)
def test_refuses_in_the_one_wording(make, message):
    with pytest.raises(ValueError, match=message):
        make()
