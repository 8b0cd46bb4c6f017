"""Max pooling over time against torch, with and without lengths."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlib.gradcheck import check_gradient
from cnnlib.ops.max_over_time import max_over_time_backward, max_over_time_forward


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 4), st.integers(1, 4), st.integers(1, 7), st.sampled_from(["float32", "float64"]))
def test_agrees_with_torch(by_torch, N, C, L, dtype):
    rng = np.random.default_rng(0)
    x, dy = rng.normal(size=(N, C, L)).astype(dtype), rng.normal(size=(N, C)).astype(dtype)
    y, cache = max_over_time_forward(x)
    dx = max_over_time_backward(dy, cache)
    expected, (gradient,) = by_torch(lambda t: t.max(dim=2).values, x, dy=dy)
    assert y.dtype == dx.dtype == dtype
    np.testing.assert_array_equal(y, expected)
    np.testing.assert_array_equal(dx, gradient)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=4), st.sampled_from([0.0, np.nan, np.inf, 99.0]))
def test_what_lies_beyond_a_length_never_wins(lengths, filling):
    rng = np.random.default_rng(0)
    x = rng.integers(-3, 0, (len(lengths), 2, 6)).astype(float)
    dy = rng.normal(size=(len(lengths), 2))
    for n, length in enumerate(lengths):
        x[n, :, length:] = filling
    y, cache = max_over_time_forward(x, lengths)
    dx = max_over_time_backward(dy, cache)
    for n, length in enumerate(lengths):
        alone, its_cache = max_over_time_forward(x[n : n + 1, :, :length])
        np.testing.assert_array_equal(y[n : n + 1], alone)
        np.testing.assert_array_equal(dx[n : n + 1, :, :length], max_over_time_backward(dy[n : n + 1], its_cache))
        assert not dx[n, :, length:].any()


def test_the_first_of_equals_wins():
    y, cache = max_over_time_forward([[[0, 7, 7], [-np.inf, -np.inf, 99]]], [2])
    assert y.tolist() == [[7, -np.inf]]
    assert max_over_time_backward([[1, 2]], cache).tolist() == [[[0, 1, 0], [2, 0, 0]]]


def test_nan_is_passed_on():
    y, _ = max_over_time_forward([[[0, np.nan, 7]]])
    assert np.isnan(y).all()


def test_the_gradient_is_that_of_the_forward():
    rng = np.random.default_rng(3)
    x = rng.permutation(2 * 3 * 7).reshape(2, 3, 7) / 20.0
    check_gradient(
        "max_over_time",
        lambda x: max_over_time_forward(x, [7, 4]),
        max_over_time_backward,
        {"x": x},
        rng=rng,
    )


def test_inputs_need_not_be_contiguous_and_are_not_changed():
    base = np.random.default_rng(0).normal(size=(5, 2, 3))
    before = base.copy()
    y, _ = max_over_time_forward(base.transpose(1, 2, 0)[:, ::-1], np.array([3, 5]))
    np.testing.assert_array_equal(base, before)
    np.testing.assert_array_equal(y, [base[:3, 0, ::-1].max(axis=0), base[:, 1, ::-1].max(axis=0)])
    assert not np.shares_memory(y, base)


@pytest.mark.parametrize(
    ("shape", "lengths", "message"),
    [
        ((2, 3), None, r"^max_over_time: x has 2 axes but 3 fit, \(N, C, L\) \(x \(2, 3\)\)$"),
        ((2, 3, 0), None, "^max_over_time: x has no steps; sequences of 1 or more fit"),
        ((2, 3, 4), [4], r"^max_over_time: lengths has shape \(1,\) but x holds 2 sequences$"),
        ((2, 3, 4), [4, 0], "^max_over_time: lengths holds 0; sequences of 1 or more steps fit$"),
        ((2, 3, 4), [4, 5], "^max_over_time: lengths holds 5; whole numbers from 0 to 4 fit$"),
    ],
)
def test_refuses_what_does_not_fit(shape, lengths, message):
    with pytest.raises(ValueError, match=message):
        max_over_time_forward(np.ones(shape), lengths)


def test_refuses_lengths_that_are_not_whole():
    with pytest.raises(TypeError, match=r"^max_over_time: lengths has dtype float64"):
        max_over_time_forward(np.ones((2, 3, 4)), [1.0, 2.0])
