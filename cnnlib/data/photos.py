"""Photographs that come with scikit-image, so that no lesson needs the network to show one."""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cnnlib.ops._arguments import Array, pair


class Photo(NamedTuple):
    """Where a photograph comes from, and on what terms."""

    file: str
    title: str
    credit: str
    licence: str


PHOTOS = {
    "astronaut": Photo("astronaut.png", "Eileen Collins", "NASA", "public domain"),
    "brick": Photo("brick.png", "Brick wall", "CC0Textures, Bricks25", "CC0"),
    "camera": Photo("camera.png", "A man with a camera", "Lav Varshney", "CC0"),
    "cat": Photo("chelsea.png", "Chelsea the cat", "Stefan van der Walt", "CC0"),
    "clock": Photo("clock_motion.png", "Wall clock, blurred", "Stefan van der Walt", "public domain"),
    "coffee": Photo("coffee.png", "Coffee cup", "Rachel Michetti, Pikolo Espresso Bar", "CC0"),
    "coins": Photo("coins.png", "Coins from Pompeii", "Brooklyn Museum", "no known restrictions"),
    "galaxies": Photo("hubble_deep_field.jpg", "Hubble eXtreme Deep Field", "NASA", "public domain"),
    "grass": Photo("grass.png", "Grass", "linolafett, DeviantArt", "CC0"),
    "gravel": Photo("gravel.png", "Gravel", "CC0Textures, Gravel04", "CC0"),
    "rocket": Photo("rocket.jpg", "Falcon 9 takes off", "SpaceX", "public domain"),
}


def load_photo(name: str, *, size: int | Sequence[int] | None = None, grey: bool = False) -> Array:
    """A photograph of `PHOTOS` as (C, H, W), float32 from 0 to 1: three channels, or one if grey.

    With a size (both sides, or height and width) the middle is cut out in those proportions and
    resized without aliasing.
    """
    if name not in PHOTOS:
        raise ValueError(f"load_photo: name is {name!r}; one of {', '.join(PHOTOS)} fits")
    pixels = _read(name)
    if grey and pixels.ndim == 3:
        pixels = pixels @ np.array([0.2125, 0.7154, 0.0721])  # how bright red, green and blue look (BT.709)
    # (H, W) or (H, W, C) -> (C, H, W)
    image = pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
    if not grey and len(image) == 1:
        image = np.repeat(image, 3, axis=0)
    if size is not None:
        image = _resize(image, *pair("load_photo", "size", size, least=1))
    return np.clip(image, 0, 1).astype(np.float32)


def _read(name: str) -> Array:
    """Pixels (H, W) or (H, W, 3) as float64 from 0 to 1."""
    import skimage
    from skimage.io import imread

    path = Path(skimage.__file__).parent / "data" / PHOTOS[name].file
    if not path.is_file():
        raise FileNotFoundError(
            f"load_photo: scikit-image {version('scikit-image')} does not ship {name!r} ({path.name}); "
            "install the version in constraints.txt, or choose another photograph"
        )
    return imread(path) / 255


def _resize(image: Array, height: int, width: int) -> Array:
    from skimage.transform import resize

    C, H, W = image.shape
    scale = min(H / height, W / width)
    h, w = round(height * scale), round(width * scale)
    top, left = (H - h) // 2, (W - w) // 2
    middle = image[:, top : top + h, left : left + w]
    return resize(middle, (C, height, width), order=1, anti_aliasing=True)
