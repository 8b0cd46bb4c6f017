"""Named discs on one pair of axes, such as networks by what they cost and how often they are right."""

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from cnnlib.draw._lines import rule
from cnnlib.draw._numbers import number as shown
from cnnlib.draw.picture import INK, WIDTH, Picture
from cnnlib.draw.words import say, term
from cnnlib.ops._arguments import number

EDGE, TICKS, LINE, LETTER = 0.15, 0.52, 0.24, 0.088  # inches, as all below
HEIGHT = 4.2
LARGEST, LEAST = 0.3, 0.05  # radius of a disc
MARGIN = 0.12  # of the range of the values, on each side of them
FONT, SMALL = 10.5, 9.0
FILL = "#b9c9da"


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float


def bubbles(
    discs: Mapping[str, tuple[float, float, float]],
    *,
    across: str = "",
    up: str = "",
    area: str = "",
    alt: str | None = None,
) -> Picture:
    """Each name at (across, up), as a disc whose area goes with a third value; across is logarithmic.

    across, up and area are what the three are called: words that draw knows in each language, or any others.
    """
    values = {name: _checked(name, *disc) for name, disc in discs.items()}
    if not values:
        raise ValueError("draw.bubbles: discs is empty; one or more fit")
    left, top = EDGE + TICKS + LINE, EDGE + LINE
    width = WIDTH - left - EDGE
    picture = Picture(WIDTH, top + HEIGHT + 2 * LINE + EDGE, alt or _described(values, across, up, area))
    axes = picture.place(left, top, width, HEIGHT)
    _frame(axes, values)
    most = max(third for _, _, third in values.values())
    radii = [max(LARGEST * math.sqrt(third / most), LEAST) for _, _, third in values.values()]
    boxes = []
    for (x, y, _), radius in zip(values.values(), radii, strict=True):
        axes.scatter([x], [y], s=(2 * radius * 72) ** 2, color=FILL, edgecolor=INK, linewidth=0.8, alpha=0.8)
        across_inches, up_inches = axes.transAxes.inverted().transform(axes.transData.transform((x, y)))
        middle = left + across_inches * width, top + (1 - up_inches) * HEIGHT
        boxes.append(_Box(middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius))
    for name, spot in _spots(values, boxes, WIDTH - EDGE):
        picture.write(spot.left, (spot.top + spot.bottom) / 2, name, SMALL, ha="left")
    picture.write(left + width / 2, top + HEIGHT + 2 * LINE, term(across), FONT)
    picture.write(EDGE + LINE / 2, top + HEIGHT / 2, term(up), FONT, rotation=90)
    picture.write(left + width / 2, EDGE + LINE / 2, say("area", what=term(area)) if area else "", FONT)
    return picture


def _checked(name: str, x: float, y: float, third: float) -> tuple[float, float, float]:
    op = "draw.bubbles"
    x, y, third = number(op, name, x, least=0), number(op, name, y), number(op, name, third, least=0)
    if x == 0 or third == 0:
        raise ValueError(
            f"{op}: {name} is at {x:g} with {third:g}; numbers above 0 fit on a logarithmic axis and a disc"
        )
    return x, y, third


def _frame(axes: Axes, values: Mapping[str, tuple[float, float, float]]) -> None:
    """Limits with room for the discs, and a tick at 1, 2 and 5 of each power of ten."""
    powers = [math.log10(x) for x, _, _ in values.values()]
    heights = [y for _, y, _ in values.values()]
    room = MARGIN * (max(powers) - min(powers) or 1.0)
    axes.set_xscale("log")
    axes.set_xlim(10 ** (min(powers) - room), 10 ** (max(powers) + room))
    room = MARGIN * (max(heights) - min(heights) or 1.0)
    low, high = min(heights) - room, max(heights) + room
    axes.set_ylim(low, high)
    first, last = axes.get_xlim()
    decades = range(math.floor(math.log10(first)), math.ceil(math.log10(last)) + 1)
    few = (1,) if max(powers) - min(powers) > 3 else (1, 2, 5)
    ticks = [digit * 10.0**power for power in decades for digit in few if first <= digit * 10.0**power <= last]
    axes.minorticks_off()
    rule(axes, ticks, [tick for tick in MaxNLocator(6).tick_values(low, high) if low <= tick <= high])


def _spots(names: Mapping[str, object], boxes: list[_Box], edge: float) -> Iterator[tuple[str, _Box]]:
    """For each name a place beside its disc that no disc and no other name covers, or else to its right."""
    taken = list(boxes)
    for name, disc in zip(names, boxes, strict=True):
        places = list(_around(disc, len(name) * LETTER, 0.16))
        free = [place for place in places if place.right < edge and not any(_meet(place, other) for other in taken)]
        chosen = (free or places)[0]
        taken.append(chosen)
        yield name, chosen


def _around(disc: _Box, width: float, height: float) -> Iterator[_Box]:
    """Right, left, above and below, then the four corners."""
    middle = (disc.left + disc.right) / 2, (disc.top + disc.bottom) / 2
    right, left, centre = disc.right + 0.05, disc.left - 0.05 - width, middle[0] - width / 2
    beside, above, below = middle[1] - height / 2, disc.top - 0.03 - height, disc.bottom + 0.03
    corners = [(right, beside), (left, beside), (centre, above), (centre, below)]
    corners += [(right, above), (right, below), (left, above), (left, below)]
    for x, y in corners:
        yield _Box(x, y, x + width, y + height)


def _meet(a: _Box, b: _Box) -> bool:
    return a.left < b.right and b.left < a.right and a.top < b.bottom and b.top < a.bottom


def _described(values: Mapping[str, tuple[float, float, float]], across: str, up: str, area: str) -> str:
    names = ", ".join(term(word) for word in (across, up, area) if word)
    items = "; ".join(f"{name} ({', '.join(map(shown, three))})" for name, three in values.items())
    return say("bubbles", names=names, items=items)
