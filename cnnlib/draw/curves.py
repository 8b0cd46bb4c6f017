"""Named lines on one pair of axes: functions of x, or what was measured while a network trained."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from cnnlib.draw._numbers import number
from cnnlib.draw.picture import INK, PAPER, WIDTH, Picture
from cnnlib.draw.words import say, term
from cnnlib.ops._arguments import Array, floats

EDGE, GAP = 0.15, 0.3  # inches
TICKS, LINE, LETTER = 0.52, 0.24, 0.095  # of the numbers on the left, of a line of text, of a letter
SAMPLE = 0.55  # of the piece of line before its name
HEIGHT = 3.1
FONT, TICK_FONT = 10.5, 9.0
FAINT = "#c9c9c9"
MARKS = 7  # on a line of many values; a line of fewer has one at each
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


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


def curves(
    lines: Mapping[str, npt.ArrayLike],
    *,
    x: npt.ArrayLike | None = None,
    title: str = "",
    across: str = "",
    up: str = "",
    log: bool = False,
    alt: str | None = None,
) -> Picture:
    """Named lines (n) over x (n), or over 0, 1, 2 … without it, each with its name where it ends.

    title, across, up and the names are symbols, or words that draw knows in each language. log: a logarithmic
    vertical axis, which a line that falls to zero leaves at the foot.
    """
    op = "draw.curves"
    drawn = _lines(op, lines, x)
    if log and not any((heights > 0).any() for _, heights in drawn.values()):
        raise ValueError(f"{op}: log needs a value above 0; there is none")
    labels = SAMPLE + max(len(name) for name in drawn) * LETTER + 0.2
    left, right = EDGE + TICKS + LINE * bool(up), GAP / 2 + labels + EDGE
    top, foot = EDGE + LINE * bool(title), LINE * (1 + bool(across)) + EDGE
    picture = Picture(WIDTH, top + HEIGHT + foot, alt or _described(drawn, term(title)))
    axes = picture.place(left, top, WIDTH - left - right, HEIGHT)
    _frame(axes, drawn, log)
    for style, (places, heights) in zip(STYLES, drawn.values(), strict=False):
        _line(axes, style, places, heights, STYLES.index(style) / len(STYLES))
    _names(picture, axes, drawn, WIDTH - right + GAP / 2, top)
    middle = left + (WIDTH - left - right) / 2
    picture.write(middle, top - LINE / 2, term(title), FONT, weight="bold")
    picture.write(middle, top + HEIGHT + foot - EDGE - LINE / 2, term(across), FONT)
    picture.write(EDGE + LINE / 2, top + HEIGHT / 2, term(up), FONT, rotation=90)
    return picture


def _lines(op: str, lines: Mapping[str, npt.ArrayLike], x: npt.ArrayLike | None) -> dict[str, tuple[Array, Array]]:
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


def _frame(axes: Axes, drawn: Mapping[str, tuple[Array, Array]], log: bool) -> None:
    """Limits, few ticks with short numbers, and the two lines of zero."""
    places = np.concatenate([places for places, _ in drawn.values()])
    heights = np.concatenate([heights for _, heights in drawn.values()])
    low, high = float(places.min()), float(places.max())
    room = 0.02 * ((high - low) or 1.0)
    axes.set_xlim(low - room, high + room)
    axes.set_facecolor("none")
    if log:
        axes.set_yscale("log", nonpositive="clip")
        axes.set_ylim(*_decades(heights))
    else:
        bottom, top = float(np.nanmin(heights)), float(np.nanmax(heights))
        room = 0.06 * ((top - bottom) or 1.0)
        axes.set_ylim(bottom - room, top + room)
    style: dict[str, Any] = {"fontsize": TICK_FONT, "family": "DejaVu Sans", "color": INK}
    ups = _powers(*axes.get_ylim()) if log else _even(*axes.get_ylim())
    acrosses = _even(*axes.get_xlim(), whole=bool((places % 1 == 0).all()))
    axes.set_xticks(acrosses, [number(tick) for tick in acrosses], **style)
    axes.set_yticks(ups, [_power(tick) if log else number(tick) for tick in ups], **style)
    axes.set_yticks([], minor=True)
    axes.tick_params(color=INK, length=3)
    axes.grid(visible=True, color=FAINT, linewidth=0.4, linestyle="-")
    axes.set_axisbelow(True)
    if not log and axes.get_ylim()[0] < 0 < axes.get_ylim()[1]:
        axes.axhline(0.0, color=INK, linewidth=0.8, zorder=1.5)
    if low < 0 < high:
        axes.axvline(0.0, color=INK, linewidth=0.8, zorder=1.5)
    for side, spine in axes.spines.items():
        spine.set(color=INK, linewidth=0.8, visible=side in ("left", "bottom"))


def _even(low: float, high: float, *, whole: bool = False) -> list[float]:
    """Round numbers, some six of them, from low to high; `whole` where halves mean nothing, as of epochs."""
    ticks = MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10], integer=whole).tick_values(low, high)
    return [float(tick) for tick in ticks if low <= tick <= high]


def _decades(heights: Array) -> tuple[float, float]:
    """The powers of ten around all values above 0."""
    above = heights[heights > 0]
    low, high = math.floor(np.log10(above.min())), math.ceil(np.log10(above.max()))
    return 10.0**low, 10.0 ** max(high, low + 1)


def _powers(low: float, high: float) -> list[float]:
    """Powers of ten, seven at most, from low to high."""
    first, last = round(math.log10(low)), round(math.log10(high))
    return [10.0**power for power in range(first, last + 1, -(-(last - first) // 6))]


def _power(tick: float) -> str:
    power = round(math.log10(tick))
    return number(tick) if abs(power) <= 2 else f"10{power}".replace(str(power), str(power).translate(SUPERSCRIPTS))


def _line(axes: Axes, style: Style, places: Array, heights: Array, shift: float) -> None:
    """The line, its marks moved along by a share of their distance so that two lines seldom mark one place."""
    every = max(1, heights.size // MARKS)
    _stroke(axes, style, places, heights, markevery=(int(shift * every), every))


def _stroke(axes: Axes, style: Style, places: npt.ArrayLike, heights: npt.ArrayLike, **more: Any) -> None:
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


def _names(picture: Picture, axes: Axes, drawn: Mapping[str, tuple[Array, Array]], left: float, top: float) -> None:
    """To the right of the axes, as near as can be to where each line ends: a piece of it, and its name."""
    ends = [_end(axes, heights) for _, heights in drawn.values()]
    for style, name, centre in zip(STYLES, drawn, _apart(ends), strict=False):
        sample = picture.place(left, top + centre - LINE / 2, SAMPLE, LINE)
        sample.axis("off")
        sample.set_xlim(0, 1)
        sample.set_ylim(-1, 1)
        _stroke(sample, style, [0, 0.5, 1], [0, 0, 0], markevery=[1])
        picture.write(left + SAMPLE + 0.08, top + centre, name, FONT, ha="left")


def _end(axes: Axes, heights: Array) -> float:
    """How far under the top of the axes the line's last finite value lies, in inches."""
    last = float(heights[np.isfinite(heights)][-1])
    low, high = axes.get_ylim()
    if axes.get_yscale() == "log":
        low, high, last = math.log10(low), math.log10(high), math.log10(max(last, low))
    return HEIGHT * (high - last) / (high - low)


def _apart(wanted: Sequence[float]) -> list[float]:
    """Centres of lines of text, in the order wanted, each at least a line from the next and all beside the axes."""
    centres = [0.0] * len(wanted)
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    least = LINE / 2
    for i in order:
        centres[i] = max(wanted[i], least)
        least = centres[i] + LINE
    most = HEIGHT - LINE / 2
    for i in reversed(order):
        centres[i] = min(centres[i], most)
        most = centres[i] - LINE
    return centres


def _described(drawn: Mapping[str, tuple[Array, Array]], title: str) -> str:
    items = "; ".join(_course(name, places, heights) for name, (places, heights) in drawn.items())
    return f"{title}. {say('curves', items=items)}" if title else say("curves", items=items)


def _course(name: str, places: Array, heights: Array) -> str:
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
