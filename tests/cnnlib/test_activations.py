"""The ten activations against torch, at 0, and where a careless formula overflows."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from torch.nn import functional

from cnnlib.ops import activations

SMOOTH_IN_TORCH = {
    "identity": lambda x: x * 1,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "arctan": torch.arctan,
    "relu": torch.relu,
    "leaky_relu": functional.leaky_relu,
    "elu": functional.elu,
    "selu": functional.selu,
    "softsign": functional.softsign,
}
# At these x: value, derivative.
AT_ZERO = {
    "identity": (0, 1),
    "heaviside": (1, 0),
    "sigmoid": (0.5, 0.25),
    "tanh": (0, 1),
    "arctan": (0, 1),
    "relu": (0, 0),
    "leaky_relu": (0, 0.01),
    "elu": (0, 1),
    "selu": (0, activations.SELU_SCALE * activations.SELU_ALPHA),
    "softsign": (0, 1),
}
FAR_LEFT = {
    "identity": (-1e30, 1),
    "heaviside": (0, 0),
    "sigmoid": (0, 0),
    "tanh": (-1, 0),
    "arctan": (-math.pi / 2, 0),
    "relu": (0, 0),
    "leaky_relu": (-1e28, 0.01),
    "elu": (-1, 0),
    "selu": (-activations.SELU_SCALE * activations.SELU_ALPHA, 0),
    "softsign": (-1, 0),
}
FAR_RIGHT = {
    "identity": (1e30, 1),
    "heaviside": (1, 0),
    "sigmoid": (1, 0),
    "tanh": (1, 0),
    "arctan": (math.pi / 2, 0),
    "relu": (1e30, 1),
    "leaky_relu": (1e30, 1),
    "elu": (1e30, 1),
    "selu": (activations.SELU_SCALE * 1e30, activations.SELU_SCALE),
    "softsign": (1, 0),
}


def pair_of(name):
    return getattr(activations, f"{name}_forward"), getattr(activations, f"{name}_backward")


@pytest.mark.parametrize("name", SMOOTH_IN_TORCH)
@settings(deadline=None, max_examples=25)
@given(data=st.data(), dtype=st.sampled_from(["float32", "float64"]))
def test_agrees_with_torch(by_torch, name, data, dtype):
    shape = data.draw(array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
    values = st.floats(-50, 50, width=32)
    x, dy = (data.draw(arrays(dtype, shape, elements=values)) for _ in range(2))
    forward, backward = pair_of(name)
    y, cache = forward(x)
    expected, (gradient,) = by_torch(SMOOTH_IN_TORCH[name], x, dy=dy)
    close = {"rtol": 1e-5, "atol": 1e-5} if dtype == "float32" else {"rtol": 1e-12, "atol": 1e-12}
    np.testing.assert_allclose(y, expected, **close)
    np.testing.assert_allclose(backward(dy, cache), gradient, **close)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("table", "x"), [(AT_ZERO, 0.0), (FAR_LEFT, -1e30), (FAR_RIGHT, 1e30)])
@pytest.mark.parametrize("name", AT_ZERO)
def test_value_and_derivative_where_it_is_delicate(name, table, x, dtype):
    forward, backward = pair_of(name)
    y, cache = forward(np.array([x], dtype=dtype))
    dx = backward(np.ones(1, dtype=dtype), cache)
    np.testing.assert_allclose([y[0], dx[0]], table[name], rtol=1e-6, atol=1e-25)


@pytest.mark.parametrize("x", [-1000.0, 1000.0])
@pytest.mark.parametrize("name", AT_ZERO)
def test_a_thousand_overflows_nowhere(name, x):
    forward, backward = pair_of(name)
    y, cache = forward(np.array([x], dtype=np.float32))
    assert np.isfinite([y, backward(np.ones(1, dtype=np.float32), cache)]).all()


def test_heaviside_is_a_step_that_teaches_nothing():
    y, cache = activations.heaviside_forward([-2.0, -1e-9, 0.0, 3.0])
    assert y.tolist() == [0, 0, 1, 1]
    assert activations.heaviside_backward([5.0, 6.0, 7.0, 8.0], cache).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("name", AT_ZERO)
def test_not_a_number_stays_one(name):
    assert np.isnan(pair_of(name)[0]([np.nan])[0])


@pytest.mark.parametrize("alpha", [0.0, 0.3, 2.5])
def test_alpha_is_the_slope_and_the_depth(by_torch, alpha):
    x = np.array([-3.0, -0.5, 0.5, 2.0])
    dy = np.array([1.0, -2.0, 3.0, 4.0])
    for name, theirs in (("leaky_relu", functional.leaky_relu), ("elu", functional.elu)):
        forward, backward = pair_of(name)
        y, cache = forward(x, alpha)
        expected, (gradient,) = by_torch(lambda x, f=theirs: f(x, alpha), x, dy=dy)
        np.testing.assert_allclose(y, expected, rtol=1e-12)
        np.testing.assert_allclose(backward(dy, cache), gradient, rtol=1e-12)


@pytest.mark.parametrize("name", ["leaky_relu", "elu"])
def test_alpha_is_a_finite_number(name):
    forward, _ = pair_of(name)
    with pytest.raises(TypeError, match=rf"^{name}: alpha is '0.1'; a number fits$"):
        forward(np.ones(3), "0.1")
    with pytest.raises(ValueError, match=rf"^{name}: alpha is nan; a finite number fits$"):
        forward(np.ones(3), np.nan)


def test_selu_keeps_mean_and_variance():
    x = np.random.default_rng(0).normal(size=200_000)
    y, _ = activations.selu_forward(x)
    assert abs(y.mean()) < 0.01
    assert abs(y.var() - 1) < 0.01
