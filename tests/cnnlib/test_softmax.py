"""Softmax and its logarithm: along any axis, at any height of the scores."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from cnnlib.ops import softmax as ops

BOTH = {
    "softmax": (ops.softmax, ops.softmax_forward, ops.softmax_backward, torch.softmax),
    "log_softmax": (ops.log_softmax, ops.log_softmax_forward, ops.log_softmax_backward, torch.log_softmax),
}


@pytest.mark.parametrize("name", BOTH)
@settings(deadline=None, max_examples=40)
@given(data=st.data(), dtype=st.sampled_from(["float32", "float64"]))
def test_agrees_with_torch_along_every_axis(by_torch, name, data, dtype):
    shape = data.draw(array_shapes(max_dims=4, max_side=4))
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    x, dy = (data.draw(arrays(dtype, shape, elements=st.floats(-80, 80, width=32))) for _ in range(2))
    plain, forward, backward, theirs = BOTH[name]
    y, cache = forward(x, axis)
    assert np.array_equal(y, plain(x, axis))
    expected, (gradient,) = by_torch(lambda x: theirs(x, dim=axis), x, dy=dy)
    close = {"rtol": 1e-4, "atol": 1e-4} if dtype == "float32" else {"rtol": 1e-11, "atol": 1e-11}
    np.testing.assert_allclose(y, expected, **close)
    np.testing.assert_allclose(backward(dy, cache), gradient, **close)


@settings(deadline=None, max_examples=40)
@given(x=arrays("float64", (3, 5), elements=st.floats(-5, 5)), shift=st.floats(-1000, 1000))
def test_shares_sum_to_one_and_only_differences_count(x, shift):
    shares = ops.softmax(x)
    np.testing.assert_allclose(shares.sum(axis=-1), 1, rtol=1e-12)
    np.testing.assert_allclose(ops.softmax(x + shift), shares, rtol=1e-9)
    np.testing.assert_allclose(ops.log_softmax(x), np.log(shares), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(shares, np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True), rtol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("height", [1000, 1e30])
def test_huge_scores(dtype, height):
    x = np.array([height, 0, -height], dtype=dtype)
    assert ops.softmax(x).tolist() == [1, 0, 0]
    np.testing.assert_allclose(ops.log_softmax(x), [0, -height, -2 * height], rtol=1e-6)


def test_a_score_of_minus_infinity_gets_nothing():
    assert ops.softmax([-np.inf, 0.0, 0.0]).tolist() == [0, 0.5, 0.5]


@pytest.mark.parametrize("name", BOTH)
def test_refuses_an_axis_that_is_not_there(name):
    plain = BOTH[name][0]
    with pytest.raises(ValueError, match=rf"^{name}: axis is 2 but x has 2 axes \(x \(3, 4\)\)$"):
        plain(np.ones((3, 4)), axis=2)
    with pytest.raises(ValueError, match=rf"^{name}: axis is -3; -2 or more fits$"):
        plain(np.ones((3, 4)), axis=-3)
    with pytest.raises(TypeError, match=rf"^{name}: axis is None; a whole number fits$"):
        plain(np.ones((3, 4)), axis=None)
    with pytest.raises(ValueError, match=rf"^{name}: x has 0 scores along axis 1"):
        plain(np.ones((3, 0)), axis=1)
