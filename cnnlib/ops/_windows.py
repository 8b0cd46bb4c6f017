"""Padding a plane and looking at it window by window, as convolution and pooling both do."""

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnnlib.geometry import output_size, same_padding, span
from cnnlib.ops._arguments import Array, Pair, Sides, pair, show_shapes

Padding = int | str | Sequence[int] | Sequence[Sequence[int]]


def resolve_padding(op: str, padding: Padding, size: Pair, *, kernel: Pair, stride: Pair, dilation: Pair) -> Sides:
    """((top, bottom), (left, right)) from an int, a pair, a pair of pairs, "valid" or "same"."""
    if isinstance(padding, str):
        if padding == "valid":
            return (0, 0), (0, 0)
        if padding == "same":
            vertical, horizontal = (
                same_padding(n, k, stride=s, dilation=d)
                for n, k, s, d in zip(size, kernel, stride, dilation, strict=True)
            )
            return vertical, horizontal
        raise ValueError(f'{op}: padding is {padding!r}; a number, a pair, two pairs, "valid" or "same" fits')
    if isinstance(padding, Sequence | np.ndarray) and any(np.ndim(side) for side in padding):
        if len(padding) != 2:
            raise ValueError(f"{op}: padding has {len(padding)} parts; (top, bottom), (left, right) fit")
        top_bottom, left_right = cast(Sequence[Sequence[int]], padding)
        return pair(op, "padding", top_bottom, least=0), pair(op, "padding", left_right, least=0)
    vertical_number, horizontal_number = pair(op, "padding", cast(int | Sequence[int], padding), least=0)
    return (vertical_number, vertical_number), (horizontal_number, horizontal_number)


def pad(x: Array, sides: Sides, value: float = 0.0) -> Array:
    """x (..., H, W) with `value` around its last two axes; x itself where there is nothing to add."""
    (top, bottom), (left, right) = sides
    if not any((top, bottom, left, right)):
        return x
    *lead, H, W = x.shape
    padded = np.full((*lead, top + H + bottom, left + W + right), value, dtype=x.dtype)
    padded[..., top : top + H, left : left + W] = x
    return padded


def crop(padded: Array, sides: Sides) -> Array:
    """What `pad` was given: a view without the borders."""
    (top, bottom), (left, right) = sides
    H, W = padded.shape[-2:]
    return padded[..., top : H - bottom, left : W - right]


def windows(x: Array, kernel: Pair, *, stride: Pair, dilation: Pair = (1, 1), count: Pair | None = None) -> Array:
    """Every window of x (N, C, H, W), as a read-only view (N, C, oh, ow, h, w).

    `count` asks for (oh, ow) of them instead of all that fit; those that stick out on the right of a contiguous x
    go on in its next row.
    """
    N, C, H, W = x.shape
    oh, ow = count or (
        output_size(H, kernel[0], stride=stride[0], dilation=dilation[0]),
        output_size(W, kernel[1], stride=stride[1], dilation=dilation[1]),
    )
    image, channel, row, column = x.strides
    return as_strided(
        x,
        shape=(N, C, oh, ow, *kernel),
        strides=(
            image,
            channel,
            row * stride[0],
            column * stride[1],
            row * dilation[0],
            column * dilation[1],
        ),
        writeable=False,
    )


def require_a_window(op: str, x: Array, sides: Sides, kernel: Pair, dilation: Pair) -> None:
    """Refuse a kernel that is larger than the padded input."""
    H, W = (n + before + after for n, (before, after) in zip(x.shape[-2:], sides, strict=True))
    h, w = (span(k, d) for k, d in zip(kernel, dilation, strict=True))
    if h > H or w > W:
        raise ValueError(f"{op}: the window is {h}x{w} but x, padded, is {H}x{W} {show_shapes(x=x)}")
