"""DropConnect: dropout on the weights of a fully connected layer instead of its values."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cnnlib.ops._arguments import Array, number, upstream
from cnnlib.ops.dropout import kept
from cnnlib.ops.linear import linear_arguments


class DropConnectCache(NamedTuple):
    x: Array  # (N, inputs)
    w: Array  # (outputs, inputs)
    b: Array | None
    mask: Array  # (N, outputs, inputs) while training; afterwards ones, (1, outputs, inputs)


def dropconnect_forward(
    x: npt.ArrayLike,
    w: npt.ArrayLike,
    b: npt.ArrayLike | None = None,
    *,
    p: float,
    rng: np.random.Generator,
    training: bool,
) -> tuple[Array, DropConnectCache]:
    """y (N, outputs) = x (w · mask)ᵀ + b, from x (N, inputs), w (outputs, inputs) and b (outputs,).

    While training, each image drops its own weights, with probability p, and what is kept is divided by
    1 - p. Biases are never dropped.
    """
    x, w, b = linear_arguments("dropconnect", x, w, b)
    p = number("dropconnect", "p", p, least=0, most=1)
    if training:
        mask = kept("dropconnect", (len(x), *w.shape), w.dtype, p, rng)
    else:
        mask = np.ones((1, *w.shape), dtype=w.dtype)
    y = ((w * mask) @ x[:, :, None])[:, :, 0]  # (N, outputs, inputs) @ (N, inputs, 1)
    if b is not None:
        y = y + b
    return y, DropConnectCache(x, w, b, mask)


def dropconnect_backward(dy: npt.ArrayLike, cache: DropConnectCache) -> tuple[Array, Array, Array | None]:
    """dx (N, inputs), dw (outputs, inputs) and db (outputs,), or None where there was no bias."""
    x, w, b, mask = cache
    dy = upstream("dropconnect", dy, (x.shape[0], w.shape[0]))
    dx = (dy[:, None, :] @ (w * mask))[:, 0, :]  # (N, 1, outputs) @ (N, outputs, inputs)
    dw = (mask * dy[:, :, None] * x[:, None, :]).sum(axis=0)  # (N, outputs, 1) · (N, 1, inputs)
    db = None if b is None else dy.sum(axis=0)
    return dx, dw, db
