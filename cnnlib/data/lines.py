"""Lines of drawn digits, as on a form: where one ends and the next begins is not told."""

from typing import NamedTuple

import numpy as np

from cnnlib.data.glyphs import DIGITS, draw_glyphs
from cnnlib.ops._arguments import Array, generator, whole

HEIGHT = 12
_GLYPH, _STEP = 10, (7, 12)  # pixels: a digit, and how far the next may begin after it, the last excluded


class Lines(NamedTuple):
    """Images (N, 1, 12, W), float32 from 0 (paper) to 1 (ink), and what is written, (N, length), int64 from 0 to 9."""

    images: Array
    digits: Array


def draw_lines(n: int, *, rng: np.random.Generator, length: int = 6) -> Lines:
    """n lines of so many digits, with uneven gaps, a little up or down, on paper with noise; wider if longer."""
    generator("draw_lines", rng)
    whole("draw_lines", "n", n, least=1)
    whole("draw_lines", "length", length, least=1)
    glyphs = draw_glyphs(n * length, rng=rng, classes=DIGITS, size=_GLYPH)
    glyph_rows = glyphs.images.reshape(n, length, _GLYPH, _GLYPH)
    steps = rng.integers(*_STEP, (n, length))
    lefts = np.cumsum(steps, axis=1) - _STEP[0] + 1
    tops = rng.integers(0, HEIGHT - _GLYPH + 1, (n, length))
    paper = np.zeros((n, HEIGHT, length * (_STEP[1] - 1) + _GLYPH), np.float32)
    for line, glyph_row, left, top in zip(paper, glyph_rows, lefts, tops, strict=True):
        for glyph, x, y in zip(glyph_row, left, top, strict=True):
            place = line[y : y + _GLYPH, x : x + _GLYPH]
            np.maximum(place, glyph, out=place)
    noisy = np.clip(paper + rng.normal(0, 0.08, paper.shape), 0, 1)
    return Lines(noisy[:, None].astype(np.float32), glyphs.labels.reshape(n, length))
