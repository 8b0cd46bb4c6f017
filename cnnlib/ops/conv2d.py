"""The convolution layer: filters slide over images, and each window gives one number for each filter."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy.typing as npt

from cnnlib.ops._arguments import Array, pair, upstream
from cnnlib.ops._correlation import (
    Frame,
    convolution_arguments,
    correlate,
    input_gradient,
    kernel_gradient,
)
from cnnlib.ops._windows import Padding, require_a_window, resolve_padding


class Conv2dCache(NamedTuple):
    x: Array  # (N, C, H, W)
    w: Array  # (K, C/groups, h, w)
    b: Array | None
    frame: Frame


def conv2d_forward(
    x: npt.ArrayLike,
    w: npt.ArrayLike,
    b: npt.ArrayLike | None = None,
    *,
    stride: int | Sequence[int] = 1,
    padding: Padding = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> tuple[Array, Conv2dCache]:
    """y (N, K, oh, ow) from x (N, C, H, W), w (K, C/groups, h, w) and b (K,).

    As everywhere in deep learning the kernel is not flipped: this is a correlation.
    """
    x, w, b = convolution_arguments("conv2d", x, w, b, groups, axes="hw")
    kernel = w.shape[2], w.shape[3]
    strides = pair("conv2d", "stride", stride, least=1)
    dilations = pair("conv2d", "dilation", dilation, least=1)
    sides = resolve_padding(
        "conv2d", padding, (x.shape[2], x.shape[3]), kernel=kernel, stride=strides, dilation=dilations
    )
    require_a_window("conv2d", x, sides, kernel, dilations)
    frame = Frame(kernel, strides, dilations, sides, groups)
    return correlate(x, w, b, frame), Conv2dCache(x, w, b, frame)


def conv2d_backward(dy: npt.ArrayLike, cache: Conv2dCache) -> tuple[Array, Array, Array | None]:
    """dx (N, C, H, W), dw (K, C/groups, h, w) and db (K,), or None where there was no bias."""
    x, w, b, frame = cache
    N, _, H, W = x.shape
    K = w.shape[0]
    dy = upstream("conv2d", dy, (N, K, *frame.windows_on((H, W))))
    dx = input_gradient(dy, w, frame, (H, W))
    dw = kernel_gradient(dy, x, frame)
    db = None if b is None else dy.sum(axis=(0, 2, 3))
    return dx, dw, db
