"""The fully connected layer against loops and against torch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from cnnlib.ops.linear import linear_backward, linear_forward

sizes = st.integers(1, 6)


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 6),
    sizes,
    sizes,
    st.booleans(),
    st.sampled_from(["float32", "float64"]),
    st.integers(0, 99),
)
def test_agrees_with_torch(by_torch, N, inputs, outputs, bias, dtype, seed):
    rng = np.random.default_rng(seed)
    shapes = [(N, inputs), (outputs, inputs), (outputs,)][: 3 if bias else 2]
    arrays = [rng.normal(size=shape).astype(dtype) for shape in shapes]
    dy = rng.normal(size=(N, outputs)).astype(dtype)
    y, cache = linear_forward(*arrays)
    expected, gradients = by_torch(functional.linear, *arrays, dy=dy)
    close = {"rtol": 1e-4, "atol": 1e-5} if dtype == "float32" else {"rtol": 1e-12, "atol": 1e-12}
    np.testing.assert_allclose(y, expected, **close)
    for mine, theirs in zip(linear_backward(dy, cache), gradients, strict=False):
        np.testing.assert_allclose(mine, theirs, **close)


def test_each_output_is_a_weighted_sum_of_all_inputs():
    x, w, b = np.array([[1, 2, 3], [4, 5, 6]]), np.array([[1, 0, -1], [2, 2, 2]]), np.array([10, 20])
    y, _ = linear_forward(x, w, b)
    by_hand = [[sum(w[o, i] * x[n, i] for i in range(3)) + b[o] for o in range(2)] for n in range(2)]
    assert y.tolist() == by_hand == [[8, 32], [8, 50]]


def test_without_a_bias_none_comes_back_for_it():
    _, cache = linear_forward(np.ones((2, 3)), np.ones((4, 3)))
    assert linear_backward(np.ones((2, 4)), cache)[2] is None


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((2, 3), (4, 5)), r"^linear: x has 3 inputs but w expects 5 \(x \(2, 3\), w \(4, 5\)\)$"),
        (((2, 3), (4, 3), (3,)), r"^linear: b has 3 values but w has 4 outputs \(w \(4, 3\), b \(3,\)\)$"),
        (((2, 3, 1), (4, 3)), r"^linear: x has 3 axes but 2 fit, \(N, I\)"),
        (((2, 3), (4, 3), (4, 1)), "^linear: b has 2 axes but 1 fit"),
    ],
)
def test_refuses_shapes_that_do_not_fit(shapes, message):
    with pytest.raises(ValueError, match=message):
        linear_forward(*(np.ones(shape) for shape in shapes))
