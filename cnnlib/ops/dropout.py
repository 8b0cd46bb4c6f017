"""Dropout: while training, each value is dropped with probability p, so that none can be relied on."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cnnlib.ops._arguments import Array, floats, generator, number, upstream


class DropoutCache(NamedTuple):
    mask: Array  # 0 where dropped, 1 / (1 - p) where kept


def dropout_forward(
    x: npt.ArrayLike, p: float, *, rng: np.random.Generator, training: bool
) -> tuple[Array, DropoutCache]:
    """y = x · mask while training, x itself afterwards.

    What is kept is divided by 1 - p, so that y is x on average and nothing remains to be done at test time.
    """
    x = floats("dropout", "x", x)
    p = number("dropout", "p", p, least=0, most=1)
    mask = kept("dropout", x.shape, x.dtype, p, rng) if training else np.ones_like(x)
    return x * mask, DropoutCache(mask)


def dropout_backward(dy: npt.ArrayLike, cache: DropoutCache) -> Array:
    """dx = dy · mask: what was dropped learns nothing."""
    (mask,) = cache
    return upstream("dropout", dy, mask.shape) * mask


def kept(op: str, shape: tuple[int, ...], dtype: np.dtype[Any], p: float, rng: np.random.Generator) -> Array:
    """A mask that is 0 with probability p and 1 / (1 - p) otherwise; all 0 where p is 1."""
    keeps = generator(op, rng).random(shape) >= p
    return (keeps / (1 - p) if p < 1 else np.zeros(shape)).astype(dtype)
