"""Stochastic pooling (Zeiler and Fergus, 2013): each window gives one of its values, drawn by their sizes."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cnnlib.ops._arguments import Array, floats, generator, upstream
from cnnlib.ops._pooling import Lane, lanes
from cnnlib.ops._windows import windows


class StochasticPool2dCache(NamedTuple):
    """How much y changes with each value of its window: in training, one for the value drawn, else zero."""

    slopes: Array  # (N, C, oh, ow, h * w)
    rows: Lane
    columns: Lane


def stochastic_pool2d_forward(
    x: npt.ArrayLike,
    size: int | Sequence[int],
    *,
    stride: int | Sequence[int] | None = None,
    rng: np.random.Generator,
    training: bool,
) -> tuple[Array, StochasticPool2dCache]:
    """x (N, C, H, W), nowhere negative -> y (N, C, oh, ow).

    A value's probability is its share of the window's sum. In training one value is drawn; otherwise y is the
    mean weighted by these probabilities. A window of zeros gives zero and passes no gradient.
    """
    x = _activations(x)
    generator("stochastic_pool2d", rng)
    rows, columns = lanes("stochastic_pool2d", x, size, stride=stride)
    N, C = x.shape[:2]
    h, w = rows.size, columns.size
    values = windows(x, (h, w), stride=(rows.stride, columns.stride))  # (N, C, oh, ow, h, w)
    values = values.reshape(N, C, rows.windows, columns.windows, h * w)
    slopes = _draw(values, rng) if training else _slopes_of_mean(values)
    y = (slopes * values).sum(axis=-1)
    return y, StochasticPool2dCache(slopes, rows, columns)


def stochastic_pool2d_backward(dy: npt.ArrayLike, cache: StochasticPool2dCache) -> Array:
    """dy (N, C, oh, ow) -> dx (N, C, H, W): in training it goes to the values drawn, else to all by slope."""
    N, C, oh, ow, _ = cache.slopes.shape
    dy = upstream("stochastic_pool2d", dy, (N, C, oh, ow))
    rows, columns = cache.rows, cache.columns
    dvalues = (cache.slopes * dy[..., None]).reshape(N, C, oh, ow, rows.size, columns.size)
    dx = np.zeros((N, C, rows.n, columns.n), dtype=dvalues.dtype)
    for i, row_tap in enumerate(rows.taps(dx)):
        for j, tap in enumerate(columns.taps(row_tap)):
            tap += dvalues[..., i, j]
    return dx


def _activations(x: npt.ArrayLike) -> Array:
    x = floats("stochastic_pool2d", "x", x, "NCHW")
    wrong = x[~((x >= 0) & (x < np.inf))]
    if wrong.size:
        raise ValueError(f"stochastic_pool2d: x holds {wrong[0]}; finite numbers of 0 or more fit")
    return x


def _draw(values: Array, rng: np.random.Generator) -> Array:
    """One at the value drawn from each window, zero elsewhere; all zero for a window of zeros."""
    cumulative = values.cumsum(axis=-1, dtype=np.float64)
    total = cumulative[..., -1:]
    threshold = total * (1 - rng.random(total.shape))  # above zero, up to the total
    drawn = (cumulative < threshold).sum(axis=-1, keepdims=True)
    slopes = np.zeros_like(values)
    np.put_along_axis(slopes, drawn, total > 0, axis=-1)
    return slopes


def _slopes_of_mean(values: Array) -> Array:
    """(2 a - y) / Σ a, the derivatives of y = Σ a² / Σ a; as y doubles when a does, y is also Σ slope · a."""
    total = values.sum(axis=-1, keepdims=True)
    probabilities = np.divide(values, total, out=np.zeros_like(values), where=total > 0)
    return 2 * probabilities - (probabilities**2).sum(axis=-1, keepdims=True)
