"""Drawn shapes whose masks and boxes are known: for segmentation, detection and counting."""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np
from scipy import ndimage

from cnnlib.data._warp import grid
from cnnlib.ops._arguments import Array, generator, number, pair, whole

Arrangement = Literal["apart", "touching", "overlapping"]
Outline = Callable[[Array, Array], Array]


class Scenes(NamedTuple):
    """Images of shapes, and everything there is to find in them.

    images (N, 1, size, size), float32 from 0 to 1.
    objects (N, size, size), int64: 0 where no shape is, j + 1 where shape j is seen.
    masks (N, size, size), int64: 0 where no shape is, otherwise 1 + the shape's label.
    boxes, for each image (shapes, 4), int64: left, top, right, bottom of what is seen, the last two excluded.
    labels, for each image (shapes,), int64: places in the kinds that were asked for.
    """

    images: Array
    objects: Array
    masks: Array
    boxes: tuple[Array, ...]
    labels: tuple[Array, ...]


def _circle(down: Array, right: Array) -> Array:
    return np.hypot(down, right) - 0.9


def _square(down: Array, right: Array) -> Array:
    return np.maximum(abs(down), abs(right)) - 0.7


def _triangle(down: Array, right: Array) -> Array:
    slope = np.sqrt(3) / 2 * abs(right) - down / 2
    return np.maximum(slope, down) - 0.5


def _cross(down: Array, right: Array) -> Array:
    longer, shorter = np.maximum(abs(down), abs(right)), np.minimum(abs(down), abs(right))
    return np.maximum(longer - 0.95, shorter - 0.3)


def _ring(down: Array, right: Array) -> Array:
    return abs(np.hypot(down, right) - 0.7) - 0.25


# How far a point (down, right) lies outside a shape that fits the circle of radius 1; negative inside.
_OUTLINES: dict[str, Outline] = {
    "circle": _circle,
    "square": _square,
    "triangle": _triangle,
    "cross": _cross,
    "ring": _ring,
}
KINDS = tuple(_OUTLINES)


def draw_shapes(
    n: int,
    *,
    rng: np.random.Generator,
    size: int = 32,
    kinds: Sequence[str] = KINDS,
    count: tuple[int, int] = (1, 3),
    radius: tuple[float, float] = (4.0, 7.0),
    arrangement: Arrangement = "apart",
    noise: float = 0.05,
) -> Scenes:
    """n images of `count` (least, most) shapes, brighter than their ground, turned and placed at random.

    "apart" leaves a gap between any two; "touching" lays each new shape against an earlier one;
    "overlapping" lays it over some, of which at least half stays to be seen. `radius` is in pixels.
    """
    generator("draw_shapes", rng)
    whole("draw_shapes", "n", n, least=1)
    whole("draw_shapes", "size", size, least=8)
    number("draw_shapes", "noise", noise, least=0)
    _require_fitting(size, kinds, count, radius, arrangement)
    inks, objects, labels = [], [], []
    for _ in range(n):
        labels.append(rng.integers(0, len(kinds), rng.integers(count[0], count[1] + 1)))
        outlines = [_OUTLINES[kinds[label]] for label in labels[-1]]
        ink, seen = _scene(outlines, size, radius, arrangement, rng)
        inks.append(ink)
        objects.append(seen)
    ground = rng.uniform(0, 0.2, (n, 1, 1))
    clean = ground + (1 - ground) * np.stack(inks)
    images = np.clip(clean + noise * rng.standard_normal(clean.shape), 0, 1)
    masks = [np.append(0, 1 + kind)[seen] for seen, kind in zip(objects, labels, strict=True)]
    return Scenes(
        images=images[:, None].astype(np.float32),
        objects=np.stack(objects),
        masks=np.stack(masks),
        boxes=tuple(_boxes(seen) for seen in objects),
        labels=tuple(labels),
    )


def _require_fitting(
    size: int,
    kinds: Sequence[str],
    count: tuple[int, int],
    radius: tuple[float, float],
    arrangement: str,
) -> None:
    if isinstance(kinds, str) or not kinds or not set(kinds) <= set(KINDS):
        raise ValueError(f"draw_shapes: kinds is {kinds!r}; a list of some of {', '.join(KINDS)} fits")
    least, most = pair("draw_shapes", "count", count, least=1)
    if least > most:
        raise ValueError(f"draw_shapes: count is {count}; (least, most) fits")
    if not 2 <= radius[0] <= radius[1] <= size / 2:
        raise ValueError(f"draw_shapes: radius is {radius}; (least, most) from 2 to {size / 2:g} fits")
    if arrangement not in get_args(Arrangement):
        fits = ", ".join(repr(name) for name in get_args(Arrangement))
        raise ValueError(f"draw_shapes: arrangement is {arrangement!r}; one of {fits} fits")


def _scene(
    outlines: Sequence[Outline],
    size: int,
    radius: tuple[float, float],
    arrangement: Arrangement,
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    """How bright each pixel is, and whose it is; drawn anew where the shapes leave no room for the last."""
    for _ in range(50):
        ink, seen = np.zeros((size, size)), np.zeros((size, size), np.int64)
        areas: list[int] = []
        for outline in outlines:
            cover = _place(outline, rng.uniform(*radius), seen, areas, arrangement, rng)
            if cover is None:
                break
            ink = ink * (1 - cover) + rng.uniform(0.5, 1.0) * cover
            areas.append(int((cover >= 0.5).sum()))
            seen[cover >= 0.5] = len(areas)
        else:
            return ink, seen
    raise ValueError(
        f"draw_shapes: {len(outlines)} shapes with a radius of {radius[0]:g} to {radius[1]:g} "
        f"do not fit {size}x{size} {arrangement}"
    )


def _place(
    outline: Outline,
    radius: float,
    seen: Array,
    areas: Sequence[int],
    arrangement: Arrangement,
    rng: np.random.Generator,
) -> Array | None:
    """How much of each pixel the shape covers, at a random place that suits; None where none was found."""
    size = len(seen)
    room = size / 2 - radius
    for _ in range(40):
        angle = rng.uniform(0, 2 * np.pi)
        down, right = grid(size) - rng.uniform(-room, room, 2)[:, None, None]
        turned_down = np.cos(angle) * down - np.sin(angle) * right
        turned_right = np.sin(angle) * down + np.cos(angle) * right
        distance = outline(turned_down / radius, turned_right / radius) * radius
        cover = np.clip(0.5 - distance, 0, 1)
        if not areas or _suits(cover >= 0.5, seen, areas, arrangement):
            return cover
    return None


def _suits(new: Array, seen: Array, areas: Sequence[int], arrangement: Arrangement) -> bool:
    hidden = np.bincount(seen[new], minlength=len(areas) + 1)[1:]
    if arrangement == "overlapping":
        left = np.bincount(seen.ravel(), minlength=len(areas) + 1)[1:] - hidden
        return bool(hidden.any() and (left >= np.array(areas) / 2).all())
    neighbours = ndimage.binary_dilation(new, np.ones((3, 3)))
    touches = (seen[neighbours] > 0).any()
    return not hidden.any() and bool(touches) == (arrangement == "touching")


def _boxes(seen: Array) -> Array:
    spans = ndimage.find_objects(seen)
    boxes = [(columns.start, rows.start, columns.stop, rows.stop) for rows, columns in spans]
    return np.array(boxes, dtype=np.int64)
