"""Letters and digits drawn with the text fonts that come with matplotlib, as if by many pens and hands."""

import string
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from cnnlib.data._warp import grid, inverse_maps, look_up, uniform
from cnnlib.data.labelled import Labelled
from cnnlib.ops._arguments import Array, generator, whole

if TYPE_CHECKING:
    from matplotlib.ft2font import FT2Font

# Ten letters look alike in both cases once they are drawn at one size: 52 letters make 42 classes.
LETTERS = tuple(upper + upper.lower() if upper in "CKOPSUVWXZ" else upper for upper in string.ascii_uppercase) + tuple(
    lower for lower in string.ascii_lowercase if lower not in "ckopsuvwxz"
)
DIGITS = tuple(string.digits)

_STROKES = (0.10, 0.14, 0.18, 0.22)  # widths of the pen, as shares of the glyph's longer side
_GLYPH, _MARGIN = 48, 16  # pixels: the longer side of a glyph before it is warped, and the room around it
_BATCH = 2048


def draw_glyphs(n: int, *, rng: np.random.Generator, classes: Sequence[str] = LETTERS, size: int = 8) -> Labelled:
    """n glyphs, images (n, 1, size, size) from 0 (paper) to 1 (ink), the classes in equal numbers.

    Each class is a string of the characters that count as one; a label is its place in `classes`.
    """
    generator("draw_glyphs", rng)
    whole("draw_glyphs", "n", n, least=1)
    whole("draw_glyphs", "size", size, least=4)
    if not classes or not all(name and set(name) <= set(string.ascii_letters + string.digits) for name in classes):
        raise ValueError(f"draw_glyphs: classes is {tuple(classes)}; strings of letters and digits fit")
    skeletons, starts = _skeleton_distances(tuple(classes))
    labels = rng.permutation(np.arange(n) % len(classes))
    which = rng.integers(starts[labels], starts[labels + 1])
    images = np.empty((n, 1, size, size), np.float32)
    for first in range(0, n, _BATCH):
        batch = slice(first, first + _BATCH)
        images[batch, 0] = _write(skeletons, which[batch], size, rng)
    return Labelled(images, labels)


def text_fonts() -> list[Path]:
    """The fonts shipped with matplotlib that have all letters and digits, sorted by name."""
    import matplotlib
    from matplotlib.ft2font import FT2Font

    needed = {ord(character) for character in string.ascii_letters + string.digits}
    symbols = {"cmex10.ttf", "cmsy10.ttf", "LastResortHE-Regular.ttf"}  # other signs at the places of letters
    files = sorted(Path(matplotlib.get_data_path(), "fonts", "ttf").glob("*.ttf"))
    return [file for file in files if file.name not in symbols and needed <= FT2Font(str(file)).get_charmap().keys()]


def _write(skeletons: Array, which: Array, size: int, rng: np.random.Generator) -> Array:
    """Draw the chosen skeletons through a random warp, each with a random pen: (N, size, size)."""
    N = len(which)
    to_skeleton = inverse_maps(
        degrees=uniform(rng, N, 12),
        shear=uniform(rng, N, 0.2),
        aspect=np.exp(uniform(rng, N, 0.3)),
        scale=rng.uniform(0.85, 1.05, N),
    )
    pixel = _GLYPH / (size - 1)  # how much of the skeleton's picture one drawn pixel covers
    shift = rng.uniform(-0.06, 0.06, (N, 2, 1, 1)) * _GLYPH
    drawn = grid(size) * pixel - shift + _elastic(N, size, rng)
    distances = look_up(skeletons, which, np.einsum("nij,njhw->nihw", to_skeleton, drawn))
    radius = rng.choice(_STROKES, N)[:, None, None] * _GLYPH / 2
    return np.clip((radius - distances) / pixel + 0.5, 0, 1)


def _elastic(n: int, size: int, rng: np.random.Generator, *, strength: float = 0.03) -> Array:
    """Smooth random displacements (n, 2, size, size), with a deviation of `strength` glyphs."""
    rough = rng.standard_normal((n, 2, size, size))
    smooth = ndimage.gaussian_filter(rough, sigma=(0, 0, size / 4, size / 4), mode="reflect")
    return smooth / smooth.std() * strength * _GLYPH


@lru_cache(maxsize=8)
def _skeleton_distances(classes: tuple[str, ...]) -> tuple[Array, Array]:
    """For each pixel its distance from a glyph's skeleton (P, H, W), and where each class starts among the P.

    Ink is what lies within the pen's radius: a dilation by a disc, without the jagged edge.
    """
    from matplotlib.ft2font import FT2Font

    fonts = [FT2Font(str(file)) for file in text_fonts()]
    distances = [_distance(font, character) for name in classes for character in name for font in fonts]
    starts = np.cumsum([0, *(len(name) * len(fonts) for name in classes)])
    stacked = np.stack(distances)
    stacked.flags.writeable = False
    return stacked, starts


def _distance(font: "FT2Font", character: str) -> Array:
    """How far each pixel of the canvas is from the skeleton of one character, centred and scaled to fit."""
    from skimage.morphology import skeletonize
    from skimage.transform import resize

    font.set_size(96, 72)
    font.set_text(character)
    font.draw_glyphs_to_bitmap(antialiased=True)
    bitmap: Array = np.asarray(font.get_image())
    rows, columns = (np.flatnonzero(bitmap.any(axis=axis)) for axis in (1, 0))
    bitmap = bitmap[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] / 255
    H, W = (max(1, round(side * _GLYPH / max(bitmap.shape))) for side in bitmap.shape)
    ink = resize(bitmap, (H, W), order=1, anti_aliasing=True) > 0.5
    side = _GLYPH + 2 * _MARGIN
    top, left = (side - H) // 2, (side - W) // 2
    canvas = np.pad(ink, ((top, side - H - top), (left, side - W - left)))
    distance = ndimage.distance_transform_edt(~skeletonize(canvas))
    return ndimage.gaussian_filter(distance, 1).astype(np.float32)
