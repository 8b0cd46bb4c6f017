"""How pooling windows lie along one axis. Maxima and sums of windows are found one axis after the other."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from cnnlib.geometry import output_size, span
from cnnlib.ops._arguments import Array, Pair, pair, show_shapes
from cnnlib.ops._windows import Padding, Sides, crop, pad, require_a_window, resolve_padding

ROWS, COLUMNS = -2, -1
BLOCK = 1 << 18  # values worked on at once: fewer cost more calls, more fall out of the processor's cache


class Lane(NamedTuple):
    """The windows along one axis of n values, with the padding that was asked for before and after them."""

    axis: int
    n: int
    windows: int
    size: int
    stride: int
    dilation: int
    before: int
    after: int

    @property
    def starts(self) -> Array:
        """Where each window begins, counted from the first value: negative in the padding."""
        return np.arange(self.windows) * self.stride - self.before

    @property
    def sides(self) -> Sides:
        """The padding that the windows reach; under `ceil_mode` that can be more than was asked for."""
        end = (self.windows - 1) * self.stride - self.before + span(self.size, self.dilation)
        reached = self.before, max(end - self.n, 0)
        return (reached, (0, 0)) if self.axis == ROWS else ((0, 0), reached)

    def pad(self, x: Array, value: float) -> Array:
        return pad(x, self.sides, value)

    def padded_zeros(self, windowed: Array) -> Array:
        """Zeros in the shape of the padded input that gave an array with `windows` on this axis."""
        shape = list(windowed.shape)
        shape[self.axis] = self.n + sum(map(sum, self.sides))
        return np.zeros(shape, dtype=windowed.dtype)

    def crop(self, padded: Array) -> Array:
        return crop(padded, self.sides)

    def taps(self, padded: Array) -> Iterator[Array]:
        """For each place in a window, a view of what every window has there."""
        for place in range(self.size):
            first = place * self.dilation
            along = slice(first, first + (self.windows - 1) * self.stride + 1, self.stride)
            yield padded[..., along, :] if self.axis == ROWS else padded[..., along]


def lanes(
    op: str,
    x: Array,
    size: int | Sequence[int],
    *,
    stride: int | Sequence[int] | None,
    padding: Padding = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
) -> tuple[Lane, Lane]:
    """How the windows lie along the rows' axis and the columns' axis of x (N, C, H, W).

    Without a stride they lie side by side.
    """
    kernel = pair(op, "size", size, least=1)
    strides = kernel if stride is None else pair(op, "stride", stride, least=1)
    dilations = pair(op, "dilation", dilation, least=1)
    require_pixels(op, x)
    planes = x.shape[2:]
    sides = resolve_padding(op, padding, planes, kernel=kernel, stride=strides, dilation=dilations)
    if not ceil_mode:
        require_a_window(op, x, sides, kernel, dilations)
    rows, columns = (
        _lane(op, *along, ceil_mode=ceil_mode)
        for along in zip((ROWS, COLUMNS), planes, kernel, strides, dilations, sides, strict=True)
    )
    if not (rows.windows and columns.windows):
        require_a_window(op, x, sides, kernel, dilations)
    return rows, columns


def _lane(op: str, axis: int, n: int, size: int, stride: int, dilation: int, sides: Pair, *, ceil_mode: bool) -> Lane:
    before, after = sides
    half = span(size, dilation) // 2
    if max(sides) > half:
        raise ValueError(f"{op}: padding is {max(sides)}; at most half the window, {half}, fits")
    # Under ceil_mode a last window may hang over the end, if it begins on a value or in the padding before.
    overhang = stride - 1 if ceil_mode else 0
    windows = output_size(n, size, stride=stride, padding=(before, after + overhang), dilation=dilation)
    if ceil_mode and (windows - 1) * stride >= before + n:
        windows -= 1
    return Lane(axis, n, windows, size, stride, dilation, before, after)


def require_pixels(op: str, x: Array) -> None:
    """Refuse planes without a single value."""
    if 0 in x.shape[2:]:
        raise ValueError(f"{op}: x has no pixels; planes of 1x1 or more fit {show_shapes(x=x)}")


def blocks(planes: Array) -> Iterator[slice]:
    """planes (P, H, W), a few at a time."""
    P, H, W = planes.shape
    step = max(1, BLOCK // (H * W))
    for start in range(0, P, step):
        yield slice(start, start + step)
