"""Boxes: what two share, and which of many stay."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlib.metrics import box_iou, non_max_suppression


def painted(box, side=12):
    """Whether each pixel of squared paper lies in a box of whole numbers."""
    left, top, right, bottom = box
    paper = np.zeros((side, side), dtype=bool)
    paper[top:bottom, left:right] = True
    return paper


@st.composite
def boxes(draw, most=6):
    corners = st.integers(0, 8)
    found = []
    for _ in range(draw(st.integers(1, most))):
        left, top = draw(corners), draw(corners)
        found.append((left, top, left + draw(st.integers(1, 4)), top + draw(st.integers(1, 4))))
    return np.array(found)


@settings(deadline=None)
@given(boxes(), boxes())
def test_iou_counts_pixels(a, b):
    expected = [[(painted(p) & painted(q)).sum() / (painted(p) | painted(q)).sum() for q in b] for p in a]
    np.testing.assert_allclose(box_iou(a, b), expected)


def test_iou_of_boxes_without_area_is_0():
    assert box_iou([[1, 1, 1, 4]], [[1, 1, 1, 4], [0, 0, 2, 2]]).tolist() == [[0, 0]]


def test_iou_of_no_box_has_no_row():
    assert box_iou([], [[0, 0, 2, 2]]).shape == (0, 1)


@settings(deadline=None)
@given(boxes(8), st.sampled_from([0.2, 0.5, 0.7]), st.randoms(use_true_random=False))
def test_what_stays_is_apart_and_what_goes_had_a_better_one(drawn, threshold, random):
    scores = np.array(random.sample(range(len(drawn)), len(drawn))) / 10
    kept = non_max_suppression(drawn, scores, threshold)
    shares = box_iou(drawn, drawn)
    assert list(scores[kept]) == sorted(scores[kept], reverse=True)
    for place in range(len(drawn)):
        better = [other for other in kept if scores[other] > scores[place]]
        assert (place in kept) == (not (shares[place, better] > threshold).any())


def test_a_box_that_went_drives_out_none():
    row = np.array([[0, 0, 6, 2], [2, 0, 8, 2], [4, 0, 10, 2]])
    assert non_max_suppression(row, [0.9, 0.8, 0.7], 0.3).tolist() == [0, 2]


def test_exactly_the_threshold_stays():
    assert non_max_suppression([[0, 0, 2, 1], [0, 0, 1, 1]], [0.9, 0.8], 0.5).tolist() == [0, 1]


def test_of_no_box_none_stays():
    assert non_max_suppression([], [], 0.5).tolist() == []


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: box_iou([1, 2, 3, 4], []), r"box_iou: a has shape \(4,\); \(M, 4\) fits, left, top, right, bottom"),
        (lambda: box_iou([[3, 0, 1, 1]], []), r"box_iou: a holds \[3.0, 0.0, 1.0, 1.0\]; left ≤ right"),
        (
            lambda: non_max_suppression([[0, 0, 1, 1]], [1, 2]),
            "non_max_suppression: scores has 2 values but there are 1 boxes",
        ),
        (lambda: non_max_suppression([], [], 2), "non_max_suppression: threshold is 2; 0 to 1 fits"),
    ],
)
def test_refuses_in_the_one_wording(call, message):
    with pytest.raises(ValueError, match=message):
        call()
