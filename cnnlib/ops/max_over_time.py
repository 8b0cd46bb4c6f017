"""Max pooling over time: the strongest response of each channel in a sequence, wherever it was."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cnnlib.ops._arguments import Array, floats, show_shapes, upstream, whole_numbers


class MaxOverTimeCache(NamedTuple):
    """When each channel's largest value came, in sequences of so many steps."""

    winners: Array  # (N, C)
    steps: int


def max_over_time_forward(x: npt.ArrayLike, lengths: npt.ArrayLike | None = None) -> tuple[Array, MaxOverTimeCache]:
    """The largest value of each channel: x (N, C, L) -> y (N, C).

    `lengths` (N,) says how many steps of each sequence are real, so that the filling after them never wins.
    """
    x = floats("max_over_time", "x", x, "NCL")
    L = x.shape[2]
    if L == 0:
        raise ValueError(f"max_over_time: x has no steps; sequences of 1 or more fit {show_shapes(x=x)}")
    if lengths is None:
        winners = x.argmax(axis=2)
    else:
        real = np.arange(L) < _lengths(lengths, x)[:, None]  # (N, L)
        winners = np.where(real[:, None, :], x, -np.inf).argmax(axis=2)
    y = np.take_along_axis(x, winners[:, :, None], axis=2)[:, :, 0]
    return y, MaxOverTimeCache(winners, L)


def max_over_time_backward(dy: npt.ArrayLike, cache: MaxOverTimeCache) -> Array:
    """dy (N, C) -> dx (N, C, L): zero but for the winners."""
    N, C = cache.winners.shape
    dy = upstream("max_over_time", dy, (N, C))
    dx = np.zeros((N, C, cache.steps), dtype=dy.dtype)
    np.put_along_axis(dx, cache.winners[:, :, None], dy[:, :, None], axis=2)
    return dx


def _lengths(lengths: npt.ArrayLike, x: Array) -> Array:
    N, _, L = x.shape
    found = whole_numbers("max_over_time", "lengths", lengths, below=L + 1)
    if found.shape != (N,):
        raise ValueError(f"max_over_time: lengths has shape {found.shape} but x holds {N} sequences")
    if 0 in found:
        raise ValueError("max_over_time: lengths holds 0; sequences of 1 or more steps fit")
    return found
