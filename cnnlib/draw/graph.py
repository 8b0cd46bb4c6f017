"""A computation graph: each value in its box, what makes it in a circle, and its gradient underneath."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle

from cnnlib.draw._numbers import number
from cnnlib.draw.picture import INK, PAPER, WIDTH, Picture
from cnnlib.draw.words import say

EDGE = 0.15  # inches
ROW = 0.78  # from one row of boxes to the next
LINE = 0.28  # height of a line of text in a box
LETTER = 0.092  # width of a letter at the font's size
FONT, SIGN_FONT = 11.0, 12.0
SIGN = 0.34  # width of the least sign
GAP, LEAST_GAP = 0.3, 0.16  # on each side of a sign
BACK = "#fbe3c4"  # behind a gradient, which is also written as one

Made = tuple[str, ...]  # the sign, then the names of what it works on


class _Node(NamedTuple):
    name: str
    value: str
    gradient: str | None
    sign: str
    inputs: tuple[str, ...]
    column: int
    row: float


def graph(
    values: Mapping[str, float],
    made: Mapping[str, Made],
    *,
    gradients: Mapping[str, float] | None = None,
    alt: str | None = None,
) -> Picture:
    """values {"q": 20, ...} in boxes; made {"q": ("×", "y", "z")} says how each but the inputs came about.

    Values are given in order: inputs from above, and nothing before what it is made of. `gradients`,
    of as many values as you like, stand under the values.
    """
    op = "draw.graph"
    _require_order(op, values, made)
    unknown = [name for name in gradients or {} if name not in values]
    if unknown:
        raise ValueError(f"{op}: gradients has {unknown[0]!r}, which is no value")
    nodes = _placed(values, made, gradients or {})
    texts = [text for node in nodes.values() for text in (node.value, node.gradient or "")]
    box = max(map(len, texts)) * LETTER + 0.14
    signs = _sign_widths(nodes)
    columns = len(signs)
    gap = min(GAP, (WIDTH - 2 * EDGE - columns * box - sum(signs)) / max(2 * (columns - 1), 1))
    if gap < LEAST_GAP:
        raise ValueError(f"{op}: {columns} columns of boxes do not fit on a page; at most {_most(box)} fit")
    lefts = [EDGE]
    for sign in signs[1:]:
        lefts.append(lefts[-1] + box + sign + 2 * gap)
    height = max(node.row for node in nodes.values()) * ROW + 2 * LINE + 2 * EDGE
    page = lefts[-1] + box + EDGE
    picture = Picture(page, height, alt or _described(nodes))
    axes = picture.place(0, 0, page, height)
    axes.set_xlim(0, page)
    axes.set_ylim(height, 0)
    axes.axis("off")
    for node in nodes.values():
        middle = EDGE + LINE + node.row * ROW
        if node.inputs:
            centre = lefts[node.column] - gap - signs[node.column] / 2
            for name in node.inputs:
                _line(axes, nodes[name], lefts, box, (centre, middle), centre - signs[node.column] / 2 - gap)
            _arrow(axes, centre, lefts[node.column], middle)
            _sign(axes, node.sign, (centre, middle))
        _box(axes, node, lefts[node.column], middle, box)
    return picture


def _require_order(op: str, values: Mapping[str, float], made: Mapping[str, Made]) -> None:
    if not values:
        raise ValueError(f"{op}: values is empty; one or more fit")
    for name, (_, *inputs) in made.items():
        if name not in values:
            raise ValueError(f"{op}: made has {name!r}, which is no value")
        if not inputs:
            raise ValueError(f"{op}: {name!r} is made of nothing; one value or more fits")
        before = list(values)[: list(values).index(name)]
        for one in inputs:
            if one not in before:
                raise ValueError(f"{op}: {name!r} is made of {one!r}, which does not stand before it")


def _placed(values: Mapping[str, float], made: Mapping[str, Made], gradients: Mapping[str, float]) -> dict[str, _Node]:
    """Inputs one under the other, close to where they are first used; all else beside the middle of its inputs."""
    depth: dict[str, int] = {}
    for name in values:
        depth[name] = 1 + max((depth[one] for one in made[name][1:]), default=-1) if name in made else 0
    rows: dict[str, float] = {}
    columns = dict(depth)
    for name in values:
        if name in made:
            rows[name] = sum(rows[one] for one in made[name][1:]) / len(made[name][1:])
        else:
            rows[name] = sum(one not in made for one in rows)
            users = [depth[user] for user, (_, *inputs) in made.items() if name in inputs]
            columns[name] = min(users, default=1) - 1
    return {
        name: _Node(
            name,
            f"{name} = {number(value)}",
            f"d{name} = {number(gradients[name])}" if name in gradients else None,
            made[name][0] if name in made else "",
            made[name][1:] if name in made else (),
            columns[name],
            rows[name],
        )
        for name, value in values.items()
    }


def _sign_widths(nodes: Mapping[str, _Node]) -> list[float]:
    """The width of the widest sign before each column."""
    widths = [0.0] * (1 + max(node.column for node in nodes.values()))
    for node in nodes.values():
        if node.inputs:
            widths[node.column] = max(widths[node.column], SIGN, len(node.sign) * LETTER + 0.14)
    return widths


def _most(box: float) -> int:
    return int((WIDTH - 2 * EDGE + SIGN + 2 * LEAST_GAP) / (box + SIGN + 2 * LEAST_GAP))


def _line(axes: Axes, source: _Node, lefts: Sequence[float], box: float, end: tuple[float, float], turn: float) -> None:
    """From a box straight on to the column where it is used, then to the sign there."""
    start, middle = lefts[source.column] + box, EDGE + LINE + source.row * ROW
    axes.plot([start, max(start, turn), end[0]], [middle, middle, end[1]], color=INK, linewidth=1.1, zorder=1)


def _arrow(axes: Axes, start: float, end: float, middle: float) -> None:
    ends = (start, middle), (end, middle)
    axes.add_patch(FancyArrowPatch(*ends, arrowstyle="-|>", mutation_scale=11, color=INK, linewidth=1.1, shrinkB=0))


def _sign(axes: Axes, sign: str, centre: tuple[float, float]) -> None:
    width = max(SIGN, len(sign) * LETTER + 0.14)
    _rounded(axes, (centre[0] - width / 2, centre[1] - SIGN / 2), width, SIGN, 0.16)
    axes.text(*centre, sign, ha="center", va="center", fontsize=SIGN_FONT, color=INK, family="DejaVu Sans", zorder=4)


def _box(axes: Axes, node: _Node, left: float, middle: float, width: float) -> None:
    lines = 1 if node.gradient is None else 2
    top = middle - lines * LINE / 2
    if node.gradient is not None:
        axes.add_patch(Rectangle((left, middle), width, LINE, facecolor=BACK, edgecolor="none", zorder=3))
        axes.plot([left, left + width], [middle, middle], color=INK, linewidth=0.8, linestyle=(0, (3, 2)), zorder=4)
        _text(axes, node.gradient, left + width / 2, middle + LINE / 2, "bold")
    _rounded(axes, (left, top), width, lines * LINE, 0.03, filled=node.gradient is None)
    _text(axes, node.value, left + width / 2, top + LINE / 2, "normal")


def _rounded(
    axes: Axes, corner: tuple[float, float], width: float, height: float, radius: float, *, filled: bool = True
) -> None:
    axes.add_patch(
        FancyBboxPatch(
            corner,
            width,
            height,
            boxstyle=f"round,pad=0,rounding_size={radius}",
            facecolor=PAPER if filled else "none",
            edgecolor=INK,
            linewidth=1.2,
            zorder=3,
        )
    )


def _text(axes: Axes, words: str, left: float, top: float, weight: str) -> None:
    axes.text(
        left,
        top,
        words,
        ha="center",
        va="center",
        fontsize=FONT,
        color=INK,
        weight=weight,
        family="DejaVu Sans",
        zorder=5,
    )


def _described(nodes: Mapping[str, _Node]) -> str:
    said = []
    for node in nodes.values():
        how = f"{node.name} = {node.sign}({', '.join(node.inputs)}) = " if node.inputs else ""
        value = how + node.value.partition(" = ")[2] if how else node.value
        said.append(value + (f", {node.gradient}" if node.gradient else ""))
    return say("graph", nodes="; ".join(said))
