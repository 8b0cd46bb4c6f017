"""Named numbers as bars, in panels side by side: what a filter found, or how well each method did."""

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from cnnlib.draw._numbers import number as written
from cnnlib.draw.picture import INK, WIDTH, Picture
from cnnlib.draw.words import say, term
from cnnlib.ops._arguments import number, whole

EDGE, GAP = 0.15, 0.25  # inches
HEAD, ROW, BETWEEN = 0.3, 0.24, 0.16  # of a title, of a bar, and from one row of panels to the next
LETTER, TITLE_LETTER, FIGURE = 0.085, 0.105, 0.48  # of a name, of a title, and of the number at the end of a bar
LEAST_BAR = 0.6
TITLE_FONT, FONT = 10.5, 9.5
FILL = "#b5b5b5"


def bars(
    panels: Mapping[str, Mapping[str, float]],
    *,
    columns: int = 2,
    reach: float | None = None,
    digits: int = 2,
    alt: str | None = None,
) -> Picture:
    """Titled panels of named numbers, none below 0: a bar for each, from its name to the number at its end.

    All bars have one scale; `reach` is the number at which they would end, the largest unless given. Titles and names
    that draw knows are shown in its language. digits: how many of each number are written.
    """
    op = "draw.bars"
    if not panels:
        raise ValueError(f"{op}: panels is empty; one or more fit")
    drawn = {
        term(title): {term(name): number(op, name, value, least=0) for name, value in rows.items()}
        for title, rows in panels.items()
    }
    columns = min(whole(op, "columns", columns, least=1), len(drawn))
    longest = max((len(name) for rows in drawn.values() for name in rows), default=0)
    tile = (WIDTH - 2 * EDGE - (columns - 1) * GAP) / columns
    length = tile - longest * LETTER - 0.1 - FIGURE
    if length < LEAST_BAR:
        raise ValueError(f"{op}: names of {longest} letters leave no room for bars in {columns} columns; fewer fit")
    end = _end(op, drawn, reach)
    titles = list(drawn)
    lines = [titles[first : first + columns] for first in range(0, len(titles), columns)]
    heights = [HEAD + ROW * max(len(drawn[title]) for title in line) for line in lines]
    page = sum(heights) + BETWEEN * (len(lines) - 1) + 2 * EDGE
    picture = Picture(WIDTH, page, alt or _described(drawn, digits))
    top = EDGE
    for line, height in zip(lines, heights, strict=True):
        for column, title in enumerate(line):
            left = EDGE + column * (tile + GAP) + tile - length - FIGURE
            above = max(EDGE, min(left, left + length + FIGURE - len(title) * TITLE_LETTER))  # a long one starts sooner
            picture.write(above, top + HEAD / 2, title, TITLE_FONT, ha="left", weight="bold")
            for row, (name, value) in enumerate(drawn[title].items()):
                middle = top + HEAD + (row + 0.5) * ROW
                picture.write(left - 0.08, middle, name, FONT, ha="right")
                _bar(picture.place(left, middle - ROW / 2, length, ROW), value / end)
                picture.write(left + length * value / end + 0.07, middle, written(value, digits), FONT, ha="left")
        top += height + BETWEEN
    return picture


def _bar(axes: Axes, share: float) -> None:
    """A bar over so much of its row, from an upright line on."""
    axes.axis("off")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.add_patch(Rectangle((0, 0.18), share, 0.64, facecolor=FILL, edgecolor=INK, linewidth=0.8, clip_on=False))
    axes.plot([0, 0], [0, 1], color=INK, linewidth=1.2, clip_on=False)


def _end(op: str, drawn: Mapping[str, Mapping[str, float]], reach: float | None) -> float:
    largest = max((value for rows in drawn.values() for value in rows.values()), default=0.0)
    if reach is None:
        return largest or 1.0
    if number(op, "reach", reach, least=largest) <= 0:
        raise ValueError(f"{op}: reach is {reach}; a number above 0 fits")
    return float(reach)


def _described(drawn: Mapping[str, Mapping[str, float]], digits: int) -> str:
    listed = [
        say("panel", title=title, items=", ".join(f"{name} {written(value, digits)}" for name, value in rows.items()))
        for title, rows in drawn.items()
    ]
    return say("bars", items="; ".join(listed))
