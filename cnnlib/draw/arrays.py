"""Small arrays with their numbers: one array, a row of arrays that says a formula, a bank of kernels."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cnnlib.draw._cells import Window, box_size, draw_plane, font_size
from cnnlib.draw._numbers import largest, listed, numbers, plane, shape_text
from cnnlib.draw._scale import BAR, colour_bar
from cnnlib.draw.picture import WIDTH, Picture
from cnnlib.draw.words import say
from cnnlib.ops._arguments import Array

EDGE = 0.15  # inches of paper around everything
TITLE = 0.32  # height of a line of title
SIGN = 0.5  # width of a sign between arrays
GAP = 0.3  # between kernels
TITLE_FONT, SIGN_FONT, STAR_FONT = 11.0, 18.0, 30.0
NUMBERED = 9  # a kernel wider than this is shown as shades
SHADES = 1.25  # its width, inches


def array(
    x: npt.ArrayLike,
    *,
    title: str = "",
    marked: npt.ArrayLike | None = None,
    windows: Sequence[Window] = (),
    alt: str | None = None,
) -> Picture:
    """x (n) or (H, W) as boxes with its numbers, tinted around zero.

    `marked`, of x's shape, hatches boxes; each window (row, column, height, width) gets a frame.
    Where the numbers would not fit, a colour bar says what the shades mean.
    """
    op = "draw.array"
    values = plane(op, "x", x)
    hatched = None if marked is None else _mask(op, marked, values, np.shape(x))
    texts = numbers(values)
    H, W = values.shape
    box = box_size([texts], WIDTH - 2 * EDGE, W)
    head = TITLE if title else 0.0
    page_width = max(W * box, len(title) * 0.1) + 2 * EDGE
    if alt is None:
        alt = _described(title or say("an array"), np.asarray(x), values)
        if hatched is not None and hatched.any():
            cells = ", ".join(str(tuple(map(int, cell))) for cell in np.argwhere(hatched))
            alt += "; " + say("marked", cells=cells)
    font, reach = font_size([texts], box), largest(values)
    foot = BAR if font is None else 0.0
    picture = Picture(page_width, H * box + head + foot + 2 * EDGE, alt)
    if title:
        picture.write(page_width / 2, EDGE + TITLE / 2 - 0.03, title, TITLE_FONT)
    axes = picture.place((page_width - W * box) / 2, EDGE + head, W * box, H * box)
    draw_plane(axes, values, texts, reach=reach, font=font, marked=hatched, windows=windows)
    if font is None:
        colour_bar(picture, -reach, reach, signed=True)
    return picture


def equation(*parts: npt.ArrayLike | str, titles: Sequence[str] = (), alt: str | None = None) -> Picture:
    """Arrays in one row with signs between them, all boxes of one size: `equation(x, "⋆", k, "=", y)`.

    `titles` are for the arrays, in order. Each array has its own tints.
    """
    op = "draw.equation"
    planes = [plane(op, f"part {i}", part) for i, part in enumerate(parts) if not isinstance(part, str)]
    if not planes:
        raise ValueError(f"{op}: parts has no array; one or more fit")
    _require_titles(op, titles, len(planes))
    texts = [numbers(values) for values in planes]
    signs = len(parts) - len(planes)
    box = box_size(texts, WIDTH - 2 * EDGE - signs * SIGN, sum(values.shape[1] for values in planes))
    font = font_size(texts, box)
    tallest = max(values.shape[0] for values in planes) * box
    head = TITLE if any(titles) else 0.0
    page_width = sum(values.shape[1] for values in planes) * box + signs * SIGN + 2 * EDGE
    said = [
        part if isinstance(part, str) else _described("", np.asarray(part), np.asarray(part, dtype=float))
        for part in parts
    ]
    picture = Picture(page_width, tallest + head + 2 * EDGE, alt or " ".join(said))

    left, middle, count = EDGE, EDGE + head + tallest / 2, 0
    for part in parts:
        if isinstance(part, str):
            picture.write(left + SIGN / 2, middle, part, STAR_FONT if part == "⋆" else SIGN_FONT)
            left += SIGN
            continue
        H, W = planes[count].shape
        axes = picture.place(left, middle - H * box / 2, W * box, H * box)
        draw_plane(axes, planes[count], texts[count], reach=largest(planes[count]), font=font)
        if titles:
            picture.write(left + W * box / 2, middle - H * box / 2 - 0.16, titles[count], TITLE_FONT)
        left += W * box
        count += 1
    return picture


def kernels(
    bank: Sequence[npt.ArrayLike] | Array,
    *,
    titles: Sequence[str] = (),
    columns: int | None = None,
    alt: str | None = None,
) -> Picture:
    """Kernels (K, h, w), or K arrays of different sizes, with their numbers in the boxes.

    One scale of tints for all. Where the numbers would not fit, a colour bar says what the shades mean.
    """
    op = "draw.kernels"
    planes = [plane(op, f"kernel {i}", kernel) for i, kernel in enumerate(bank)]
    if not planes:
        raise ValueError(f"{op}: bank has no kernel; one or more fit")
    _require_titles(op, titles, len(planes))
    texts = [numbers(values) for values in planes]
    h, w = (max(values.shape[axis] for values in planes) for axis in (0, 1))
    longest = max((len(title) for title in titles), default=0) * 0.09
    box = box_size(texts, WIDTH, w) if max(h, w) <= NUMBERED else SHADES / max(h, w)
    columns = columns or _columns_that_fit(len(planes), max(w * box, longest))
    rows = -(-len(planes) // columns)
    box = min(box, (WIDTH - 2 * EDGE - (columns - 1) * GAP) / (columns * w))
    font = font_size(texts, box)
    head, reach = (TITLE if any(titles) else 0.0), largest(*planes)
    heights = [
        max(values.shape[0] for values in planes[row * columns : (row + 1) * columns]) * box for row in range(rows)
    ]
    tile_width = max(w * box, longest)
    page_width = columns * (tile_width + GAP) - GAP + 2 * EDGE
    page_height = sum(heights) + rows * (head + GAP) - GAP + 2 * EDGE + (BAR if font is None else 0.0)
    items = "; ".join(_described(name, p, p) for name, p in zip(titles or [""] * len(planes), planes, strict=True))
    picture = Picture(page_width, page_height, alt or say("kernels", count=len(planes), items=items))
    for i, values in enumerate(planes):
        row, column = divmod(i, columns)
        H, W = values.shape
        centre = EDGE + column * (tile_width + GAP) + tile_width / 2
        above = EDGE + sum(heights[:row]) + row * (head + GAP) + head + (heights[row] - H * box) / 2
        if titles:
            picture.write(centre, above - 0.16, titles[i], TITLE_FONT)
        axes = picture.place(centre - W * box / 2, above, W * box, H * box)
        draw_plane(axes, values, texts[i], reach=reach, font=font)
    if font is None:
        colour_bar(picture, -reach, reach, signed=True)
    return picture


def _columns_that_fit(count: int, tile: float) -> int:
    most = max(1, int((WIDTH - 2 * EDGE + GAP) / (tile + GAP)))
    rows = -(-count // most)
    return -(-count // rows)


def _described(name: str, given: Array, values: Array) -> str:
    return say("array", name=name, shape=shape_text(given.shape), values=listed(values)).strip()


def _mask(op: str, marked: npt.ArrayLike, values: Array, shape: tuple[int, ...]) -> Array:
    mask = np.asarray(marked, dtype=bool)
    if mask.shape != shape:
        raise ValueError(f"{op}: marked has shape {mask.shape} but x has {shape}")
    return mask.reshape(values.shape)


def _require_titles(op: str, titles: Sequence[str], count: int) -> None:
    if titles and len(titles) != count:
        raise ValueError(f"{op}: titles has {len(titles)} entries but there are {count} arrays")
