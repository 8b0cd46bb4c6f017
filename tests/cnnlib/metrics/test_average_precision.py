"""Average precision, against what comes out by hand."""

import numpy as np
import pytest
from sklearn.metrics import precision_recall_curve

from cnnlib.metrics import average_precision, mean_average_precision

A, B, FAR = [0, 0, 4, 4], [10, 10, 14, 14], [20, 20, 24, 24]


def test_all_found_first_is_1_and_nothing_found_is_0():
    assert average_precision([[A, B, FAR]], [[0.9, 0.8, 0.1]], [[A, B]]) == 1
    assert average_precision([[FAR]], [[0.9]], [[A, B]]) == 0
    assert average_precision([[]], [[]], [[A]]) == 0


def test_a_wrong_box_costs_what_stands_below_it():
    # right, wrong, right: precision 1 up to recall 1/2, then 2/3
    assert average_precision([[A, FAR, B]], [[0.9, 0.8, 0.7]], [[A, B]]) == pytest.approx(1 / 2 * 1 + 1 / 2 * 2 / 3)


def test_precision_is_the_best_that_is_reached_there_or_beyond():
    # wrong, right, right: 2/3 at both recalls
    assert average_precision([[FAR, A, B]], [[0.9, 0.8, 0.7]], [[A, B]]) == pytest.approx(2 / 3)


def test_a_second_box_on_the_same_thing_is_wrong():
    assert average_precision([[A, A, B]], [[0.9, 0.8, 0.7]], [[A, B]]) == pytest.approx(1 / 2 * 1 + 1 / 2 * 2 / 3)


def test_scores_are_compared_across_images():
    images = [[FAR], [A]]
    assert average_precision(images, [[0.1], [0.9]], [[], [A]]) == 1
    assert average_precision(images, [[0.9], [0.1]], [[], [A]]) == 1 / 2


def test_the_share_that_is_asked_for_counts():
    near = [0, 0, 4, 2]  # an IoU of exactly one half
    assert average_precision([[near]], [[1.0]], [[A]]) == 1
    assert average_precision([[near]], [[1.0]], [[A]], threshold=0.51) == 0


def test_agrees_with_scikit_learn_where_every_box_is_asked_about():
    """One true box in each image that has one, far from all that is wrong: a ranking of right and wrong."""
    rng = np.random.default_rng(0)
    right = rng.random(60) < 0.4
    scores = rng.permutation(60) / 60
    boxes = [[A if hit else FAR] for hit in right]
    found = average_precision(boxes, scores[:, None], [[A] if hit else [] for hit in right])
    precision, recall, _ = precision_recall_curve(right, scores)
    best = np.maximum.accumulate(precision)  # scikit-learn lists falling recall
    assert found == pytest.approx(-np.sum(np.diff(recall) * best[:-1]))


def test_without_true_boxes_it_is_nan():
    assert np.isnan(average_precision([[A]], [[1.0]], [[]]))


def test_the_mean_is_over_the_classes_that_there_are():
    found = mean_average_precision([[A, B]], [[0.9, 0.8]], [[0, 1]], [[A, B]], [[0, 2]], classes=4)
    assert found == pytest.approx((1 + 0) / 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: average_precision([[A]], [], [[A]]), "boxes, scores and true are of 1, 0 and 1 images"),
        (lambda: average_precision([[A]], [[1, 2]], [[A]]), "scores has 2 values but there are 1 boxes"),
        (lambda: average_precision([[A]], [[1]], [[A]], threshold=-1), "threshold is -1; 0 to 1 fits"),
    ],
)
def test_refuses_in_the_one_wording(call, message):
    with pytest.raises(ValueError, match=f"average_precision: {message}"):
        call()
