"""Correlation and convolution of plain arrays: loops = cnnlib = scipy."""

import naive_convolution
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from cnnlib.ops.correlate import convolve1d, convolve2d, correlate1d, correlate2d


@st.composite
def planes(draw, axes):
    """An array and a kernel that fits into it."""
    kernel = [draw(st.integers(1, 4)) for _ in range(axes)]
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    dtype = draw(st.sampled_from(["int64", "float32", "float64"]))
    x = rng.normal(scale=9, size=[m + draw(st.integers(0, 5)) for m in kernel]).astype(dtype)
    return x, rng.normal(scale=9, size=kernel).astype(dtype)


@settings(deadline=None, max_examples=40)
@given(st.one_of(planes(1), planes(2)))
def test_loops_cnnlib_and_scipy_agree(drawn):
    x, k = drawn
    before = x.copy(), k.copy()
    correlate, convolve = (correlate1d, convolve1d) if x.ndim == 1 else (correlate2d, convolve2d)
    close = {"rtol": 1e-4, "atol": 1e-3} if x.dtype == np.float32 else {"rtol": 1e-10, "atol": 1e-9}
    np.testing.assert_allclose(correlate(x, k), naive_convolution.correlate(x, k), **close)
    np.testing.assert_allclose(correlate(x, k), signal.correlate(x, k, mode="valid"), **close)
    np.testing.assert_allclose(convolve(x, k), signal.convolve(x, k, mode="valid"), **close)
    assert correlate(x, k).dtype == convolve(x, k).dtype == (np.float64 if x.dtype == np.int64 else x.dtype)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(k, before[1])


def test_the_examples_of_the_course():
    x, k = [1, 4, -1, 0, 2, -2, 1, 3, 3, 1], [1, 2, 0, -1]
    assert correlate1d(x, k).tolist() == [9, 0, 1, 3, -5, -3, 6]
    assert correlate1d([1, 2, 3, 4], [3, 2]).tolist() == [7, 12, 17]
    assert convolve1d([1, 2, 3, 4], [3, 2]).tolist() == [8, 13, 18]


def test_an_impulse_gives_the_kernel_back_by_convolution_and_turned_by_correlation():
    k = np.arange(6.0).reshape(2, 3)
    impulse = np.zeros((3, 5))
    impulse[1, 2] = 1
    assert convolve2d(impulse, k).tolist() == k.tolist()
    assert correlate2d(impulse, k).tolist() == k[::-1, ::-1].tolist()


def test_views_with_steps_are_read_as_they_are():
    x, k = np.arange(48.0).reshape(6, 8), np.arange(6.0).reshape(3, 2)
    np.testing.assert_array_equal(
        correlate2d(x[::2, ::-1], k.T[:, ::-1]), correlate2d(x[::2, ::-1].copy(), k.T[:, ::-1].copy())
    )


@pytest.mark.parametrize(
    ("operation", "x", "k", "message"),
    [
        (correlate1d, (3,), (4,), r"^correlate1d: k is larger than x \(x \(3,\), k \(4,\)\)$"),
        (convolve2d, (3, 3), (4, 1), r"^convolve2d: k is larger than x \(x \(3, 3\), k \(4, 1\)\)$"),
        (convolve1d, (3,), (0,), r"^convolve1d: k is empty \(k \(0,\)\)$"),
        (correlate2d, (3,), (1, 1), r"^correlate2d: x has 1 axes but 2 fit, \(H, W\)"),
        (correlate1d, (3,), (1, 1), r"^correlate1d: k has 2 axes but 1 fit, \(m\)"),
    ],
)
def test_refuses_what_does_not_fit(operation, x, k, message):
    with pytest.raises(ValueError, match=message):
        operation(np.ones(x), np.ones(k))


def test_refuses_complex_numbers():
    with pytest.raises(TypeError, match=r"^correlate1d: x has dtype complex128; "):
        correlate1d(np.ones(3, dtype=complex), np.ones(2))
