import subprocess
import sys

import numpy as np
import pytest
from sklearn.metrics import jaccard_score

from cnnlib.metrics import mask_iou, point_error


def test_mask_iou_agrees_with_scikit_learn():
    rng = np.random.default_rng(0)
    found, true = rng.integers(0, 4, (2, 3, 5, 7))
    expected = jaccard_score(true.ravel(), found.ravel(), average=None)
    np.testing.assert_allclose(mask_iou(found, true, 4), expected)


def test_a_class_that_is_nowhere_is_nan():
    shares = mask_iou(np.array([[0, 1]]), np.array([[0, 0]]), 3)
    assert shares[:2].tolist() == [0.5, 0]
    assert np.isnan(shares[2])


def test_masks_of_yes_and_no_are_two_classes():
    true = np.array([[True, True, False, False]])
    assert mask_iou(true, np.array([[1, 0, 1, 0]]), 2)[1] == pytest.approx(1 / 3)


def test_point_error_is_the_mean_distance():
    assert point_error([[0, 0], [3, 4]], [[0, 0], [0, 0]]) == 2.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mask_iou([[0, 5]], [[0, 1]], 2), "mask_iou: found holds 5; whole numbers from 0 to 1 fit"),
        (lambda: mask_iou([[0]], [[0, 1]], 2), r"mask_iou: found has shape \(1, 1\) but true has \(1, 2\)"),
        (lambda: point_error([[0, 0, 0]], [[0, 0, 0]]), r"point_error: found and true have shapes \(1, 3\) and"),
        (lambda: point_error(np.zeros((0, 2)), np.zeros((0, 2))), "point_error: found is empty; one point or more"),
    ],
)
def test_refuses_in_the_one_wording(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_importing_it_needs_numpy_alone():
    script = "import sys, cnnlib.metrics; print({'torch', 'sklearn', 'scipy', 'matplotlib'} & set(sys.modules))"
    output = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    assert output.strip() == "set()"
