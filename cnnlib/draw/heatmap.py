"""A table of numbers as shades, its rows and columns named: what a value does as two things change."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from cnnlib.draw._cells import SIGNED
from cnnlib.draw._numbers import largest, number
from cnnlib.draw._scale import BAR, colour_bar
from cnnlib.draw.picture import INK, PAPER, WIDTH, Picture
from cnnlib.draw.words import say, term
from cnnlib.ops._arguments import Array, floats

EDGE, LINE = 0.15, 0.26  # inches
LETTER = 0.095
CELL, LEAST_CELL = 0.34, 0.2  # the height of a row
FONT, SMALL_FONT = 10.5, 9.0
MOST_TICKS = 16


def heatmap(
    values: npt.ArrayLike,
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    across: str = "",
    down: str = "",
    scale: str = "",
    reach: float | None = None,
    marked: npt.ArrayLike | None = None,
    alt: str | None = None,
) -> Picture:
    """Values (rows, columns) as shades from dark (negative) over grey (0) to light (positive).

    across, down and scale name the columns, the rows and the shades: symbols, or words that draw knows.
    reach: the magnitude at which shades end; all beyond look alike. marked: cells that get a dot.
    """
    op = "draw.heatmap"
    table = floats(op, "values", values, "rc")
    _require_names(op, table, rows, columns)
    dots = None if marked is None else np.asarray(marked, dtype=bool)
    if dots is not None and dots.shape != table.shape:
        raise ValueError(f"{op}: marked has shape {dots.shape} but values has {table.shape}")
    end = largest(table) if reach is None else float(reach)
    head = LINE * bool(down)
    left = EDGE + max(len(down) * 0.5 if down else 0, *map(len, rows)) * LETTER + 0.15
    height = len(rows) * max(LEAST_CELL, min(CELL, 5.0 / len(rows)))
    foot = LINE * (1 + bool(across)) + BAR
    picture = Picture(WIDTH, EDGE + head + height + foot, alt or _described(table, rows, columns))
    axes = picture.place(left, EDGE + head, WIDTH - left - 2 * EDGE, height)
    _paint(axes, table, end, dots)
    _name(axes, rows, columns)
    picture.write(left - 0.1, EDGE + head / 2 - 0.05, term(down), FONT, ha="right" if len(down) < 8 else "center")
    picture.write(left + (WIDTH - left - 2 * EDGE) / 2, EDGE + head + height + 1.45 * LINE, term(across), FONT)
    colour_bar(picture, -end, end, signed=True)
    if scale:
        picture.write(WIDTH / 2 - 1.45, EDGE + head + height + foot - BAR + 0.15, term(scale), FONT, ha="right")
    return picture


def _paint(axes: Axes, table: Array, end: float, dots: Array | None) -> None:
    """The shades, with the finite value nearest to what is none, and a dot wherever one is wanted."""
    shown = np.nan_to_num(table, nan=end, posinf=end, neginf=-end)
    axes.imshow(shown, cmap=SIGNED, vmin=-end, vmax=end, interpolation="nearest", aspect="auto", origin="upper")
    if dots is not None:
        down, across = np.nonzero(dots)
        axes.plot(across, down, "o", ms=4.5, mfc=PAPER, mec=INK, mew=0.8)
    for spine in axes.spines.values():
        spine.set(color=INK, linewidth=0.8)


def _name(axes: Axes, rows: Sequence[str], columns: Sequence[str]) -> None:
    style: dict[str, Any] = {"fontsize": SMALL_FONT, "family": "DejaVu Sans", "color": INK}
    step = -(-len(columns) // MOST_TICKS)
    places = range(0, len(columns), step)
    axes.set_xticks(list(places), [columns[place] for place in places], **style)
    axes.set_yticks(range(len(rows)), list(rows), **style)
    axes.tick_params(color=INK, length=3)


def _require_names(op: str, table: Array, rows: Sequence[str], columns: Sequence[str]) -> None:
    if table.size == 0:
        raise ValueError(f"{op}: values is empty; one value or more fits (values {table.shape})")
    for axis, (name, names) in enumerate((("rows", rows), ("columns", columns))):
        if len(names) != table.shape[axis]:
            raise ValueError(f"{op}: {name} has {len(names)} names but values has {table.shape[axis]} {name}")


def _described(table: Array, rows: Sequence[str], columns: Sequence[str]) -> str:
    items = [
        say("heat", name=name, low=number(row[0], 2), high=number(row[-1], 2))
        for name, row in zip(rows, table, strict=True)
    ]
    return say("heatmap", first=columns[0], last=columns[-1], items="; ".join(items))
