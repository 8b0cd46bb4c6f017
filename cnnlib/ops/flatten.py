"""From maps to a vector, as the fully connected layers want it."""

from math import prod
from typing import NamedTuple

import numpy.typing as npt

from cnnlib.ops._arguments import Array, floats, upstream


class FlattenCache(NamedTuple):
    shape: tuple[int, ...]


def flatten_forward(x: npt.ArrayLike) -> tuple[Array, FlattenCache]:
    """x (N, ...) as (N, all the rest), each image in the order C, H, W."""
    x = floats("flatten", "x", x)
    if x.ndim == 0:
        raise ValueError("flatten: x has 0 axes but at least 1 fits, (N, ...) (x ())")
    return x.reshape(_flat(x.shape)).copy(), FlattenCache(x.shape)


def flatten_backward(dy: npt.ArrayLike, cache: FlattenCache) -> Array:
    """dx, in the shape that x had."""
    dy = upstream("flatten", dy, _flat(cache.shape))
    return dy.reshape(cache.shape).copy()


def _flat(shape: tuple[int, ...]) -> tuple[int, int]:
    N, *rest = shape
    return N, prod(rest)
