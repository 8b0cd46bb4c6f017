"""Batch normalisation: each channel is centred and scaled, over the batch and all places in the image."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cnnlib.ops._arguments import Array, floats, number, show_shapes, upstream


class BatchNormCache(NamedTuple):
    """What the way back needs, and the statistics of the batch: (C,) each."""

    normalised: Array  # x̂, in the shape of x
    gamma: Array
    mean: Array
    var: Array  # divided by m, the m values of a channel: the one that normalises
    eps: float

    @property
    def unbiased_var(self) -> Array:
        """The variance divided by m - 1 instead of m: the one that running statistics collect."""
        m = self.normalised.size // len(self.var)
        return self.var * m / (m - 1)


def batch_norm_train_forward(
    x: npt.ArrayLike, gamma: npt.ArrayLike, beta: npt.ArrayLike, *, eps: float = 1e-5
) -> tuple[Array, BatchNormCache]:
    """y = γ x̂ + β with x̂ = (x - mean) / √(var + ε), from x (N, C) or (N, C, H, W), γ and β (C,)."""
    op = "batch_norm_train"
    x = _images(op, x)
    gamma, beta = (_a_value_per_channel(op, n, v, x) for n, v in (("gamma", gamma), ("beta", beta)))
    eps = number(op, "eps", eps, least=0)
    if x.size < 2 * x.shape[1]:
        raise ValueError(f"{op}: x gives each channel {x.size // x.shape[1]} value; 2 or more fit (x {x.shape})")
    axes = _all_but_channels(x)
    mean = x.mean(axis=axes)
    centred = x - _spread(mean, x)
    var = (centred**2).mean(axis=axes)
    normalised = centred / _spread(np.sqrt(var + eps), x)
    y = _spread(gamma, x) * normalised + _spread(beta, x)
    return y, BatchNormCache(normalised, gamma, mean, var, eps)


def batch_norm_train_backward(dy: npt.ArrayLike, cache: BatchNormCache) -> tuple[Array, Array, Array]:
    """dx in the shape of x, dγ and dβ (C,).

    Mean and variance depend on x too: what they pass back takes from dy its mean and its share along x̂.
    """
    normalised, gamma, _, var, eps = cache
    dy = upstream("batch_norm_train", dy, normalised.shape)
    axes = _all_but_channels(dy)
    m = normalised.size // len(gamma)
    dbeta = dy.sum(axis=axes)
    dgamma = (dy * normalised).sum(axis=axes)
    centred = dy - _spread(dbeta / m, dy) - normalised * _spread(dgamma / m, dy)
    dx = _spread(gamma / np.sqrt(var + eps), dy) * centred
    return dx, dgamma, dbeta


def batch_norm_infer(
    x: npt.ArrayLike,
    gamma: npt.ArrayLike,
    beta: npt.ArrayLike,
    mean: npt.ArrayLike,
    var: npt.ArrayLike,
    *,
    eps: float = 1e-5,
) -> Array:
    """y = γ (x - mean) / √(var + ε) + β with given statistics: a fixed scale and shift a channel."""
    op = "batch_norm_infer"
    x = _images(op, x)
    given = (("gamma", gamma), ("beta", beta), ("mean", mean), ("var", var))
    gamma, beta, mean, var = (_a_value_per_channel(op, name, value, x) for name, value in given)
    eps = number(op, "eps", eps, least=0)
    if (var < 0).any():
        raise ValueError(f"{op}: var holds {var.min()}; 0 or more fits")
    scale = gamma / np.sqrt(var + eps)
    return _spread(scale, x) * (x - _spread(mean, x)) + _spread(beta, x)


def update_running(running: npt.ArrayLike, batch: npt.ArrayLike, momentum: float) -> Array:
    """(1 - momentum) · running + momentum · batch; of a batch's variances, give the `unbiased_var`."""
    running = floats("update_running", "running", running)
    batch = floats("update_running", "batch", batch)
    momentum = number("update_running", "momentum", momentum, least=0, most=1)
    if running.shape != batch.shape:
        shapes = show_shapes(running=running, batch=batch)
        raise ValueError(f"update_running: batch has shape {batch.shape} but running has {running.shape} {shapes}")
    return (1 - momentum) * running + momentum * batch


def _images(op: str, x: npt.ArrayLike) -> Array:
    x = floats(op, "x", x)
    if x.ndim not in (2, 4):
        fits = "2 or 4 fit, (N, C) or (N, C, H, W)"
        raise ValueError(f"{op}: x has {x.ndim} axes but {fits} (x {x.shape})")
    return x


def _a_value_per_channel(op: str, name: str, value: npt.ArrayLike, x: Array) -> Array:
    array = floats(op, name, value, "C")
    C = x.shape[1]
    if array.shape != (C,):
        shapes = show_shapes(x=x, **{name: array})
        raise ValueError(f"{op}: {name} has {len(array)} values but x has {C} channels {shapes}")
    return array


def _all_but_channels(x: Array) -> tuple[int, ...]:
    return (0, *range(2, x.ndim))


def _spread(per_channel: Array, x: Array) -> Array:
    """(C,) as (C,) or (C, 1, 1), to meet the channels of x."""
    return per_channel.reshape(-1, *[1] * (x.ndim - 2))
