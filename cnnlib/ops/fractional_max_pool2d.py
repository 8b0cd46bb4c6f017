"""Fractional max pooling (Graham, 2014): regions of two neighbouring sizes, in random order.

Of the paper's variants these are the disjoint regions in a random sequence: every value lies in exactly one.
One draw serves all images and channels.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cnnlib.ops._arguments import Array, floats, generator, pair, upstream, whole
from cnnlib.ops._pooling import require_pixels


class FractionalMaxPool2dCache(NamedTuple):
    """Where the regions begin and end, and which pixel of the plane won each of them."""

    row_boundaries: Array  # (oh + 1,)
    column_boundaries: Array  # (ow + 1,)
    winners: Array  # (N, C, oh, ow), counted along the rows from the plane's first pixel


def fractional_max_pool2d_forward(
    x: npt.ArrayLike, output_size: int | Sequence[int], *, rng: np.random.Generator
) -> tuple[Array, FractionalMaxPool2dCache]:
    """The largest value of each region: x (N, C, H, W) -> y (N, C, oh, ow) of the size asked for."""
    x = floats("fractional_max_pool2d", "x", x, "NCHW")
    require_pixels("fractional_max_pool2d", x)
    N, C, H, W = x.shape
    oh, ow = pair("fractional_max_pool2d", "output_size", output_size, least=1)
    if oh > H or ow > W:
        raise ValueError(f"fractional_max_pool2d: output_size is {oh}x{ow}; at most {H}x{W} fits")
    generator("fractional_max_pool2d", rng)
    row_boundaries = fractional_regions(H, oh, rng)
    column_boundaries = fractional_regions(W, ow, rng)
    rows, columns = _members(row_boundaries), _members(column_boundaries)  # (oh, h), (ow, w)
    pixels = rows[:, None, :, None] * W + columns[None, :, None, :]  # (oh, ow, h, w)
    pixels = pixels.reshape(oh * ow, -1)
    values = x.reshape(N, C, H * W)[:, :, pixels]  # (N, C, oh * ow, h * w)
    places = values.argmax(axis=-1)
    y = np.take_along_axis(values, places[..., None], axis=-1)
    winners = pixels[np.arange(oh * ow), places]  # (N, C, oh * ow)
    cache = FractionalMaxPool2dCache(row_boundaries, column_boundaries, winners.reshape(N, C, oh, ow))
    return y.reshape(N, C, oh, ow), cache


def fractional_max_pool2d_backward(dy: npt.ArrayLike, cache: FractionalMaxPool2dCache) -> Array:
    """dy (N, C, oh, ow) -> dx (N, C, H, W): each region's gradient goes to its winner."""
    N, C, oh, ow = cache.winners.shape
    dy = upstream("fractional_max_pool2d", dy, (N, C, oh, ow))
    H, W = cache.row_boundaries[-1], cache.column_boundaries[-1]
    dx = np.zeros((N, C, H * W), dtype=dy.dtype)
    winners = cache.winners.reshape(N, C, oh * ow)
    np.put_along_axis(dx, winners, dy.reshape(N, C, oh * ow), axis=-1)  # regions share no pixel
    return dx.reshape(N, C, H, W)


def fractional_regions(n_in: int, n_out: int, rng: np.random.Generator) -> Array:
    """n_out + 1 boundaries, from 0 to n_in: region i holds the values from boundary i up to boundary i + 1.

    The sizes are n_in / n_out rounded down or up, shuffled.
    """
    whole("fractional_regions", "n_in", n_in, least=1)
    whole("fractional_regions", "n_out", n_out, least=1)
    generator("fractional_regions", rng)
    if n_out > n_in:
        raise ValueError(f"fractional_regions: n_out is {n_out} but n_in {n_in}; at most {n_in} fits")
    sizes = np.full(n_out, n_in // n_out)
    sizes[: n_in % n_out] += 1
    rng.shuffle(sizes)
    return np.concatenate([[0], sizes.cumsum()])


def _members(boundaries: Array) -> Array:
    """The values of each region (n_out, largest size); smaller regions repeat their last one."""
    sizes = np.diff(boundaries)
    return boundaries[:-1, None] + np.minimum(np.arange(sizes.max()), sizes[:, None] - 1)
