"""Straight edges between dark and bright, in the four orientations that a 3x3 filter can tell apart."""

import numpy as np

from cnnlib.data._warp import grid
from cnnlib.data.labelled import Labelled
from cnnlib.ops._arguments import generator, number, whole

# Rising and falling as a line does on paper, from left to right.
ORIENTATIONS = ("horizontal", "rising", "vertical", "falling")


def draw_edges(n: int, *, rng: np.random.Generator, size: int = 16, noise: float = 0.0) -> Labelled:
    """n images (n, 1, size, size) from 0 to 1 of one edge each; labels are places in `ORIENTATIONS`.

    The orientations come in equal numbers, the edge near the middle, either side being the bright one.
    """
    generator("draw_edges", rng)
    whole("draw_edges", "n", n, least=1)
    whole("draw_edges", "size", size, least=3)
    number("draw_edges", "noise", noise, least=0)
    labels = rng.permutation(np.arange(n) % len(ORIENTATIONS))
    angle = (labels * np.pi / 4)[:, None, None]
    down, right = grid(size)
    across = np.cos(angle) * down + np.sin(angle) * right  # distance from a line through the middle
    bright = np.clip(0.5 + across - rng.uniform(-size / 6, size / 6, (n, 1, 1)), 0, 1)
    bright = np.where(rng.random((n, 1, 1)) < 0.5, bright, 1 - bright)
    contrast = rng.uniform(0.4, 0.8, (n, 1, 1))
    images = rng.uniform(0, 1 - contrast) + contrast * bright + noise * rng.standard_normal((n, size, size))
    return Labelled(np.clip(images, 0, 1)[:, None].astype(np.float32), labels)
