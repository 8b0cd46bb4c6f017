"""Named lines on one pair of axes: functions of x, or what was measured while a network trained."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from cnnlib.draw._lines import STYLES, Line, course, draw_line, even_ticks, lines_over, rule, stroke
from cnnlib.draw._numbers import number
from cnnlib.draw.picture import WIDTH, Picture
from cnnlib.draw.words import say, term
from cnnlib.ops._arguments import Array

EDGE, GAP = 0.15, 0.3  # inches
TICKS, LINE, LETTER = 0.52, 0.24, 0.095  # of the numbers on the left, of a line of text, of a letter
SAMPLE = 0.55  # of the piece of line before its name
HEIGHT = 3.1
FONT = 10.5
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


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
    drawn = lines_over(op, lines, x)
    if log and not any((heights > 0).any() for _, heights in drawn.values()):
        raise ValueError(f"{op}: log needs a value above 0; there is none")
    labels = SAMPLE + max(len(name) for name in drawn) * LETTER + 0.2
    left, right = EDGE + TICKS + LINE * bool(up), GAP / 2 + labels + EDGE
    top, foot = EDGE + LINE * bool(title), LINE * (1 + bool(across)) + EDGE
    picture = Picture(WIDTH, top + HEIGHT + foot, alt or _described(drawn, term(title)))
    axes = picture.place(left, top, WIDTH - left - right, HEIGHT)
    _frame(axes, drawn, log)
    for style, (places, heights) in zip(STYLES, drawn.values(), strict=False):
        draw_line(axes, style, places, heights, STYLES.index(style) / len(STYLES))
    _names(picture, axes, drawn, WIDTH - right + GAP / 2, top)
    middle = left + (WIDTH - left - right) / 2
    picture.write(middle, top - LINE / 2, term(title), FONT, weight="bold")
    picture.write(middle, top + HEIGHT + foot - EDGE - LINE / 2, term(across), FONT)
    picture.write(EDGE + LINE / 2, top + HEIGHT / 2, term(up), FONT, rotation=90)
    return picture


def _frame(axes: Axes, drawn: Mapping[str, Line], log: bool) -> None:
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
    ups = _powers(*axes.get_ylim()) if log else even_ticks(*axes.get_ylim())
    whole = bool((places % 1 == 0).all())
    rule(axes, even_ticks(*axes.get_xlim(), whole=whole), ups, [_power(tick) for tick in ups] if log else None)


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


def _names(picture: Picture, axes: Axes, drawn: Mapping[str, Line], left: float, top: float) -> None:
    """To the right of the axes, as near as can be to where each line ends: a piece of it, and its name."""
    ends = [_end(axes, heights) for _, heights in drawn.values()]
    for style, name, centre in zip(STYLES, drawn, _apart(ends), strict=False):
        sample = picture.place(left, top + centre - LINE / 2, SAMPLE, LINE)
        sample.axis("off")
        sample.set_xlim(0, 1)
        sample.set_ylim(-1, 1)
        stroke(sample, style, [0, 0.5, 1], [0, 0, 0], markevery=[1])
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


def _described(drawn: Mapping[str, Line], title: str) -> str:
    items = "; ".join(course(name, places, heights) for name, (places, heights) in drawn.items())
    return f"{title}. {say('curves', items=items)}" if title else say("curves", items=items)
