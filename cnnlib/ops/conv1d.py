"""Convolution along one axis: over a signal, or over the words of a sentence."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy.typing as npt

from cnnlib.geometry import span
from cnnlib.ops._arguments import Array, pair, show_shapes, upstream, whole
from cnnlib.ops._correlation import (
    Frame,
    convolution_arguments,
    correlate,
    input_gradient,
    kernel_gradient,
)
from cnnlib.ops._windows import resolve_padding


class Conv1dCache(NamedTuple):
    x: Array  # (N, C, L)
    w: Array  # (K, C/groups, k)
    b: Array | None
    frame: Frame  # of images that are one pixel high


def conv1d_forward(
    x: npt.ArrayLike,
    w: npt.ArrayLike,
    b: npt.ArrayLike | None = None,
    *,
    stride: int = 1,
    padding: int | str | Sequence[int] = 0,
    dilation: int = 1,
    groups: int = 1,
) -> tuple[Array, Conv1dCache]:
    """y (N, K, ol) from x (N, C, L), w (K, C/groups, k) and b (K,).

    `padding` is one number for both ends, (before, after), "valid" or "same".
    """
    x, w, b = convolution_arguments("conv1d", x, w, b, groups, axes="l")
    kernel = 1, w.shape[2]
    strides = 1, whole("conv1d", "stride", stride, least=1)
    dilations = 1, whole("conv1d", "dilation", dilation, least=1)
    sides = resolve_padding(
        "conv1d",
        padding if isinstance(padding, str) else ((0, 0), pair("conv1d", "padding", padding, least=0)),
        (1, x.shape[2]),
        kernel=kernel,
        stride=strides,
        dilation=dilations,
    )
    frame = Frame(kernel, strides, dilations, sides, groups)
    if frame.windows_on((1, x.shape[2]))[1] < 1:
        window, padded = span(kernel[1], dilations[1]), x.shape[2] + sum(sides[1])
        raise ValueError(f"conv1d: the window is {window} but x, padded, is {padded} {show_shapes(x=x)}")
    y = correlate(x[:, :, None, :], w[:, :, None, :], b, frame)  # as images (N, C, 1, L)
    return y[:, :, 0, :], Conv1dCache(x, w, b, frame)


def conv1d_backward(dy: npt.ArrayLike, cache: Conv1dCache) -> tuple[Array, Array, Array | None]:
    """dx (N, C, L), dw (K, C/groups, k) and db (K,), or None where there was no bias."""
    x, w, b, frame = cache
    N, _, L = x.shape
    K = w.shape[0]
    dy = upstream("conv1d", dy, (N, K, frame.windows_on((1, L))[1]))
    dy_images = dy[:, :, None, :]  # (N, K, 1, ol)
    dx = input_gradient(dy_images, w[:, :, None, :], frame, (1, L))
    dw = kernel_gradient(dy_images, x[:, :, None, :], frame)
    db = None if b is None else dy.sum(axis=(0, 2))
    return dx[:, :, 0, :], dw[:, :, 0, :], db
