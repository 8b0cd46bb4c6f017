"""Convolution by loops, straight from its formula: what the fast operations are held to."""

from itertools import product

import numpy as np


def conv2d(x, w, b, dy, stride, sides, dilation, groups):
    """y, dx, dw and db; `sides` is ((top, bottom), (left, right)). Without dy, y alone."""
    (N, C, H, W), (K, _, h, w_) = x.shape, w.shape
    (top, bottom), (left, right) = sides
    oh = (H + top + bottom - dilation[0] * (h - 1) - 1) // stride[0] + 1
    ow = (W + left + right - dilation[1] * (w_ - 1) - 1) // stride[1] + 1
    y, dx, dw = np.zeros((N, K, oh, ow)), np.zeros(x.shape), np.zeros(w.shape)
    for n, k, r, q in product(range(N), range(K), range(oh), range(ow)):
        first = k // (K // groups) * (C // groups)
        y[n, k, r, q] = 0 if b is None else b[k]
        for c, i, j in product(range(C // groups), range(h), range(w_)):
            row = r * stride[0] + i * dilation[0] - top
            column = q * stride[1] + j * dilation[1] - left
            if not (0 <= row < H and 0 <= column < W):
                continue
            y[n, k, r, q] += x[n, first + c, row, column] * w[k, c, i, j]
            if dy is not None:
                dx[n, first + c, row, column] += dy[n, k, r, q] * w[k, c, i, j]
                dw[k, c, i, j] += dy[n, k, r, q] * x[n, first + c, row, column]
    if dy is None:
        return y
    return y, dx, dw, None if b is None else np.array([dy[:, k].sum() for k in range(K)])


def conv_transpose2d(x, w, b, stride, sides, output_padding, dilation, groups):
    """y: every pixel of x paints the kernel, scaled by its value, on a plane that is then cropped."""
    (N, C, H, W), (_, K, h, w_) = x.shape, w.shape
    (top, bottom), (left, right) = sides
    oh = (H - 1) * stride[0] + dilation[0] * (h - 1) + 1 + output_padding[0] - top - bottom
    ow = (W - 1) * stride[1] + dilation[1] * (w_ - 1) + 1 + output_padding[1] - left - right
    y = np.zeros((N, K * groups, oh, ow))
    for n, c, r, q in product(range(N), range(C), range(H), range(W)):
        first = c // (C // groups) * K
        for k, i, j in product(range(K), range(h), range(w_)):
            row = r * stride[0] + i * dilation[0] - top
            column = q * stride[1] + j * dilation[1] - left
            if 0 <= row < oh and 0 <= column < ow:
                y[n, first + k, row, column] += x[n, c, r, q] * w[c, k, i, j]
    return y if b is None else y + b[:, None, None]


def correlate(x, k):
    """y of plain arrays with one or two axes, wherever the whole kernel fits."""
    y = np.zeros([n - m + 1 for n, m in zip(x.shape, k.shape, strict=True)])
    for place in np.ndindex(y.shape):
        for weight in np.ndindex(k.shape):
            y[place] += x[tuple(np.add(place, weight))] * k[weight]
    return y
