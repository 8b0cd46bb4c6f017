"""A hard place to read in: a small picture somewhere on a cloudy, noisy canvas."""

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from cnnlib.data._warp import grid, inverse_maps, look_up, uniform
from cnnlib.ops._arguments import Array, floats, generator, whole


def paste_on_clutter(images: npt.ArrayLike, *, rng: np.random.Generator, size: int = 16) -> Array:
    """Paste each of images (N, 1, h, w) on its own canvas (N, 1, size, size); values are from 0 to 1 in both.

    1.1 to 1.6 times as large, turned by up to 25 degrees, anywhere it fits, darker or brighter than
    the clouds behind it.
    """
    generator("paste_on_clutter", rng)
    pictures = floats("paste_on_clutter", "images", images, "NCHW")
    N, C, h, w = pictures.shape
    if C != 1:
        raise ValueError(f"paste_on_clutter: images has {C} channels but 1 fits (images {pictures.shape})")
    if whole("paste_on_clutter", "size", size, least=1) < max(h, w):
        raise ValueError(f"paste_on_clutter: size is {size}; {max(h, w)} or more fits (images {pictures.shape})")
    scale = rng.uniform(1.1, 1.6, (N,))
    to_picture = inverse_maps(degrees=uniform(rng, N, 25), shear=np.zeros(N), aspect=np.ones(N), scale=scale)
    room = np.maximum(size - np.outer(scale, (h, w)), 0) / 2
    place = rng.uniform(-room, room).reshape(N, 2, 1, 1)
    offsets = np.einsum("nij,njhw->nihw", to_picture, grid(size) - place)
    ink = look_up(pictures[:, 0], np.arange(N), offsets, outside=0.0)
    contrast = rng.uniform(0.4, 0.7, (N, 1, 1))
    dark = rng.uniform(0.1, 0.9 - contrast)
    ink = np.where(rng.random((N, 1, 1)) < 0.5, ink, 1 - ink)
    noise = rng.normal(0, 0.06, (N, size, size))
    canvas = np.clip(dark + contrast * ink + clouds(N, size, rng) + noise, 0, 1)
    return canvas[:, None].astype(np.float32)


def clouds(n: int, size: int, rng: np.random.Generator) -> Array:
    """Smooth light and shade (n, size, size) around zero."""
    rough = rng.standard_normal((n, size, size))
    smooth = ndimage.gaussian_filter(rough, sigma=(0, size / 5, size / 5), mode="reflect")
    return 0.12 * smooth / smooth.std()
