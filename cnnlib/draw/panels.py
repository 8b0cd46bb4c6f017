"""Small graphs side by side on one scale: a family of functions, say, each with its slope."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from cnnlib.draw._lines import STYLES, Line, course, draw_line, even_ticks, lines_over, rule, stroke
from cnnlib.draw.picture import WIDTH, Picture
from cnnlib.draw.words import say, term
from cnnlib.ops._arguments import whole

EDGE, GAP = 0.15, 0.22  # inches
TICKS, LINE, LETTER = 0.42, 0.26, 0.095  # of the numbers beside a graph, of a line of text, of a letter
SAMPLE = 0.55  # of the piece of line before a name at the foot
HEIGHT = 1.35
FONT = 10.5
MARKS = 3


def panels(
    graphs: Mapping[str, Mapping[str, npt.ArrayLike]],
    *,
    x: npt.ArrayLike,
    columns: int = 5,
    alt: str | None = None,
) -> Picture:
    """Named graphs, each of the same named lines (n) over x (n); what the lines are called stands once, at the foot."""
    op = "draw.panels"
    if not graphs:
        raise ValueError(f"{op}: graphs is empty; one or more fit")
    columns = min(whole(op, "columns", columns, least=1), len(graphs))
    drawn = {term(title): lines_over(op, lines, x) for title, lines in graphs.items()}
    names = list(next(iter(drawn.values())))
    for title, lines in drawn.items():
        if list(lines) != names:
            raise ValueError(f"{op}: {title} has the lines {', '.join(lines)}; {', '.join(names)} fit")
    rows = -(-len(graphs) // columns)
    width = (WIDTH - 2 * EDGE - TICKS - (columns - 1) * GAP) / columns
    step = LINE + HEIGHT + LINE + GAP / 2
    picture = Picture(WIDTH, EDGE + rows * step + LINE + EDGE, alt or _described(drawn))
    heights = np.concatenate([line for lines in drawn.values() for _, line in lines.values()])
    low, high = float(np.nanmin(heights)), float(np.nanmax(heights))
    room = 0.06 * ((high - low) or 1.0)
    ends = float(np.min(x)), float(np.max(x))
    for i, (title, lines) in enumerate(drawn.items()):
        row, column = divmod(i, columns)
        left, top = EDGE + TICKS + column * (width + GAP), EDGE + row * step
        picture.write(left + width / 2, top + LINE / 2, title, FONT, weight="bold")
        axes = picture.place(left, top + LINE, width, HEIGHT)
        axes.set_xlim(*ends)
        axes.set_ylim(low - room, high + room)
        ups = even_ticks(*axes.get_ylim())
        rule(
            axes,
            [ends[0], 0.0, ends[1]] if ends[0] < 0 < ends[1] else ends,
            ups,
            None if column == 0 else [""] * len(ups),
        )
        for style, (places, values) in zip(STYLES, lines.values(), strict=False):
            draw_line(axes, style, places, values, STYLES.index(style) / 2, MARKS)
    _names(picture, names, EDGE + rows * step + LINE / 2)
    return picture


def _names(picture: Picture, names: list[str], down: float) -> None:
    """In the middle of the foot: a piece of each line, and its name."""
    widths = [SAMPLE + 0.15 + len(name) * LETTER + 0.2 for name in names]
    left = (WIDTH - sum(widths)) / 2
    for style, name, width in zip(STYLES, names, widths, strict=False):
        sample = picture.place(left, down - LINE / 2, SAMPLE, LINE)
        sample.axis("off")
        sample.set_xlim(0, 1)
        sample.set_ylim(-1, 1)
        stroke(sample, style, [0, 0.5, 1], [0, 0, 0], markevery=[1])
        picture.write(left + SAMPLE + 0.08, down, name, FONT, ha="left")
        left += width


def _described(drawn: Mapping[str, Mapping[str, Line]]) -> str:
    graphs = []
    for title, lines in drawn.items():
        courses = [course(name, places, heights) for name, (places, heights) in lines.items()]
        graphs.append(say("panel", title=title, items="; ".join(courses)))
    return say("panels", count=len(drawn), items=". ".join(graphs))
