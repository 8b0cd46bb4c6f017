"""Volumes of channels as boxes, one after the other: the shapes that a network goes through."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.patches import FancyArrowPatch, Polygon

from cnnlib.draw._numbers import shape_text
from cnnlib.draw.picture import INK, WIDTH, Picture
from cnnlib.draw.words import say
from cnnlib.ops._arguments import whole

EDGE = 0.15  # inches
TALLEST, LEAST = 1.5, 0.1  # sides of a box
THICKEST, THINNEST = 0.9, 0.07  # how far its channels reach
SLANT = (0.32, 0.24)  # how far back a box of full width reaches, to the right and upwards
LINE, FONT = 0.26, 10.0
LETTER = 0.105
SHORTEST = 0.6  # arrow
ARROW: dict[str, Any] = {
    "arrowstyle": "->",
    "mutation_scale": 14,
    "color": INK,
    "linewidth": 1.3,
    "shrinkA": 4,
    "shrinkB": 4,
}
SIDES = ("#d8e4f0", "#f4efe2", "#b9c9da")  # front, top, right


def volumes(
    shapes: Sequence[tuple[int, int, int]],
    *,
    between: Sequence[str] = (),
    alt: str | None = None,
) -> Picture:
    """Shapes (C, H, W) as boxes: as high as H, reaching back as W, as thick as C, with arrows between.

    `between` are words over the arrows. Sides grow with the square root, so that small ones stay visible.
    """
    op = "draw.volumes"
    sizes = [_sizes(op, i, shape) for i, shape in enumerate(shapes)]
    if not sizes:
        raise ValueError(f"{op}: shapes is empty; one or more fit")
    if between and len(between) != len(sizes) - 1:
        raise ValueError(f"{op}: between has {len(between)} entries but there are {len(sizes) - 1} arrows")
    over = list(between) or [""] * (len(sizes) - 1)
    channels, side = max(size[0] for size in sizes), max(max(size[1:]) for size in sizes)
    boxes = [
        (
            max(THICKEST * (C / channels) ** 0.5, THINNEST),
            max(TALLEST * (H / side) ** 0.5, LEAST),
            (W / side) ** 0.5,
        )
        for C, H, W in sizes
    ]
    labels = [shape_text(size) for size in sizes]
    widths = [
        max(thick + back * SLANT[0], len(label) * LETTER) for (thick, _, back), label in zip(boxes, labels, strict=True)
    ]
    arrows = [max(SHORTEST, len(words) * LETTER) + 0.15 for words in over]
    needed = sum(widths) + sum(arrows) + 2 * EDGE
    shrink = min(1.0, (WIDTH - 2 * EDGE) / needed)
    page, height = needed * shrink, (TALLEST + SLANT[1] + LINE) * shrink + 2 * EDGE
    font = max(9.0, FONT * shrink)

    said = ", ".join(label + (f" → {words}" if words else "") for label, words in zip(labels, [*over, ""], strict=True))
    picture = Picture(page, height, alt or say("volumes", items=said))
    axes = picture.place(0, 0, page, height)
    axes.set_xlim(0, page)
    axes.set_ylim(height, 0)
    axes.axis("off")
    left, middle = EDGE, EDGE + (TALLEST + SLANT[1]) * shrink / 2
    for i, (thick, high, back) in enumerate(boxes):
        width = widths[i] * shrink
        box = np.array([thick, high]) * shrink, np.array([back * SLANT[0], back * SLANT[1]]) * shrink
        corner = left + (width - box[0][0] - box[1][0]) / 2
        for points, colour in zip(_faces(corner, middle, *box), SIDES, strict=True):
            axes.add_patch(Polygon(points, facecolor=colour, edgecolor=INK, linewidth=1.0))
        picture.write(left + width / 2, height - EDGE - LINE * shrink / 2 + 0.05, labels[i], font)
        left += width
        if i < len(over):
            end = left + arrows[i] * shrink
            axes.add_patch(FancyArrowPatch((left, middle), (end, middle), **ARROW))
            picture.write((left + end) / 2, middle - 0.14, over[i], font)
            left = end
    return picture


def _sizes(op: str, place: int, shape: Sequence[int]) -> tuple[int, int, int]:
    if len(shape) != 3:
        raise ValueError(f"{op}: shape {place} is {shape!r}; (C, H, W) fits")
    C, H, W = (whole(op, f"shape {place}", size, least=1) for size in shape)
    return C, H, W


def _faces(left: float, middle: float, face: np.ndarray, slant: np.ndarray) -> list[list[tuple[float, float]]]:
    """The corners of front, top and right side."""
    (width, height), (right, up) = face, slant
    top, bottom = middle - height / 2 + up / 2, middle + height / 2 + up / 2
    front = [(left, top), (left + width, top), (left + width, bottom), (left, bottom)]
    lid = [(left, top), (left + right, top - up), (left + width + right, top - up), (left + width, top)]
    edge = left + width
    side = [(edge, top), (edge + right, top - up), (edge + right, bottom - up), (edge, bottom)]
    return [front, lid, side]
