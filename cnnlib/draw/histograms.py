"""How values are spread, layer by layer: one histogram under the other, over one axis."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from cnnlib.draw._numbers import number
from cnnlib.draw.picture import INK, WIDTH, Picture
from cnnlib.draw.words import say
from cnnlib.ops._arguments import Array, floats

Ends = tuple[float, float]

EDGE, HEAD, FOOT = 0.15, 0.3, 0.34  # inches
ROW, MOST_HEIGHT = 0.5, 8.0  # of one layer, and of all layers together
LEAST_ROW = 0.22
LETTER, COLUMN = 0.095, 0.78  # of a name, and of a column of figures
NAME_FONT, SMALL_FONT = 10.5, 9.5
BINS = 80
OUTLIERS = 0.001  # of a layer's values, on each side, may lie beyond an axis that fits itself
FILL, FAINT = "#b5b5b5", "#8a8a8a"


def histograms(
    layers: Mapping[str, npt.ArrayLike],
    *,
    saturated: Ends | None = None,
    limits: Ends | None = None,
    alt: str | None = None,
) -> Picture:
    """Named arrays of any shape, each a histogram of its values; all share the axis below.

    Values that are exactly 0 are printed as a share and left out of the shape, which is as high as its
    row; the outermost bars hold what lies beyond the axis. saturated: (low, high), marked by dashed
    lines; the share of values at or beyond them is printed.
    """
    op = "draw.histograms"
    rows = {name: floats(op, name, values).ravel() for name, values in layers.items()}
    _require_values(op, rows)
    limits = _ends(op, "limits", limits) if limits else _fitting(rows)
    if saturated:
        saturated = _ends(op, "saturated", saturated)
    margin = EDGE + max(map(len, rows)) * LETTER + 0.15
    columns = 3 if saturated else 2
    width = WIDTH - margin - columns * COLUMN - EDGE
    height = max(LEAST_ROW, min(ROW, MOST_HEIGHT / len(rows)))
    page = HEAD + len(rows) * height + FOOT

    picture = Picture(WIDTH, page, alt or _described(rows, saturated))
    heads = ["σ", "= 0", say("saturated")][:columns]
    places = [margin + width + (i + 0.55) * COLUMN for i in range(columns)]
    for place, head in zip(places, heads, strict=True):
        picture.write(place, HEAD / 2 + 0.02, head, SMALL_FONT)
    edges = np.linspace(*limits, BINS + 1)
    for i, (name, values) in enumerate(rows.items()):
        top = HEAD + i * height
        axes = picture.place(margin, top, width, height)
        _draw_shape(axes, values, edges)
        _draw_lines(axes, saturated, limits, last=i == len(rows) - 1)
        picture.write(margin - 0.12, top + 0.6 * height, name, NAME_FONT, ha="right")
        for place, figure in zip(places, _figures(values, saturated), strict=True):
            picture.write(place, top + 0.6 * height, figure, SMALL_FONT)
    return picture


def _draw_shape(axes: Axes, values: Array, edges: Array) -> None:
    """The histogram of the finite values other than 0, its highest bar just under the row above."""
    shown = values[np.isfinite(values) & (values != 0)]
    counts, _ = np.histogram(np.clip(shown, edges[0], edges[-1]), edges)
    heights = counts / max(counts.max(), 1)
    axes.stairs(heights, edges, fill=True, facecolor=FILL, edgecolor="none", zorder=2)
    axes.stairs(heights, edges, edgecolor=INK, linewidth=0.9, baseline=None, zorder=3)
    axes.set_ylim(0, 1.12)
    axes.set_xlim(edges[0], edges[-1])


def _draw_lines(axes: Axes, saturated: Ends | None, limits: Ends, *, last: bool) -> None:
    """The foot of a row, zero, where saturation starts, and under the last row the numbers of the axis."""
    axes.set_facecolor("none")
    axes.set_yticks([])
    for side, spine in axes.spines.items():
        spine.set(color=INK, linewidth=0.8, visible=side == "bottom")
    inside = [0.0] if limits[0] < 0 < limits[1] else []
    for place in inside:
        axes.axvline(place, color=FAINT, linewidth=0.7, zorder=1)
    for place in saturated or ():
        axes.axvline(place, color=INK, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    ticks = [limits[0], *inside, limits[1]]
    words = [number(tick) for tick in ticks] if last else [""] * len(ticks)
    axes.set_xticks(ticks, words, fontsize=SMALL_FONT, family="DejaVu Sans", color=INK)
    axes.tick_params(color=INK, length=3 if last else 0)


def _figures(values: Array, saturated: Ends | None) -> list[str]:
    """What is printed beside a row: its deviation, the share of zeros and that of saturated values."""
    figures = [number(_deviation(values), 2), _percent(values == 0)]
    if saturated:
        low, high = saturated
        figures.append(_percent((values <= low) | (values >= high)))
    return figures


def _deviation(values: Array) -> float:
    return float(values.std()) if np.isfinite(values).all() else float("nan")


def _percent(chosen: Array) -> str:
    """A share in whole per cents, 0 and 100 kept for none and all of them."""
    share = 100 * float(chosen.mean())
    if 0 < share < 1:
        return "< 1 %"
    return "> 99 %" if 99 < share < 100 else f"{share:.0f} %"


def _fitting(rows: Mapping[str, Array]) -> Ends:
    """Limits within which all but the outliers of every layer lie, as far from 0 on both sides if it lies inside."""
    finite = [row[np.isfinite(row)] for row in rows.values()]
    ends = [np.quantile(row, [OUTLIERS, 1 - OUTLIERS]) for row in finite if row.size]
    low, high = (min(end[0] for end in ends), max(end[1] for end in ends)) if ends else (0.0, 0.0)
    if low < 0 < high:
        high = max(-low, high)
        low = -high
    low, high = float(f"{low:.2g}"), float(f"{high:.2g}")
    return (low, high) if low < high else (low - 1.0, low + 1.0)


def _ends(op: str, name: str, ends: Ends) -> Ends:
    low, high = (float(end) for end in ends)
    if not low < high:
        raise ValueError(f"{op}: {name} is {ends}; (low, high) with low < high fits")
    return low, high


def _require_values(op: str, rows: Mapping[str, Array]) -> None:
    if not rows:
        raise ValueError(f"{op}: layers is empty; one or more fit")
    for name, values in rows.items():
        if values.size == 0:
            raise ValueError(f"{op}: {name} is empty; one value or more fits")


def _described(rows: Mapping[str, Array], saturated: Ends | None) -> str:
    sentence = "spread and saturated" if saturated else "spread"
    keys = ("deviation", "zeros", "ends")
    items = []
    for name, values in rows.items():
        figures = dict(zip(keys, _figures(values, saturated), strict=False))
        items.append(say(sentence, name=name, **figures))
    return say("histograms", count=len(rows), items="; ".join(items))
