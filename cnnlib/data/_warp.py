"""Looking pictures up through a turned, sheared, stretched and shifted grid."""

import numpy as np
from scipy import ndimage

from cnnlib.ops._arguments import Array


def uniform(rng: np.random.Generator, n: int, most: float) -> Array:
    """n numbers between -most and most."""
    return rng.uniform(-most, most, n)


def inverse_maps(*, degrees: Array, shear: Array, aspect: Array, scale: Array) -> Array:
    """(N, 2, 2), each from an offset on the drawn picture to one on the source, both as (down, right).

    The picture is sheared, made `aspect` times as wide for its height, `scale` times as large, then turned.
    """
    N = len(degrees)
    cosine, sine = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    turn = np.stack([cosine, -sine, sine, cosine], axis=1).reshape(N, 2, 2)
    width = np.sqrt(aspect)
    stretch = np.stack([scale / width, np.zeros(N), np.zeros(N), scale * width], axis=1).reshape(N, 2, 2)
    slant = np.stack([np.ones(N), np.zeros(N), shear, np.ones(N)], axis=1).reshape(N, 2, 2)
    return np.linalg.inv(turn @ stretch @ slant)


def grid(size: int) -> Array:
    """(2, size, size): how far each pixel lies below and to the right of the middle."""
    offsets = np.arange(size) - (size - 1) / 2
    return np.stack(np.meshgrid(offsets, offsets, indexing="ij"))


def look_up(pictures: Array, which: Array, offsets: Array, *, outside: float | None = None) -> Array:
    """(N, h, w) read from pictures (P, H, W): image n shows pictures[which[n]] at offsets (N, 2, h, w).

    An offset counts pixels down and right from the middle of the picture. Between pixels the values are
    interpolated; beyond the border they are `outside`, or repeat the border.
    """
    _, H, W = pictures.shape
    middle = np.array([(H - 1) / 2, (W - 1) / 2]).reshape(1, 2, 1, 1)
    rows, columns = np.moveaxis(offsets + middle, 1, 0)
    coordinates = np.stack([np.broadcast_to(which[:, None, None], rows.shape), rows, columns])
    if outside is None:
        return ndimage.map_coordinates(pictures, coordinates, order=1, mode="nearest")
    return ndimage.map_coordinates(pictures, coordinates, order=1, mode="constant", cval=outside)
