"""Maps seen from above, and the way that something has gone on each."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from cnnlib.draw.picture import INK, PAPER, WIDTH, Picture
from cnnlib.draw.words import say
from cnnlib.ops._arguments import Array, floats

Way = Sequence[tuple[int, int]]

EDGE, GAP, LINE = 0.15, 0.2, 0.26  # inches
LARGEST, FONT, LARGE = 1.9, 10.5, 13.0
SHADES = {"floor": "#f2f2ee", "wall": "#4a4a4a", "lava": "#b9b9b9", "goal": PAPER}
SIGNS = {"wall": ("▦", PAPER), "lava": ("≈", INK), "goal": ("★", INK)}
# What a pixel shows, by its colour (red, green, blue); the agent stands on the floor.
KINDS = {(0, 0, 0): "floor", (1, 1, 0): "wall", (1, 0, 0): "lava", (0, 1, 0): "goal", (0, 0, 1): "floor"}


def journeys(
    maps: npt.ArrayLike, ways: Sequence[Way], *, titles: Sequence[str] = (), alt: str | None = None
) -> Picture:
    """Maps (N, 3, H, W) of a pixel world side by side, on each the way gone, as (row, column) from start to end."""
    op = "draw.journeys"
    seen = floats(op, "maps", maps, "NCHW")
    N, _, H, W = seen.shape
    if len(ways) != N:
        raise ValueError(f"{op}: ways has {len(ways)} entries but there are {N} maps")
    if titles and len(titles) != N:
        raise ValueError(f"{op}: titles has {len(titles)} entries but there are {N} maps")
    width = min(LARGEST, (WIDTH - 2 * EDGE - (N - 1) * GAP) / N)
    height, head = width * H / W, LINE if any(titles) else 0.0
    page = 2 * EDGE + N * (width + GAP) - GAP, 2 * EDGE + head + height + LINE
    items = "; ".join(say("journey", steps=len(way) - 1, start=way[0], end=way[-1]) for way in ways)
    picture = Picture(max(page[0], 5.0), page[1], alt or say("journeys", count=N, items=items))
    for i, (image, way) in enumerate(zip(seen, ways, strict=True)):
        left = EDGE + i * (width + GAP)
        axes = picture.place(left, EDGE + head, width, height)
        _map(axes, image, width / W)
        _way(axes, way)
        if titles:
            picture.write(left + width / 2, EDGE + LINE / 2 - 0.04, titles[i], FONT)
    picture.write(picture.get_figwidth() / 2, page[1] - EDGE - 0.02, say("map signs"), FONT)
    return picture


def _map(axes: Axes, image: Array, cell: float) -> None:
    H, W = image.shape[1:]
    axes.set_xlim(-0.5, W - 0.5)
    axes.set_ylim(H - 0.5, -0.5)
    axes.axis("off")
    for row, column in np.ndindex(H, W):
        colour = tuple(int(value) for value in image[:, row, column])
        if colour not in KINDS:
            raise ValueError(f"draw.journeys: maps holds a pixel {colour}; {', '.join(map(str, KINDS))} fit")
        kind = KINDS[colour]
        corner = column - 0.5, row - 0.5
        axes.add_patch(_square(corner, SHADES[kind]))
        if kind in SIGNS:
            sign, ink = SIGNS[kind]
            size = min(LARGE, 0.62 * 72 * cell)
            axes.text(column, row, sign, fontsize=size, color=ink, ha="center", va="center", family="DejaVu Sans")


def _square(corner: tuple[float, float], shade: str) -> Rectangle:
    return Rectangle(corner, 1, 1, facecolor=shade, edgecolor=INK, linewidth=0.6)


def _way(axes: Axes, way: Way) -> None:
    rows, columns = np.array(way).T
    axes.plot(columns, rows, color=INK, linewidth=2.2, zorder=3)
    axes.plot(columns[:1], rows[:1], "o", color=INK, markersize=9, zorder=4)
    axes.plot(columns[-1:], rows[-1:], "s", markersize=9, markerfacecolor="none", markeredgecolor=INK, zorder=4)
