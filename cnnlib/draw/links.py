"""Rows of values as dots, and a line wherever one value looks at another: groups, and receptive fields."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from cnnlib.draw.picture import INK, PAPER, WIDTH, Picture
from cnnlib.draw.words import say
from cnnlib.ops._arguments import Array, floats, whole

EDGE = 0.2  # inches
LETTER, NAME_FONT = 0.1, 11.0
ROW = 0.72  # from one row to the next
FOOT = 0.27  # from the first row to what stands under it
SPACING, CROWDED = 0.55, 0.2  # between dots: at most, and where dots start to shrink
DOT = 9.0  # points
FAINT = "#9a9a9a"


def links(
    matrices: Sequence[npt.ArrayLike],
    *,
    titles: Sequence[str] = (),
    feet: Sequence[str] = (),
    start: int | None = None,
    alt: str | None = None,
) -> Picture:
    """The first row at the foot; matrices[i] (outputs, inputs) has a line wherever it is not zero.

    feet: what stands under each value of the first row.
    start: a value of the last row. All that it sees, row by row, is filled, and its lines are thick.
    """
    op = "draw.links"
    joined = [floats(op, f"matrix {i}", matrix, "oi") != 0 for i, matrix in enumerate(matrices)]
    _require_a_chain(op, joined)
    rows = [joined[0].shape[1], *(matrix.shape[0] for matrix in joined)]
    if titles and len(titles) != len(rows):
        raise ValueError(f"{op}: titles has {len(titles)} entries but there are {len(rows)} rows")
    if feet and len(feet) != rows[0]:
        raise ValueError(f"{op}: feet has {len(feet)} entries but the first row has {rows[0]} values")
    names = list(titles) or [str(i) for i in range(len(rows))]
    seen = None if start is None else _seen(op, joined, start)
    places = _places(joined)

    margin = EDGE + max(map(len, names)) * LETTER + 0.3
    widest = max(float(place.max()) for place in places)
    wanted = max(SPACING, max(map(len, feet), default=0) * LETTER + 0.1)
    right = max(2 * EDGE, len(feet[-1]) * LETTER / 2 + 0.1) if feet else 2 * EDGE  # half of the last word
    spacing = min(wanted, (WIDTH - margin - right) / max(widest, 1.0))
    foot = EDGE + FOOT * bool(feet)
    height = (len(rows) - 1) * ROW + EDGE + foot
    page = margin + widest * spacing + right
    picture = Picture(page, height, alt or _described(names, rows, seen, feet))
    axes = picture.place(0, 0, page, height)
    axes.set_xlim(0, page)
    axes.set_ylim(height, 0)
    axes.axis("off")
    across = [margin + place * spacing for place in places]
    down = [height - foot - i * ROW for i in range(len(rows))]
    for i, matrix in enumerate(joined):
        _lines(axes, matrix, across[i : i + 2], (down[i], down[i + 1]), None if seen is None else seen[i : i + 2])
    size = DOT * min(1.0, spacing / CROWDED)
    for i, name in enumerate(names):
        filled = np.ones(rows[i], dtype=bool) if seen is None else seen[i]
        for which, face in ((~filled, PAPER), (filled, INK)):
            axes.plot(across[i][which], np.full(which.sum(), down[i]), "o", ms=size, mfc=face, mec=INK, mew=1, zorder=4)
        picture.write(margin - 0.25, down[i], name, NAME_FONT, ha="right")
    for place, word in zip(across[0], feet, strict=False):
        picture.write(place, down[0] + FOOT, word, NAME_FONT)
    return picture


def _require_a_chain(op: str, joined: Sequence[Array]) -> None:
    if not joined:
        raise ValueError(f"{op}: matrices is empty; one or more fit")
    for i, matrix in enumerate(joined):
        if 0 in matrix.shape:
            raise ValueError(f"{op}: matrix {i} is empty; one value or more fits (matrix {i} {matrix.shape})")
        if i and matrix.shape[1] != len(joined[i - 1]):
            raise ValueError(f"{op}: matrix {i} has {matrix.shape[1]} columns but {len(joined[i - 1])} rows are below")


def _seen(op: str, joined: Sequence[Array], start: int) -> list[Array]:
    """For each row, which values count in the value `start` of the last one."""
    last = len(joined[-1])
    if whole(op, "start", start, least=0) >= last:
        raise ValueError(f"{op}: start is {start}; 0 to {last - 1} fits")
    seen = [np.arange(last) == start]
    for matrix in reversed(joined):
        seen.insert(0, matrix[seen[0]].any(axis=0))
    return seen


def _places(joined: Sequence[Array]) -> list[Array]:
    """Each value over the middle of what it looks at; evenly spread where two would stand in one place."""
    widest = max(joined[0].shape[1], *(len(matrix) for matrix in joined))
    places = [_spread(joined[0].shape[1], widest)]
    for matrix in joined:
        middles = np.array([places[-1][row].mean() if row.any() else np.nan for row in matrix])
        in_order = bool(np.isfinite(middles).all() and (np.diff(middles) > 0.5).all())
        places.append(middles if in_order else _spread(len(matrix), widest))
    return places


def _spread(count: int, widest: int) -> Array:
    step = (widest - 1) / max(count - 1, 1)
    return np.arange(count) * step if count > 1 else np.array([(widest - 1) / 2])


def _lines(
    axes: Axes, matrix: Array, across: Sequence[Array], down: tuple[float, float], seen: Sequence[Array] | None
) -> None:
    """Thick and dark between two values that are seen, thin and grey elsewhere."""
    thick = np.ones_like(matrix) if seen is None else np.outer(seen[1], seen[0])
    for chosen, colour, width, order in ((matrix & ~thick, FAINT, 0.6, 2), (matrix & thick, INK, 1.3, 3)):
        ends = [[(across[0][i], down[0]), (across[1][o], down[1])] for o, i in np.argwhere(chosen)]
        axes.add_collection(LineCollection(ends, colors=colour, linewidths=width, zorder=order))


def _described(names: Sequence[str], rows: Sequence[int], seen: Sequence[Array] | None, feet: Sequence[str]) -> str:
    listed = ", ".join(f"{name} ({count})" for name, count in zip(names, rows, strict=True))
    words = say("links", rows=listed)
    if feet:
        words += " " + say("feet", names=", ".join(feet))
    if seen is None:
        return words
    fields = ", ".join(f"{name}: {int(field.sum())}" for name, field in zip(names, seen, strict=True))
    return f"{words} {say('sees', fields=fields)}"
