"""Batch normalisation: training, statistics that run, and the fixed form at test time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import tensor
from torch.nn import BatchNorm1d, functional

from cnnlib.ops.batch_norm import (
    batch_norm_infer,
    batch_norm_train_backward,
    batch_norm_train_forward,
    update_running,
)

sides = st.integers(1, 5)
shapes = st.one_of(
    st.tuples(st.integers(2, 6), sides),
    st.tuples(sides, sides, sides, sides).filter(lambda shape: shape[0] * shape[2] * shape[3] > 1),
)
dtypes = st.sampled_from(["float32", "float64"])


def drawn(shape, dtype, seed):
    """x, γ and β."""
    rng = np.random.default_rng(seed)
    channels = shape[1]
    x = rng.normal(rng.normal(size=channels).reshape(-1, *[1] * (len(shape) - 2)), 2, size=shape)
    return [a.astype(dtype) for a in (x, rng.normal(size=channels), rng.normal(size=channels))]


def closeness(dtype):
    # Two values that nearly coincide are blown up by 1/√ε at most, and their rounding with them.
    return {"rtol": 1e-3, "atol": 1e-3} if dtype == "float32" else {"rtol": 1e-9, "atol": 1e-9}


@settings(deadline=None, max_examples=60)
@given(shapes, dtypes, st.sampled_from([1e-5, 0.1]), st.integers(0, 99))
def test_training_agrees_with_torch(by_torch, shape, dtype, eps, seed):
    x, gamma, beta = drawn(shape, dtype, seed)
    dy = np.random.default_rng(seed + 1).normal(size=shape).astype(dtype)

    def theirs(x, gamma, beta):
        return functional.batch_norm(x, None, None, gamma, beta, training=True, eps=eps)

    expected, gradients = by_torch(theirs, x, gamma, beta, dy=dy)
    y, cache = batch_norm_train_forward(x, gamma, beta, eps=eps)
    np.testing.assert_allclose(y, expected, **closeness(dtype))
    for mine, by_them in zip(batch_norm_train_backward(dy, cache), gradients, strict=True):
        np.testing.assert_allclose(mine, by_them, **closeness(dtype))


@settings(deadline=None, max_examples=40)
@given(shapes, dtypes, st.integers(0, 99))
def test_inference_agrees_with_torch(shape, dtype, seed):
    x, gamma, beta = drawn(shape, dtype, seed)
    rng = np.random.default_rng(seed + 1)
    mean, var = (a.astype(dtype) for a in (rng.normal(size=shape[1]), rng.uniform(0.1, 3, size=shape[1])))
    expected = functional.batch_norm(*(tensor(a) for a in (x, mean, var, gamma, beta)))
    y = batch_norm_infer(x, gamma, beta, mean, var)
    assert y.dtype == dtype
    np.testing.assert_allclose(y, expected.numpy(), **closeness(dtype))


def test_running_statistics_follow_torch_batch_by_batch():
    rng = np.random.default_rng(0)
    theirs = BatchNorm1d(3, momentum=0.3).double()
    mean, var = np.zeros(3), np.ones(3)
    for _ in range(5):
        x = rng.normal(5, 2, size=(4, 3))
        theirs(tensor(x))
        _, cache = batch_norm_train_forward(x, np.ones(3), np.zeros(3))
        mean = update_running(mean, cache.mean, 0.3)
        var = update_running(var, cache.unbiased_var, 0.3)
        np.testing.assert_allclose(mean, theirs.running_mean.numpy(), rtol=1e-12)
        np.testing.assert_allclose(var, theirs.running_var.numpy(), rtol=1e-12)


@settings(deadline=None, max_examples=30)
@given(shapes, st.integers(0, 99))
def test_statistics_are_those_of_each_channel(shape, seed):
    x, gamma, beta = drawn(shape, "float64", seed)
    _, cache = batch_norm_train_forward(x, gamma, beta)
    for c in range(shape[1]):
        np.testing.assert_allclose(cache.mean[c], x[:, c].mean(), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(cache.var[c], x[:, c].var(), rtol=1e-9)
        np.testing.assert_allclose(cache.unbiased_var[c], x[:, c].var(ddof=1), rtol=1e-9)


def test_inference_is_one_scale_and_one_shift_a_channel():
    x, gamma, beta = drawn((4, 3, 2, 5), "float64", seed=0)
    mean, var, eps = np.array([1.0, -2.0, 0.5]), np.array([0.3, 4.0, 1.0]), 1e-3
    scale = gamma / np.sqrt(var + eps)
    shift = beta - gamma * mean / np.sqrt(var + eps)
    folded = scale[:, None, None] * x + shift[:, None, None]
    np.testing.assert_allclose(batch_norm_infer(x, gamma, beta, mean, var, eps=eps), folded, rtol=1e-12)


def test_inference_with_the_batch_statistics_is_training():
    x, gamma, beta = drawn((4, 3, 2, 5), "float64", seed=0)
    y, cache = batch_norm_train_forward(x, gamma, beta)
    np.testing.assert_allclose(batch_norm_infer(x, gamma, beta, cache.mean, cache.var), y, rtol=1e-12)


def test_a_constant_before_it_is_forgotten():
    x, gamma, beta = drawn((4, 3, 2, 5), "float64", seed=0)
    y, _ = batch_norm_train_forward(x, gamma, beta)
    shifted, _ = batch_norm_train_forward(x + np.array([5.0, -1.0, 100.0])[:, None, None], gamma, beta)
    np.testing.assert_allclose(shifted, y, atol=1e-12)


@pytest.mark.parametrize("value", [1000.0, -1000.0, 1e15])
def test_a_constant_channel_becomes_beta(value):
    y, cache = batch_norm_train_forward(np.full((4, 1), value, dtype=np.float32), [2], [7])
    assert (y == 7).all()
    assert np.isfinite(batch_norm_train_backward(np.arange(4.0)[:, None], cache)[0]).all()


@pytest.mark.parametrize(
    ("shape", "channels", "message"),
    [
        ((4, 3, 5), 3, r"x has 3 axes but 2 or 4 fit, \(N, C\) or \(N, C, H, W\) \(x \(4, 3, 5\)\)"),
        ((4, 3), 4, r"gamma has 4 values but x has 3 channels \(x \(4, 3\), gamma \(4,\)\)"),
        ((1, 3), 3, r"x gives each channel 1 value; 2 or more fit \(x \(1, 3\)\)"),
    ],
)
def test_training_refuses(shape, channels, message):
    with pytest.raises(ValueError, match=f"^batch_norm_train: {message}$"):
        batch_norm_train_forward(np.ones(shape), np.ones(channels), np.zeros(channels))


def test_inference_refuses_a_negative_variance():
    with pytest.raises(ValueError, match=r"^batch_norm_infer: var holds -2.0; 0 or more fits$"):
        batch_norm_infer(np.ones((2, 2)), [1, 1], [0, 0], [0, 0], [1, -2])


@pytest.mark.parametrize(
    ("batch", "momentum", "message"),
    [
        ([1.0, 2.0], 0.1, r"batch has shape \(2,\) but running has \(3,\)"),
        ([1.0, 2.0, 3.0], 1.5, r"momentum is 1.5; 0 to 1 fits"),
        ([1.0, 2.0, 3.0], np.nan, r"momentum is nan; a finite number fits"),
    ],
)
def test_running_statistics_refuse(batch, momentum, message):
    with pytest.raises(ValueError, match=f"^update_running: {message}"):
        update_running(np.zeros(3), batch, momentum)
