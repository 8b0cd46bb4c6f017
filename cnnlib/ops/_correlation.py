"""A bank of filters on every window of a batch of images, and the two gradients of that.

The windows become the columns of a matrix and the filters the rows of another: their product is the output.
The images go through piece by piece, so that the columns, which repeat every pixel h·w times, stay few.

Where each window is one step right of the last, a plane is read as one long line: what a weight of the kernel meets is
then a single stretch of it, quick to copy. Windows that wrap around a border are computed too, and dropped.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cnnlib.geometry import output_size
from cnnlib.ops._arguments import Array, Pair, Sides, floats, show_shapes, whole
from cnnlib.ops._windows import crop, pad, windows

WRAPPED = 1.2  # times as many columns are worth the quicker copies
PIECE = 1 << 18  # values in the columns of a piece: fewer cost more calls, more fall out of the processor's cache


class Frame(NamedTuple):
    """How windows lie on a plane, and into how many groups the channels are split."""

    kernel: Pair
    stride: Pair
    dilation: Pair
    sides: Sides
    groups: int

    def windows_on(self, size: Pair) -> Pair:
        """How many windows fit on a plane of this size: (oh, ow)."""
        oh, ow = (
            output_size(n, k, stride=s, padding=p, dilation=d)
            for n, k, s, d, p in zip(size, self.kernel, self.stride, self.dilation, self.sides, strict=True)
        )
        return oh, ow

    def columns_in(self, size: Pair) -> Pair:
        """How many columns are computed: (oh, ow), or (oh, padded W) where windows may wrap around."""
        oh, ow = self.windows_on(size)
        padded_width = size[1] + sum(self.sides[1])
        return oh, padded_width if self.stride == (1, 1) and padded_width <= WRAPPED * ow else ow


def correlate(x: Array, w: Array, b: Array | None, frame: Frame) -> Array:
    """y (N, K, oh, ow) from x (N, C, H, W), w (K, C/groups, h, w) and b (K,) or None."""
    N, C, H, W = x.shape
    K, G = w.shape[0], frame.groups
    oh, ow = frame.columns_in((H, W))
    filters = w.reshape(G, K // G, -1)  # (groups, K/groups, C/groups·h·w)
    y = np.empty((N, G, K // G, oh * ow), dtype=np.result_type(x, w, *(() if b is None else (b,))))
    for piece in _pieces(N, C, (oh, ow), frame):
        np.matmul(filters, _columns(x[piece], frame), out=y[piece])
        if b is not None:
            y[piece] += b.reshape(G, K // G, 1)
    return np.ascontiguousarray(y.reshape(N, K, oh, ow)[..., : frame.windows_on((H, W))[1]])


def kernel_gradient(dy: Array, x: Array, frame: Frame) -> Array:
    """dw (K, C/groups, h, w): how each weight's gradient gathers over all windows that it saw."""
    N, C, H, W = x.shape
    K, G = dy.shape[1], frame.groups
    oh, ow = frame.columns_in((H, W))
    dy = _with_wrapped(dy, ow).reshape(N, G, K // G, oh * ow)
    dw = np.zeros((K, C // G, *frame.kernel), dtype=np.result_type(dy, x))
    dfilters = dw.reshape(G, K // G, -1)  # (groups, K/groups, C/groups·h·w)
    for piece in _pieces(N, C, (oh, ow), frame):
        for image_dy, columns in zip(dy[piece], _columns(x[piece], frame), strict=True):
            dfilters += image_dy @ columns.swapaxes(-2, -1)
    return dw


def input_gradient(dy: Array, w: Array, frame: Frame, size: Pair) -> Array:
    """dx (N, C, H, W) where (H, W) is `size`: each pixel gathers from all windows that saw it."""
    N, K = dy.shape[:2]
    G, C = frame.groups, frame.groups * w.shape[1]
    oh, ow = frame.columns_in(size)
    filters = w.reshape(G, K // G, -1)  # (groups, K/groups, C/groups·h·w)
    dy = _with_wrapped(dy, ow).reshape(N, G, K // G, oh * ow)
    dx = np.empty((N, C, *size), dtype=np.result_type(dy, w))
    for piece in _pieces(N, C, (oh, ow), frame):
        dcolumns = filters.swapaxes(-2, -1) @ dy[piece]
        dx[piece] = _add_columns(dcolumns.reshape(-1, C, *frame.kernel, oh, ow), frame, size)
    return dx


def _pieces(N: int, C: int, windows: Pair, frame: Frame) -> Iterator[slice]:
    """The batch as slices of as many images as have few enough columns; at least one."""
    (h, w), (oh, ow) = frame.kernel, windows
    images = max(1, PIECE // max(1, C * h * w * oh * ow))
    return (slice(first, first + images) for first in range(0, N, images))


def _columns(x: Array, frame: Frame) -> Array:
    """x (n, C, H, W) -> (n, groups, C/groups·h·w, oh·ow), each column a window; a view if no pixel repeats."""
    n, _, H, W = x.shape
    oh, ow = frame.columns_in((H, W))
    wraps = ow > frame.windows_on((H, W))[1]
    (top, bottom), left_right = frame.sides
    padded = pad(x, ((top, bottom + wraps), left_right))  # the last windows wrap into a row of zeros
    seen = windows(padded, frame.kernel, stride=frame.stride, dilation=frame.dilation, count=(oh, ow))
    return seen.transpose(0, 1, 4, 5, 2, 3).reshape(n, frame.groups, -1, oh * ow)  # n C h w oh ow


def _with_wrapped(dy: Array, ow: int) -> Array:
    """dy (N, K, oh, windows in a row) with zeros for the windows that wrap around: (N, K, oh, ow)."""
    return pad(dy, ((0, 0), (0, ow - dy.shape[-1])))


def _add_columns(dwindows: Array, frame: Frame, size: Pair) -> Array:
    """The transpose of `_columns`: dwindows (n, C, h, w, oh, ow) added up into (n, C, H, W).

    First the kernel's rows, then its columns: h + w additions, where one for each weight takes h·w.
    """
    n, C, h, w, oh, ow = dwindows.shape
    (top, bottom), (left, right) = frame.sides
    H, W = size[0] + top + bottom, size[1] + left + right
    drows = np.zeros((n, C, w, H, ow), dtype=dwindows.dtype)
    for i in range(h):
        drows[:, :, :, _seen_by(i, oh, frame.stride[0], frame.dilation[0])] += dwindows[:, :, i]
    dpadded = np.zeros((n, C, H, W), dtype=dwindows.dtype)
    if ow == W and frame.stride == (1, 1):
        line, dlines = dpadded.reshape(n, C, H * W), drows.reshape(n, C, w, H * W)
        for j in range(w):
            first = j * frame.dilation[1]
            line[..., first:] += dlines[:, :, j, : H * W - first]
    else:
        for j in range(w):
            dpadded[..., _seen_by(j, ow, frame.stride[1], frame.dilation[1])] += drows[:, :, j]
    return crop(dpadded, frame.sides)


def _seen_by(weight: int, windows: int, stride: int, dilation: int) -> slice:
    """The values along an axis that this weight of the kernel meets, one in each window."""
    first = weight * dilation
    return slice(first, first + (windows - 1) * stride + 1, stride)


def convolution_arguments(
    op: str, x: npt.ArrayLike, w: npt.ArrayLike, b: npt.ArrayLike | None, groups: int, *, axes: str
) -> tuple[Array, Array, Array | None]:
    """x, w (K, C/groups, ...) and b of a convolution, where they fit each other and the groups."""
    x = floats(op, "x", x, f"NC{axes.upper()}")
    w = floats(op, "w", w, f"KC{axes}")
    groups = whole(op, "groups", groups, least=1)
    refuse_empty_filters(op, w)
    C, K = x.shape[1], w.shape[0]
    for count, things in ((C, "channels in x"), (K, "filters in w")):
        if count % groups:
            raise ValueError(
                f"{op}: groups is {groups} but there are {count} {things}; a divisor fits {show_shapes(x=x, w=w)}"
            )
    if w.shape[1] * groups != C:
        each = f" in each of {groups} groups" if groups > 1 else ""
        raise ValueError(f"{op}: x has {C} channels but w expects {w.shape[1]}{each} {show_shapes(x=x, w=w)}")
    return x, w, bias_argument(op, b, w, K)


def refuse_empty_filters(op: str, w: Array) -> None:
    if 0 in w.shape:
        raise ValueError(f"{op}: w is empty {show_shapes(w=w)}; at least one weight along each axis fits")


def bias_argument(op: str, b: npt.ArrayLike | None, w: Array, filters: int) -> Array | None:
    """b as one value for each filter, or None."""
    if b is None:
        return None
    b = floats(op, "b", b, "K")
    if b.shape[0] != filters:
        raise ValueError(f"{op}: b has {b.shape[0]} values but w has {filters} filters {show_shapes(w=w, b=b)}")
    return b
