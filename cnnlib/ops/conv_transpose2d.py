"""The transposed convolution: forward what is backward in a convolution, so that images grow."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy.typing as npt

from cnnlib.geometry import span
from cnnlib.ops._arguments import Array, Pair, floats, pair, show_shapes, upstream, whole
from cnnlib.ops._correlation import (
    Frame,
    bias_argument,
    correlate,
    input_gradient,
    kernel_gradient,
    refuse_empty_filters,
)
from cnnlib.ops._windows import Padding, resolve_padding


class ConvTranspose2dCache(NamedTuple):
    x: Array  # (N, C, H, W)
    w: Array  # (C, K/groups, h, w)
    b: Array | None
    frame: Frame  # of the convolution that leads from y back to x
    size: Pair  # of y


def conv_transpose2d_forward(
    x: npt.ArrayLike,
    w: npt.ArrayLike,
    b: npt.ArrayLike | None = None,
    *,
    stride: int | Sequence[int] = 1,
    padding: Padding = 0,
    output_padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> tuple[Array, ConvTranspose2dCache]:
    """y (N, K, oh, ow) from x (N, C, H, W), w (C, K/groups, h, w) and b (K,): each pixel paints a kernel.

    `padding` is cut off y. Up to `stride` sizes of y lead back to the same size of x: `output_padding` adds
    rows below and columns to the right, to choose among them.
    """
    op = "conv_transpose2d"
    x, w, b = _arguments(op, x, w, b, groups)
    H, W = x.shape[2:]
    kernel = w.shape[2], w.shape[3]
    strides = pair(op, "stride", stride, least=1)
    dilations = pair(op, "dilation", dilation, least=1)
    extra = pair(op, "output_padding", output_padding, least=0)
    if any(e >= s for e, s in zip(extra, strides, strict=True)):
        raise ValueError(f"{op}: output_padding is {extra} but stride {strides}; less than the stride fits")
    if isinstance(padding, str):
        raise ValueError(f"{op}: padding is {padding!r}; a number, a pair or two pairs fit")
    sides = resolve_padding(op, padding, (H, W), kernel=kernel, stride=strides, dilation=dilations)
    oh, ow = (
        (n - 1) * s + span(k, d) + e - sum(side)
        for n, s, k, d, e, side in zip((H, W), strides, kernel, dilations, extra, sides, strict=True)
    )
    if oh < 1 or ow < 1:
        raise ValueError(f"{op}: y would be {oh}x{ow}; less padding fits {show_shapes(x=x, w=w)}")
    frame = Frame(kernel, strides, dilations, sides, groups)
    y = input_gradient(x, w, frame, (oh, ow))
    if b is not None:
        y = y + b[:, None, None]
    return y, ConvTranspose2dCache(x, w, b, frame, (oh, ow))


def conv_transpose2d_backward(dy: npt.ArrayLike, cache: ConvTranspose2dCache) -> tuple[Array, Array, Array | None]:
    """dx (N, C, H, W), dw (C, K/groups, h, w) and db (K,), or None where there was no bias."""
    x, w, b, frame, size = cache
    dy = upstream("conv_transpose2d", dy, (x.shape[0], w.shape[1] * frame.groups, *size))
    dx = correlate(dy, w, None, frame)
    dw = kernel_gradient(x, dy, frame)
    db = None if b is None else dy.sum(axis=(0, 2, 3))
    return dx, dw, db


def _arguments(
    op: str, x: npt.ArrayLike, w: npt.ArrayLike, b: npt.ArrayLike | None, groups: int
) -> tuple[Array, Array, Array | None]:
    """x, w and b, where they fit each other and the groups."""
    x = floats(op, "x", x, "NCHW")
    w = floats(op, "w", w, "CKhw")
    groups = whole(op, "groups", groups, least=1)
    refuse_empty_filters(op, w)
    C = x.shape[1]
    if w.shape[0] != C:
        raise ValueError(f"{op}: x has {C} channels but w expects {w.shape[0]} {show_shapes(x=x, w=w)}")
    if 0 in x.shape[2:]:
        raise ValueError(f"{op}: x has no pixels {show_shapes(x=x)}")
    if C % groups:
        raise ValueError(
            f"{op}: groups is {groups} but there are {C} channels in x; a divisor fits {show_shapes(x=x, w=w)}"
        )
    return x, w, bias_argument(op, b, w, w.shape[1] * groups)
