"""Scores to probabilities, and to their logarithms."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cnnlib.ops._arguments import Array, floats, upstream, whole


class SoftmaxCache(NamedTuple):
    y: Array
    axis: int


def softmax(x: npt.ArrayLike, axis: int = -1) -> Array:
    """e^x / Σ e^x along `axis`, in the shape of x."""
    x = _scores("softmax", x, axis)
    exponentials = np.exp(x - x.max(axis=axis, keepdims=True))  # the shift cancels, and nothing overflows
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


def softmax_forward(x: npt.ArrayLike, axis: int = -1) -> tuple[Array, SoftmaxCache]:
    """y = `softmax(x, axis)`."""
    y = softmax(x, axis)
    return y, SoftmaxCache(y, axis)


def softmax_backward(dy: npt.ArrayLike, cache: SoftmaxCache) -> Array:
    """dx = y (dy - Σ dy y): what all shares gain together, none of them gains."""
    y, axis = cache
    dy = upstream("softmax", dy, y.shape)
    return y * (dy - (dy * y).sum(axis=axis, keepdims=True))


def log_softmax(x: npt.ArrayLike, axis: int = -1) -> Array:
    """x - log Σ e^x along `axis`, in the shape of x: exact where `np.log(softmax(x))` would be -inf."""
    x = _scores("log_softmax", x, axis)
    shifted = x - x.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def log_softmax_forward(x: npt.ArrayLike, axis: int = -1) -> tuple[Array, SoftmaxCache]:
    """y = `log_softmax(x, axis)`."""
    y = log_softmax(x, axis)
    return y, SoftmaxCache(y, axis)


def log_softmax_backward(dy: npt.ArrayLike, cache: SoftmaxCache) -> Array:
    """dx = dy - softmax(x) Σ dy."""
    y, axis = cache
    dy = upstream("log_softmax", dy, y.shape)
    return dy - np.exp(y) * dy.sum(axis=axis, keepdims=True)


def _scores(op: str, x: npt.ArrayLike, axis: int) -> Array:
    x = floats(op, "x", x)
    whole(op, "axis", axis, least=-x.ndim)
    if axis >= x.ndim:
        raise ValueError(f"{op}: axis is {axis} but x has {x.ndim} axes (x {x.shape})")
    if x.shape[axis] == 0:
        raise ValueError(f"{op}: x has 0 scores along axis {axis}; 1 or more fit (x {x.shape})")
    return x
