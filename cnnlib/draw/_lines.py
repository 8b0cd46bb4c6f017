"""What every picture of lines has in common: how they look, their ticks, and the sentence that describes each."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from cnnlib.draw._numbers import number
from cnnlib.draw.picture import INK, PAPER
from cnnlib.draw.words import say, term
from cnnlib.ops._arguments import Array, floats

TICK_FONT = 9.0
FAINT = "#c9c9c9"
MARKS = 7  # on a line of many values; a line of fewer has one at each

Line = tuple[Array, Array]  # places and heights


class Style(NamedTuple):
    """What tells a line from its neighbours, in colour and without."""

    colour: str
    dashes: Any
    marker: str


STYLES = (
    Style(INK, "-", "o"),
    Style("#b34700", (0, (5, 2)), "s"),
    Style("#1f5fa8", (0, (1.2, 1.4)), "^"),
    Style("#2f6b2f", (0, (6, 1.5, 1.2, 1.5)), "D"),
    Style("#7a3b8f", (0, (9, 2)), "v"),
    Style("#5a5a5a", "-", "X"),
    Style("#8a6d00", (0, (3, 1.2)), "P"),
    Style("#00707a", (0, (1.2, 3)), "<"),
    Style("#a8324a", (0, (9, 1.5, 1.2, 1.5, 1.2, 1.5)), ">"),
    Style("#3b4a6b", (0, (3, 3)), "p"),
)


def lines_over(op: str, lines: Mapping[str, npt.ArrayLike], x: npt.ArrayLike | None) -> dict[str, Line]:
    """Where each line runs, by its name in the language chosen: places and heights."""
    if not 1 <= len(lines) <= len(STYLES):
        raise ValueError(f"{op}: there are {len(lines)} lines; 1 to {len(STYLES)} fit")
    shared = None if x is None else floats(op, "x", x, "n")
    if shared is not None and not np.isfinite(shared).all():
        raise ValueError(f"{op}: x holds {shared[~np.isfinite(shared)][0]}; finite numbers fit")
    drawn = {}
    for name, line in lines.items():
        heights = floats(op, name, line, "n").astype(np.float64)
        if not np.isfinite(heights).any():
            raise ValueError(f"{op}: {name} has no finite value; one or more fit ({name} {heights.shape})")
        if shared is not None and shared.shape != heights.shape:
            raise ValueError(f"{op}: {name} has {heights.size} values but x has {shared.size}")
        places = np.arange(heights.size, dtype=np.float64) if shared is None else shared
        drawn[term(name)] = places, np.where(np.isfinite(heights), heights, np.nan)
    return drawn


def rule(axes: Axes, acrosses: Sequence[float], ups: Sequence[float], labels: Sequence[str] | None = None) -> None:
    """Ticks and what is written at them, a faint grid, and the two lines of zero where they cross the axes."""
    style: dict[str, Any] = {"fontsize": TICK_FONT, "family": "DejaVu Sans", "color": INK}
    axes.set_facecolor("none")
    axes.set_xticks(acrosses, [number(tick) for tick in acrosses], **style)
    axes.set_yticks(ups, labels or [number(tick) for tick in ups], **style)
    axes.set_yticks([], minor=True)
    axes.tick_params(color=INK, length=3)
    axes.grid(visible=True, color=FAINT, linewidth=0.4, linestyle="-")
    axes.set_axisbelow(True)
    for limits, line in ((axes.get_ylim(), axes.axhline), (axes.get_xlim(), axes.axvline)):
        if limits[0] < 0 < limits[1]:
            line(0.0, color=INK, linewidth=0.8, zorder=1.5)
    for side, spine in axes.spines.items():
        spine.set(color=INK, linewidth=0.8, visible=side in ("left", "bottom"))


def even_ticks(low: float, high: float, *, whole: bool = False) -> list[float]:
    """Round numbers, some six of them, from low to high; `whole` where halves mean nothing, as of epochs."""
    ticks = MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10], integer=whole).tick_values(low, high)
    return [float(tick) for tick in ticks if low <= tick <= high]


def draw_line(axes: Axes, style: Style, places: Array, heights: Array, shift: float, marks: int = MARKS) -> None:
    """The line, its marks moved along by a share of their distance so that two lines seldom mark one place."""
    every = max(1, heights.size // marks)
    stroke(axes, style, places, heights, markevery=(int(shift * every), every))


def stroke(axes: Axes, style: Style, places: npt.ArrayLike, heights: npt.ArrayLike, **more: Any) -> None:
    axes.plot(
        places,
        heights,
        color=style.colour,
        linestyle=style.dashes,
        linewidth=1.7,
        marker=style.marker,
        markersize=5.5,
        markerfacecolor=PAPER,
        markeredgecolor=style.colour,
        markeredgewidth=1.2,
        dash_capstyle="butt",
        **more,
    )


def course(name: str, places: Array, heights: Array) -> str:
    """Where one line starts, where it ends, and between which values it runs."""
    there = np.flatnonzero(np.isfinite(heights))
    first, last = there[0], there[-1]
    return say(
        "curve",
        name=name,
        first=number(heights[first]),
        start=number(places[first]),
        last=number(heights[last]),
        end=number(places[last]),
        low=number(np.nanmin(heights)),
        high=number(np.nanmax(heights)),
    )
