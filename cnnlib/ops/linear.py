"""The fully connected layer: every output looks at every input."""

from typing import NamedTuple

import numpy.typing as npt

from cnnlib.ops._arguments import Array, floats, show_shapes, upstream


class LinearCache(NamedTuple):
    x: Array  # (N, inputs)
    w: Array  # (outputs, inputs)
    b: Array | None


def linear_forward(x: npt.ArrayLike, w: npt.ArrayLike, b: npt.ArrayLike | None = None) -> tuple[Array, LinearCache]:
    """y (N, outputs) = x wᵀ + b, from x (N, inputs), w (outputs, inputs) and b (outputs,)."""
    x, w, b = linear_arguments("linear", x, w, b)
    y = x @ w.T  # (N, inputs) @ (inputs, outputs)
    if b is not None:
        y = y + b
    return y, LinearCache(x, w, b)


def linear_backward(dy: npt.ArrayLike, cache: LinearCache) -> tuple[Array, Array, Array | None]:
    """dx (N, inputs), dw (outputs, inputs) and db (outputs,), or None where there was no bias."""
    x, w, b = cache
    dy = upstream("linear", dy, (x.shape[0], w.shape[0]))
    dx = dy @ w  # (N, outputs) @ (outputs, inputs)
    dw = dy.T @ x  # (outputs, N) @ (N, inputs)
    db = None if b is None else dy.sum(axis=0)
    return dx, dw, db


def linear_arguments(
    op: str, x: npt.ArrayLike, w: npt.ArrayLike, b: npt.ArrayLike | None
) -> tuple[Array, Array, Array | None]:
    """x, w and b of a fully connected layer, where they fit each other."""
    x = floats(op, "x", x, "NI")
    w = floats(op, "w", w, "OI")
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"{op}: x has {x.shape[1]} inputs but w expects {w.shape[1]} {show_shapes(x=x, w=w)}")
    if b is None:
        return x, w, None
    b = floats(op, "b", b, "O")
    if b.shape[0] != w.shape[0]:
        raise ValueError(f"{op}: b has {b.shape[0]} values but w has {w.shape[0]} outputs {show_shapes(w=w, b=b)}")
    return x, w, b
