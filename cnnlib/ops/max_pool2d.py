"""Max pooling: each window gives its largest value, and the gradient goes back to where that was."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cnnlib.ops._arguments import Array, floats, upstream
from cnnlib.ops._pooling import ROWS, Lane, blocks, lanes
from cnnlib.ops._windows import Padding


class MaxPool2dCache(NamedTuple):
    """Which place won: in each row of a window, then among the window's rows."""

    column_winners: Array  # (N, C, H, ow)
    row_winners: Array  # (N, C, oh, ow)
    rows: Lane
    columns: Lane


def max_pool2d_forward(
    x: npt.ArrayLike,
    size: int | Sequence[int],
    *,
    stride: int | Sequence[int] | None = None,
    padding: Padding = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
) -> tuple[Array, MaxPool2dCache]:
    """The largest value of each window: x (N, C, H, W) -> y (N, C, oh, ow).

    The maximum of a window is the maximum of its rows' maxima, so each axis is pooled in turn.
    A dilated window that sees padding only gives -inf and passes no gradient.
    """
    x = floats("max_pool2d", "x", x, "NCHW")
    rows, columns = lanes("max_pool2d", x, size, stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode)
    N, C, H, W = x.shape
    oh, ow = rows.windows, columns.windows
    y = np.empty((N * C, oh, ow), dtype=x.dtype)
    column_winners = np.empty((N * C, H, ow), dtype=np.min_scalar_type(columns.size - 1))
    row_winners = np.empty((N * C, oh, ow), dtype=np.min_scalar_type(rows.size - 1))
    planes = x.reshape(N * C, H, W)
    for block in blocks(planes):
        best = _max_along(columns, planes[block], column_winners[block])
        y[block] = _max_along(rows, best, row_winners[block])
    cache = MaxPool2dCache(column_winners.reshape(N, C, H, ow), row_winners.reshape(N, C, oh, ow), rows, columns)
    return y.reshape(N, C, oh, ow), cache


def max_pool2d_backward(dy: npt.ArrayLike, cache: MaxPool2dCache) -> Array:
    """dy (N, C, oh, ow) -> dx (N, C, H, W): each window's gradient goes to its winner, and adds up there."""
    N, C, oh, ow = cache.row_winners.shape
    dy = upstream("max_pool2d", dy, (N, C, oh, ow))
    rows, columns = cache.rows, cache.columns
    H, W = rows.n, columns.n
    dx = np.empty((N * C, H, W), dtype=dy.dtype)
    dy_planes = dy.reshape(N * C, oh, ow)
    row_winners = cache.row_winners.reshape(N * C, oh, ow)
    column_winners = cache.column_winners.reshape(N * C, H, ow)
    for block in blocks(dx):
        d_best = _to_winners(rows, dy_planes[block], row_winners[block])
        dx[block] = _to_winners(columns, d_best, column_winners[block])
    return dx.reshape(N, C, H, W)


def _max_along(lane: Lane, x: Array, winners: Array) -> Array:
    """The maximum of each window along one axis; `winners` takes the place where it was found.

    Of equal values the first wins, and of NaNs the last, as in torch.
    """
    first, *others = lane.taps(lane.pad(x, -np.inf))
    best = first.copy()
    winners[:] = 0
    for place, tap in enumerate(others, start=1):
        value = np.ascontiguousarray(tap)
        wins = (value > best) | np.isnan(value)
        np.maximum(winners, wins * winners.dtype.type(place), out=winners)  # places only grow
        np.maximum(best, value, out=best)
    if lane.before:  # a window of nothing but -inf is won by a value too, not by the padding before it
        first_real = (-(lane.starts // lane.dilation)).clip(0, lane.size - 1).astype(winners.dtype)
        np.maximum(winners, first_real[:, None] if lane.axis == ROWS else first_real, out=winners)
    return best


def _to_winners(lane: Lane, dy: Array, winners: Array) -> Array:
    """The gradient of each window at its winner along one axis, and zero elsewhere."""
    padded = lane.padded_zeros(dy)
    for place, tap in enumerate(lane.taps(padded)):
        tap += dy * (winners == place)
    return lane.crop(padded)
