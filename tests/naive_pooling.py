"""Pooling in loops, one window after the other: slow, and plain enough to be believed."""

from itertools import product

import numpy as np


def windows_along(n, size, stride, before, after, dilation=1, ceil_mode=False):
    """For each window along an axis, where it looks: positions may lie in the padding, or hang over its end."""
    found = []
    start = -before
    while True:
        window = [start + place * dilation for place in range(size)]
        beyond = window[-1] + 1 - (n + after)
        hangs_over = ceil_mode and beyond < stride and start < n
        if beyond > 0 and not hangs_over:
            return found
        found.append(window)
        start += stride


def windows_of(x, size, stride, sides, dilation=(1, 1), ceil_mode=False):
    """For each output (n, c, i, j), the rows and the columns that its window looks at."""
    N, C, H, W = x.shape
    rows, columns = (
        windows_along(n, size[axis], stride[axis], *sides[axis], dilation[axis], ceil_mode)
        for axis, n in enumerate((H, W))
    )
    places = {
        (n, c, i, j): (rows[i], columns[j])
        for n, c, i, j in product(range(N), range(C), range(len(rows)), range(len(columns)))
    }
    return (N, C, len(rows), len(columns)), places


def max_pool2d(x, dy, size, stride, sides, dilation=(1, 1), ceil_mode=False):
    """y and dx; dy is a function of y's shape."""
    H, W = x.shape[2:]
    shape, places = windows_of(x, size, stride, sides, dilation, ceil_mode)
    y, dx, dy = np.full(shape, -np.inf), np.zeros(x.shape), dy(shape)
    for (n, c, i, j), (rows, columns) in places.items():
        winner = None
        for r, s in product(rows, columns):
            inside = 0 <= r < H and 0 <= s < W
            if inside and (winner is None or x[n, c, r, s] > x[n, c, *winner]):
                winner = r, s
        if winner is not None:
            y[n, c, i, j] = x[n, c, *winner]
            dx[n, c, *winner] += dy[n, c, i, j]
    return y, dx


def avg_pool2d(x, dy, size, stride, sides, ceil_mode=False, count_include_pad=True):
    """y and dx; dy is a function of y's shape."""
    H, W = x.shape[2:]
    (_, below), (_, right) = sides
    shape, places = windows_of(x, size, stride, sides, ceil_mode=ceil_mode)
    y, dx, dy = np.zeros(shape), np.zeros(x.shape), dy(shape)
    for (n, c, i, j), (rows, columns) in places.items():
        inside = [(r, s) for r, s in product(rows, columns) if 0 <= r < H and 0 <= s < W]
        padded = [(r, s) for r, s in product(rows, columns) if r < H + below and s < W + right]
        count = len(padded if count_include_pad else inside)
        for r, s in inside:
            y[n, c, i, j] += x[n, c, r, s] / count
            dx[n, c, r, s] += dy[n, c, i, j] / count
    return y, dx
