"""Correlation and convolution of plain arrays, at every place where the kernel fits whole."""

import numpy as np
import numpy.typing as npt

from cnnlib.ops._arguments import Array, floats, show_shapes


def correlate1d(x: npt.ArrayLike, k: npt.ArrayLike) -> Array:
    """y (n - m + 1,) from x (n,) and k (m,): y[a] is the sum over i of x[a + i] · k[i]."""
    return _correlate("correlate1d", x, k, axes="n")


def correlate2d(x: npt.ArrayLike, k: npt.ArrayLike) -> Array:
    """y (H - h + 1, W - w + 1) from x (H, W) and k (h, w), the kernel laid on x as it is."""
    return _correlate("correlate2d", x, k, axes="HW")


def convolve1d(x: npt.ArrayLike, k: npt.ArrayLike) -> Array:
    """y (n - m + 1,) from x (n,) and k (m,): the correlation with the kernel turned round."""
    return _correlate("convolve1d", x, k, axes="n", turned=True)


def convolve2d(x: npt.ArrayLike, k: npt.ArrayLike) -> Array:
    """y (H - h + 1, W - w + 1) from x (H, W) and k (h, w), the kernel turned by half a turn."""
    return _correlate("convolve2d", x, k, axes="HW", turned=True)


def _correlate(op: str, x: npt.ArrayLike, k: npt.ArrayLike, *, axes: str, turned: bool = False) -> Array:
    """The sum of shifted copies of x, one for each value of the kernel."""
    x = floats(op, "x", x, axes)
    k = floats(op, "k", k, "m" if axes == "n" else "hw")
    if 0 in k.shape:
        raise ValueError(f"{op}: k is empty {show_shapes(k=k)}")
    if any(m > n for n, m in zip(x.shape, k.shape, strict=True)):
        raise ValueError(f"{op}: k is larger than x {show_shapes(x=x, k=k)}")
    if turned:
        k = np.flip(k)
    places = [n - m + 1 for n, m in zip(x.shape, k.shape, strict=True)]
    y = np.zeros(places, dtype=np.result_type(x, k))
    for first, weight in np.ndenumerate(k):
        y += weight * x[tuple(slice(f, f + n) for f, n in zip(first, places, strict=True))]
    return y
