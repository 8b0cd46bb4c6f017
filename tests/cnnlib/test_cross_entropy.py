"""The mean surprise at the right answers, its gradient, and labels that are none."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from cnnlib.ops.cross_entropy import cross_entropy_backward, cross_entropy_forward
from cnnlib.ops.softmax import softmax


@settings(deadline=None, max_examples=50)
@given(
    N=st.integers(1, 6),
    classes=st.integers(1, 6),
    height=st.sampled_from([0.0, 1.0, 100.0]),
    dtype=st.sampled_from(["float32", "float64"]),
    label_type=st.sampled_from(["int64", "int32", "uint8"]),
    seed=st.integers(0, 99),
)
def test_agrees_with_torch(by_torch, N, classes, height, dtype, label_type, seed):
    rng = np.random.default_rng(seed)
    logits = (height * rng.normal(size=(N, classes))).astype(dtype)
    labels = rng.integers(classes, size=N).astype(label_type)
    targets = torch.tensor(labels.astype(np.int64))
    expected, (gradient,) = by_torch(lambda x: functional.cross_entropy(x, targets), logits)
    loss, cache = cross_entropy_forward(logits, labels)
    close = {"rtol": 1e-5, "atol": 1e-5} if dtype == "float32" else {"rtol": 1e-12, "atol": 1e-12}
    assert loss.dtype == dtype
    np.testing.assert_allclose(loss, expected, **close)
    np.testing.assert_allclose(cross_entropy_backward(cache), gradient, **close)


def test_is_the_mean_over_images_of_minus_log_probability():
    logits, labels = np.array([[1.0, 2.0, 0.0], [0.0, 0.0, 3.0]]), [1, 0]
    loss, _ = cross_entropy_forward(logits, labels)
    assert loss == pytest.approx(-(np.log(softmax(logits)[0, 1]) + np.log(softmax(logits)[1, 0])) / 2)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("height", [1000, 1e30])
def test_certain_and_wrong_is_huge_but_finite(dtype, height):
    loss, cache = cross_entropy_forward(np.array([[height, -height]], dtype=dtype), [1])
    assert loss == pytest.approx(2 * height)
    assert cross_entropy_backward(cache).tolist() == [[1, -1]]


def test_the_gradient_leaves_its_cache_alone():
    _, cache = cross_entropy_forward(np.eye(3), [0, 2, 1])
    assert np.array_equal(cross_entropy_backward(cache), cross_entropy_backward(cache))


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        ([0, np.nan], TypeError, "labels has dtype float64; whole numbers from 0 to 2 fit"),
        ([0.0, 1.0], TypeError, "labels has dtype float64; whole numbers from 0 to 2 fit"),
        ([True, False], TypeError, "labels has dtype bool; whole numbers from 0 to 2 fit"),
        (["a", "b"], TypeError, "labels has dtype <U1; whole numbers from 0 to 2 fit"),
        ([0, 3], ValueError, "labels holds 3; whole numbers from 0 to 2 fit"),
        ([-1, 0], ValueError, "labels holds -1; whole numbers from 0 to 2 fit"),
        (
            [0, 1, 2],
            ValueError,
            r"labels has shape \(3,\) but \(2,\) fits \(logits \(2, 3\), labels \(3,\)\)",
        ),
        ([[0], [1]], ValueError, r"labels has shape \(2, 1\) but \(2,\) fits"),
        (
            torch.tensor([0, 1]),
            TypeError,
            r"labels is a torch tensor; give an array, such as labels.numpy\(\)",
        ),
    ],
)
def test_refuses_labels_that_are_none(labels, error, message):
    with pytest.raises(error, match=f"^cross_entropy: {message}"):
        cross_entropy_forward(np.zeros((2, 3)), labels)


@pytest.mark.parametrize("shape", [(0, 3), (2, 0)])
def test_refuses_to_average_over_nothing(shape):
    with pytest.raises(ValueError, match=r"^cross_entropy: logits is empty"):
        cross_entropy_forward(np.zeros(shape), np.zeros(shape[0], dtype=int))
