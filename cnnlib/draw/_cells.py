"""A plane of numbers as a grid of boxes: the one primitive under every picture of small arrays."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.patches import Rectangle

from cnnlib.draw.picture import INK, PAPER
from cnnlib.ops._arguments import Array

LEAST_FONT = 9.0  # points
BEST_FONT = 12.0
CHARACTER = 0.68 / 72  # inches of width for each point of font size
ROOM = 0.12  # inches kept free in a box
LEAST_BOX, BEST_BOX = 0.16, 0.5  # inches

Window = tuple[int, int, int, int]  # row, column, height, width

# Light under numbers in dark ink; the numbers carry the sign, the tint repeats it.
TINTS = LinearSegmentedColormap.from_list("tints", ["#9cc3ea", "#ffffff", "#f7bd7d"])
# Dark to light all the way, so that negative and positive stay apart in grey print.
SIGNED = LinearSegmentedColormap.from_list("signed", ["#10163f", "#3d5a96", "#a3a3a3", "#f0c078", "#fff6dc"])


def box_size(texts: Sequence[Array], room: float, columns: int) -> float:
    """The side of a box, in inches, that suits the longest text and lets so many columns fit in `room`."""
    longest = max(len(text) for array in texts for text in array.ravel())
    wanted = max(BEST_BOX, longest * BEST_FONT * CHARACTER + ROOM)
    return min(wanted, room / columns)


def font_size(texts: Sequence[Array], box: float) -> float | None:
    """The font size at which every text fits in its box; None where that would be too small to read."""
    longest = max(len(text) for array in texts for text in array.ravel())
    size = min(BEST_FONT, (box - ROOM / 2) / (longest * CHARACTER))
    return size if size >= LEAST_FONT and box >= LEAST_BOX else None


def paint(axes: Axes, values: Array, reach: float, font: float | None) -> None:
    """The colours of a plane (H, W) around zero, one square for each value."""
    colours: Colormap = SIGNED if font is None else TINTS
    H, W = values.shape
    axes.imshow(values, cmap=colours, vmin=-reach, vmax=reach, interpolation="nearest", aspect="auto")
    axes.set_xlim(-0.5, W - 0.5)
    axes.set_ylim(H - 0.5, -0.5)
    axes.axis("off")


def rule(axes: Axes, shape: tuple[int, int], colour: str = "#8a8a8a") -> None:
    """The lines between the boxes and around them."""
    H, W = shape
    for row in range(H + 1):
        axes.plot([-0.5, W - 0.5], [row - 0.5] * 2, color=colour, linewidth=0.8, clip_on=False, zorder=2)
    for column in range(W + 1):
        axes.plot([column - 0.5] * 2, [-0.5, H - 0.5], color=colour, linewidth=0.8, clip_on=False, zorder=2)


def print_texts(axes: Axes, texts: Array, font: float | None, marked: Array | None = None) -> None:
    """The texts (H, W) in the middle of their boxes; bold where marked."""
    if font is None:
        return
    for (row, column), text in np.ndenumerate(texts):
        bold = marked is not None and bool(marked[row, column])
        axes.text(
            column,
            row,
            text,
            ha="center",
            va="center_baseline",
            fontsize=font,
            family="DejaVu Sans",
            color=INK,
            weight="bold" if bold else "normal",
            zorder=4,
            bbox={"boxstyle": "round,pad=0.12", "facecolor": PAPER, "edgecolor": "none"} if bold else None,
        )


def mark(axes: Axes, marked: Array) -> None:
    """A thick outline and hatching on each marked box."""
    for row, column in np.argwhere(marked):
        axes.add_patch(
            Rectangle(
                (column - 0.5, row - 0.5),
                1,
                1,
                fill=False,
                hatch="////",
                edgecolor=INK,
                linewidth=2.2,
                hatch_linewidth=0.5,
                clip_on=False,
                zorder=3,
            )
        )


def outline(axes: Axes, windows: Sequence[Window]) -> None:
    """A frame around each window, the lines told apart by their dashes."""
    dashes = ("-", (0, (4, 2)), (0, (1, 1.2)), (0, (6, 2, 1, 2)))
    for place, (row, column, height, width) in enumerate(windows):
        inset = 0.07
        axes.add_patch(
            Rectangle(
                (column - 0.5 + inset, row - 0.5 + inset),
                width - 2 * inset,
                height - 2 * inset,
                fill=False,
                edgecolor=INK,
                linewidth=2.4,
                linestyle=dashes[place % len(dashes)],
                clip_on=False,
                zorder=5,
            )
        )


def draw_plane(
    axes: Axes,
    values: Array,
    texts: Array,
    *,
    reach: float,
    font: float | None,
    marked: Array | None = None,
    windows: Sequence[Window] = (),
) -> None:
    """Colours, lines, numbers, marks and windows of one plane (H, W)."""
    paint(axes, values, reach, font)
    if font is not None:
        rule(axes, texts.shape)
    if marked is not None:
        mark(axes, marked)
    print_texts(axes, texts, font, marked)
    outline(axes, windows)
