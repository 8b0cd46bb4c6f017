"""Signals: 1-D arrays as rows of numbered boxes, one under the other, and as stems."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from cnnlib.draw._cells import box_size, draw_plane, font_size
from cnnlib.draw._numbers import largest, listed, number, numbers, shape_text
from cnnlib.draw.picture import INK, WIDTH, Picture
from cnnlib.draw.words import say
from cnnlib.ops._arguments import Array, floats, whole

EDGE, GAP = 0.15, 0.16  # inches
LETTER = 0.095  # of a row's name
NAME_FONT, TICK_FONT = 11.0, 9.0
STEM_HEIGHT = 1.25
FEW = 16  # signals with more values have no number at each stem


def boxes(
    signals: Mapping[str, npt.ArrayLike],
    *,
    shifts: Sequence[int] = (),
    marked: Mapping[str, npt.ArrayLike] | None = None,
    alt: str | None = None,
) -> Picture:
    """Named signals (n), each a row of numbered boxes, aligned so that their boxes stand in columns.

    shifts: how many boxes each row is moved to the right. marked: boxes to hatch, by a signal's name.
    """
    op = "draw.boxes"
    rows = _rows(op, signals)
    moves = [whole(op, "shifts", shift, least=0) for shift in shifts] or [0] * len(rows)
    if len(moves) != len(rows):
        raise ValueError(f"{op}: shifts has {len(moves)} numbers but there are {len(rows)} signals")
    hatched = _hatched(op, rows, marked or {})
    texts = [numbers(row) for row in rows.values()]
    margin = EDGE + max(len(name) for name in rows) * LETTER + 0.1
    columns = max(move + row.size for move, row in zip(moves, rows.values(), strict=True))
    box = box_size(texts, WIDTH - margin - EDGE, columns)
    font = font_size(texts, box)
    reach = largest(*rows.values())

    page_height = len(rows) * (box + GAP) - GAP + 2 * EDGE
    picture = Picture(margin + columns * box + EDGE, page_height, alt or _described(rows))
    for i, (name, row) in enumerate(rows.items()):
        top = EDGE + i * (box + GAP)
        picture.write(margin - 0.1, top + box / 2, name, NAME_FONT, ha="right")
        axes = picture.place(margin + moves[i] * box, top, row.size * box, box)
        mask = hatched[name]
        draw_plane(axes, row[None, :], texts[i][None, :], reach=reach, font=font, marked=mask)
    return picture


def stems(signals: Mapping[str, npt.ArrayLike], *, shared: bool = False, alt: str | None = None) -> Picture:
    """Named signals (n) as stems over their index, one above the other; short ones with their numbers.

    shared: one vertical scale for all.
    """
    rows = _rows("draw.stems", signals)
    margin = EDGE + max(len(name) for name in rows) * LETTER + 0.55
    longest = max(row.size for row in rows.values())
    everything = np.concatenate(list(rows.values()))
    page_height = len(rows) * (STEM_HEIGHT + 3 * GAP) + EDGE
    picture = Picture(WIDTH, page_height, alt or say("stems", items=_described(rows)))
    for i, (name, row) in enumerate(rows.items()):
        top = EDGE + i * (STEM_HEIGHT + 3 * GAP)
        axes = picture.place(margin, top, WIDTH - margin - EDGE, STEM_HEIGHT)
        picture.write(EDGE, top + STEM_HEIGHT / 2, name, NAME_FONT, ha="left")
        values = everything if shared else row
        low, high = min(0.0, float(np.nanmin(values))), max(0.0, float(np.nanmax(values)))
        room = 0.28 * ((high - low) or 1.0)
        axes.set_facecolor("none")
        axes.set_ylim(low - room, high + room)
        axes.set_xlim(-0.6, longest - 0.4)
        axes.axhline(0.0, color=INK, linewidth=0.8)
        axes.vlines(np.arange(row.size), 0.0, row, color=INK, linewidth=1.6)
        axes.plot(np.arange(row.size), row, "o", color=INK, markersize=5.5, clip_on=False)
        if longest <= FEW:
            for place, value in enumerate(row):
                axes.annotate(
                    number(value),
                    (place, value),
                    xytext=(0, 6 if value >= 0 else -6),
                    textcoords="offset points",
                    ha="center",
                    va="bottom" if value >= 0 else "top",
                    fontsize=TICK_FONT,
                    family="DejaVu Sans",
                    color=INK,
                )
        _index(axes, range(0, row.size, -(-longest // FEW)), sorted({low, 0.0, high}))
    return picture


def _index(axes: Axes, places: Sequence[int], heights: Sequence[float]) -> None:
    """The axis of indices below, and the lowest, zero and highest value on the left."""
    style: dict[str, Any] = {"fontsize": TICK_FONT, "family": "DejaVu Sans", "color": INK}
    axes.set_xticks(places, [str(place) for place in places], **style)
    axes.set_yticks(heights, [number(height) for height in heights], **style)
    axes.tick_params(color=INK, length=3)
    for side, spine in axes.spines.items():
        spine.set(color=INK, linewidth=0.8, visible=side == "left")


def _rows(op: str, signals: Mapping[str, npt.ArrayLike]) -> dict[str, Array]:
    if not signals:
        raise ValueError(f"{op}: signals is empty; one or more fit")
    rows = {name: floats(op, name, signal, "n") for name, signal in signals.items()}
    for name, row in rows.items():
        if row.size == 0:
            raise ValueError(f"{op}: {name} is empty; one value or more fits ({name} {row.shape})")
    return rows


def _hatched(op: str, rows: Mapping[str, Array], marked: Mapping[str, npt.ArrayLike]) -> dict[str, Array | None]:
    unknown = [name for name in marked if name not in rows]
    if unknown:
        raise ValueError(f"{op}: marked names {unknown[0]!r}; {', '.join(map(repr, rows))} fit")
    masks: dict[str, Array | None] = dict.fromkeys(rows)
    for name, mask in marked.items():
        masks[name] = np.asarray(mask, dtype=bool)[None, :]
        if np.shape(mask) != rows[name].shape:
            raise ValueError(f"{op}: marked has shape {np.shape(mask)} but {name} has {rows[name].shape}")
    return masks


def _described(rows: Mapping[str, Array]) -> str:
    return ". ".join(
        say("array", name=name, shape=shape_text(row.shape), values=listed(row)) for name, row in rows.items()
    )
