"""Average pooling: each window gives its mean, and the gradient is shared out evenly."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cnnlib.ops._arguments import Array, floats, upstream
from cnnlib.ops._pooling import Lane, blocks, lanes
from cnnlib.ops._windows import Padding


class AvgPool2dCache(NamedTuple):
    """No value of x: only the input's shape, and by what each window's sum was divided."""

    x_shape: tuple[int, int, int, int]
    counts: Array  # (oh, ow)
    rows: Lane
    columns: Lane


def avg_pool2d_forward(
    x: npt.ArrayLike,
    size: int | Sequence[int],
    *,
    stride: int | Sequence[int] | None = None,
    padding: Padding = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> tuple[Array, AvgPool2dCache]:
    """The mean of each window: x (N, C, H, W) -> y (N, C, oh, ow).

    `count_include_pad` says whether the padding counts as zeros or is left out of the mean. What hangs over
    the padding's end under `ceil_mode` never counts.
    """
    x = floats("avg_pool2d", "x", x, "NCHW")
    rows, columns = lanes("avg_pool2d", x, size, stride=stride, padding=padding, ceil_mode=ceil_mode)
    N, C, H, W = x.shape
    oh, ow = rows.windows, columns.windows
    counts = np.outer(_counts(rows, count_include_pad), _counts(columns, count_include_pad)).astype(x.dtype)
    y = np.empty((N * C, oh, ow), dtype=x.dtype)
    planes = x.reshape(N * C, H, W)
    for block in blocks(planes):
        y[block] = _sum_along(rows, _sum_along(columns, planes[block])) / counts
    return y.reshape(N, C, oh, ow), AvgPool2dCache((N, C, H, W), counts, rows, columns)


def avg_pool2d_backward(dy: npt.ArrayLike, cache: AvgPool2dCache) -> Array:
    """dy (N, C, oh, ow) -> dx (N, C, H, W): each value of a window gets the same share, and shares add up."""
    N, C, H, W = cache.x_shape
    oh, ow = cache.counts.shape
    dy = upstream("avg_pool2d", dy, (N, C, oh, ow))
    dx = np.empty((N * C, H, W), dtype=dy.dtype)
    dy_planes = dy.reshape(N * C, oh, ow)
    counts = cache.counts.astype(dy.dtype)
    for block in blocks(dx):
        dsum = _to_all(cache.rows, dy_planes[block] / counts)
        dx[block] = _to_all(cache.columns, dsum)
    return dx.reshape(N, C, H, W)


def _counts(lane: Lane, include_pad: bool) -> Array:
    """How many values the mean of each window is over, along one axis."""
    first, end = (-lane.before, lane.n + lane.after) if include_pad else (0, lane.n)
    return np.minimum(lane.starts + lane.size, end) - np.maximum(lane.starts, first)


def _sum_along(lane: Lane, x: Array) -> Array:
    """The sum of each window along one axis."""
    first, *others = lane.taps(lane.pad(x, 0))
    total = first.copy()
    for tap in others:
        total += tap
    return total


def _to_all(lane: Lane, dy: Array) -> Array:
    """The gradient of each window at all its places along one axis."""
    padded = lane.padded_zeros(dy)
    for tap in lane.taps(padded):
        tap += dy
    return lane.crop(padded)
