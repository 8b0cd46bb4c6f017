"""Images spoilt on purpose, with what they were before: noisy, small or grey; and how well they were restored."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cnnlib.ops._arguments import Array, floats, generator, number, whole

GREY = np.array([0.2125, 0.7154, 0.0721], np.float32)  # how bright red, green and blue look (BT.709)


class Pairs(NamedTuple):
    """Inputs (n, …) of a network, and what it should make of each."""

    spoilt: Array
    clean: Array


def photo_patches(photos: Sequence[Array], n: int, *, size: int, rng: np.random.Generator) -> Array:
    """n squares (n, C, size, size), cut out of photographs (C, H, W) at random; each is mirrored or not."""
    generator("photo_patches", rng)
    whole("photo_patches", "n", n, least=1)
    smallest = min((photo.shape for photo in photos), key=lambda shape: min(shape[1:]))
    if whole("photo_patches", "size", size, least=1) > min(smallest[1:]):
        raise ValueError(f"photo_patches: size is {size}; {min(smallest[1:])} or less fits (photo {smallest})")
    patches = []
    for photo in (photos[i] for i in rng.integers(len(photos), size=n)):
        _, H, W = photo.shape
        top, left = rng.integers(H - size + 1), rng.integers(W - size + 1)
        patch = photo[:, top : top + size, left : left + size]
        patches.append(patch[:, :, ::-1] if rng.random() < 0.5 else patch)
    return np.stack(patches)


def add_noise(images: npt.ArrayLike, sigma: float, *, rng: np.random.Generator) -> Pairs:
    """The images with normal noise of that standard deviation, not cut off at black or white."""
    clean = floats("add_noise", "images", images)
    number("add_noise", "sigma", sigma, least=0)
    noise = generator("add_noise", rng).standard_normal(clean.shape, dtype=clean.dtype.type)
    return Pairs(clean + clean.dtype.type(sigma) * noise, clean)


def halve(images: npt.ArrayLike) -> Pairs:
    """Images (N, C, H, W) at half their size (N, C, H/2, W/2), bicubic and without aliasing."""
    from torch import from_numpy
    from torch.nn.functional import interpolate

    clean = floats("halve", "images", images, "NCHW")
    H, W = clean.shape[2:]
    if H % 2 or W % 2:
        raise ValueError(f"halve: images has sides {H} and {W}; even ones fit (images {clean.shape})")
    small = interpolate(from_numpy(np.ascontiguousarray(clean)), scale_factor=0.5, mode="bicubic", antialias=True)
    return Pairs(small.clamp(0, 1).numpy(), clean)


def split_colours(images: npt.ArrayLike) -> Pairs:
    """Images (N, 3, H, W) as grey (N, 1, H, W), and how far red and blue lie above it (N, 2, H, W)."""
    colours = floats("split_colours", "images", images, "NCHW")
    if colours.shape[1] != 3:
        raise ValueError(f"split_colours: images has {colours.shape[1]} channels; 3 fit (images {colours.shape})")
    grey = np.einsum("nchw,c->nhw", colours, GREY.astype(colours.dtype))[:, None]
    return Pairs(grey, colours[:, ::2] - grey)


def join_colours(grey: npt.ArrayLike, above: npt.ArrayLike) -> Array:
    """What split_colours took apart: (N, 1, H, W) and (N, 2, H, W) -> (N, 3, H, W), cut off at 0 and 1."""
    light, others = floats("join_colours", "grey", grey, "NCHW"), floats("join_colours", "above", above, "NCHW")
    if (light.shape[1], others.shape[1]) != (1, 2):
        raise ValueError(f"join_colours: 1 grey channel and 2 above it fit (grey {light.shape}, above {others.shape})")
    red, blue = light + others[:, :1], light + others[:, 1:]
    green = (light - GREY[0] * red - GREY[2] * blue) / GREY[1]
    return np.clip(np.concatenate([red, green, blue], axis=1), 0, 1)


def psnr(image: npt.ArrayLike, clean: npt.ArrayLike) -> float:
    """The peak signal-to-noise ratio in decibels: 10 log10(1 / mean square error), for values from 0 to 1."""
    found, wanted = floats("psnr", "image", image), floats("psnr", "clean", clean)
    if found.shape != wanted.shape:
        raise ValueError(f"psnr: image has shape {found.shape} but clean has {wanted.shape}")
    error = np.mean((np.clip(found, 0, 1).astype(np.float64) - wanted) ** 2)
    return float(-10 * np.log10(error)) if error else float("inf")
