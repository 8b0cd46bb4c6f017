"""Images in a grid, and one image seen by a bank of filters."""

import textwrap
from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from cnnlib.draw._cells import SIGNED
from cnnlib.draw._numbers import largest, number, shape_text
from cnnlib.draw._scale import BAR, colour_bar
from cnnlib.draw.picture import INK, PAPER, WIDTH, Picture
from cnnlib.draw.words import say, term
from cnnlib.ops._arguments import Array, floats

Scale = Literal["each", "shared"] | tuple[float, float]

EDGE, GAP = 0.15, 0.14  # inches
LINE = 0.22  # height of a line of words
TITLE_FONT, SMALL_FONT = 10.5, 9.0
LARGEST = 3.4  # an image is not drawn wider than this
MOST_COLUMNS = 6
CREDIT_LETTER = 0.07  # inches
SATURATED = 0.99  # of the magnitudes stay within the scale of a filter's answer


def images(
    pictures: Sequence[npt.ArrayLike] | Array,
    *,
    titles: Sequence[str] = (),
    columns: int | None = None,
    scale: Scale = "each",
    signed: bool = False,
    credit: str = "",
    alt: str | None = None,
) -> Picture:
    """Images (H, W), or (H, W, 3) in colour, in a grid of equal tiles.

    scale: from black to white in "each" image, one range "shared" by all, or (low, high); colour images
    keep their own colours, 0 to 255 where they are integers and 0 to 1 where not. signed: zero in the
    middle of a scale from dark blue to pale yellow.
    """
    op = "draw.images"
    tiles = [_image(op, f"image {i}", image) for i, image in enumerate(pictures)]
    if not tiles:
        raise ValueError(f"{op}: pictures has no image; one or more fit")
    if titles and len(titles) != len(tiles):
        raise ValueError(f"{op}: titles has {len(titles)} entries but there are {len(tiles)} images")
    titles = [term(title) for title in titles]
    ranges = _ranges(op, tiles, scale, signed)
    grey = any(tile.ndim == 2 for tile in tiles)
    bar = BAR if scale != "each" and grey else 0.0
    foot = LINE if scale == "each" and grey else 0.0
    head = LINE + 0.04 if any(titles) else 0.0
    columns = columns or min(len(tiles), MOST_COLUMNS, -(-len(tiles) // -(-len(tiles) // MOST_COLUMNS)))
    rows = -(-len(tiles) // columns)
    width = min(LARGEST, (WIDTH - 2 * EDGE - (columns - 1) * GAP) / columns)
    height = width * max(tile.shape[0] / tile.shape[1] for tile in tiles)
    page_width = columns * (width + GAP) - GAP + 2 * EDGE
    owners = _lines(credit, page_width)
    page_height = rows * (height + head + foot + GAP) - GAP + 2 * EDGE + bar + LINE * len(owners)

    said = "; ".join(titles) if titles else shape_text(tiles[0].shape[:2])
    picture = Picture(page_width, page_height, alt or say("images", count=len(tiles), items=said))
    for i, (tile, (low, high)) in enumerate(zip(tiles, ranges, strict=True)):
        row, column = divmod(i, columns)
        left = EDGE + column * (width + GAP)
        top = EDGE + row * (height + head + foot + GAP)
        axes = _fitted(picture, tile, left, top + head, width, height)
        _show(axes, tile, low, high, signed)
        if titles:
            picture.write(left + width / 2, top + LINE / 2, titles[i], TITLE_FONT)
        if foot and tile.ndim == 2:
            words = f"{number(low)} … {number(high)}"
            picture.write(left + width / 2, top + head + height + LINE / 2 + 0.02, words, SMALL_FONT)
    if bar:
        colour_bar(picture, *ranges[0], signed=signed, lift=LINE * len(owners))
    _sign(picture, owners)
    return picture


def filtered(
    image: npt.ArrayLike,
    kernels: Sequence[npt.ArrayLike] | Array,
    responses: Sequence[npt.ArrayLike] | Array,
    *,
    titles: Sequence[str] = (),
    columns: int = 4,
    credit: str = "",
    alt: str | None = None,
) -> Picture:
    """The image (H, W), large, then what each kernel (h, w) answers, its own small picture in the corner.

    Each answer has a scale of its own around zero: dark is negative, grey is zero, light is positive,
    the strongest hundredth at the ends. An answer that is nowhere negative is shown as an image, in greys.
    """
    op = "draw.filtered"
    seen = floats(op, "image", image, "HW")
    small = [floats(op, f"kernel {i}", kernel, "hw") for i, kernel in enumerate(kernels)]
    answers = [floats(op, f"response {i}", response, "HW") for i, response in enumerate(responses)]
    if len(small) != len(answers):
        raise ValueError(f"{op}: responses has {len(answers)} arrays but there are {len(small)} kernels")
    if titles and len(titles) != len(answers):
        raise ValueError(f"{op}: titles has {len(titles)} entries but there are {len(answers)} responses")
    rows = -(-len(answers) // columns)
    head = LINE + 0.04 if any(titles) else 0.0
    shape = seen.shape[0] / seen.shape[1]
    width = (WIDTH - 2 * EDGE - (columns - 1) * GAP) / columns
    height = width * shape
    large = min(2 * width + GAP, LARGEST)
    grid = EDGE + LINE + large * shape + GAP
    owners = _lines(credit, WIDTH)
    page_height = grid + rows * (head + height + GAP) - GAP + EDGE + BAR + LINE * len(owners)

    items = "; ".join(titles) if titles else str(len(answers))
    picture = Picture(WIDTH, page_height, alt or say("filtered", count=len(answers), items=items))
    picture.write(WIDTH / 2, EDGE + LINE / 2 - 0.04, say("the image"), TITLE_FONT)
    axes = picture.place((WIDTH - large) / 2, EDGE + LINE, large, large * shape)
    _show(axes, seen, float(seen.min()), float(seen.max()), signed=False)
    for i, (kernel, answer) in enumerate(zip(small, answers, strict=True)):
        row, column = divmod(i, columns)
        left = EDGE + column * (width + GAP)
        top = grid + row * (head + height + GAP) + head
        axes = _fitted(picture, answer, left, top, width, height)
        if answer.min() < 0:
            reach = float(np.quantile(np.abs(answer), SATURATED)) or 1.0
            _show(axes, answer, -reach, reach, signed=True)
        else:
            _show(axes, answer, 0.0, float(answer.max()), signed=False)
        reach = largest(kernel)
        inset = 0.26 * width
        corner = picture.place(left + 0.05, top + height - inset - 0.05, inset, inset)
        _show(corner, kernel, -reach, reach, signed=True, frame=1.8)
        if titles:
            picture.write(left + width / 2, top - head + LINE / 2 + 0.02, titles[i], TITLE_FONT)
    colour_bar(picture, -1.0, 1.0, signed=True, lift=LINE * len(owners), ends=("−", "+"))
    _sign(picture, owners)
    return picture


def _image(op: str, name: str, image: npt.ArrayLike) -> Array:
    given = np.asarray(image)
    if given.ndim not in (2, 3) or (given.ndim == 3 and given.shape[2] != 3):
        raise ValueError(f"{op}: {name} has shape {given.shape}; (H, W) or (H, W, 3) fits")
    values = floats(op, name, given)
    if values.size == 0:
        raise ValueError(f"{op}: {name} is empty; one pixel or more fits ({name} {values.shape})")
    if values.ndim == 3 and given.dtype.kind in "iu":
        return values / 255.0
    return values


def _ranges(op: str, tiles: Sequence[Array], scale: Scale, signed: bool) -> list[tuple[float, float]]:
    """What is darkest and what is lightest, for each image."""
    if isinstance(scale, tuple):
        return [scale] * len(tiles)
    if scale == "shared":
        return [_range(np.concatenate([tile.ravel() for tile in tiles]), signed)] * len(tiles)
    if scale == "each":
        return [_range(tile, signed) for tile in tiles]
    raise ValueError(f'{op}: scale is {scale!r}; "each", "shared" or (low, high) fits')


def _range(values: Array, signed: bool) -> tuple[float, float]:
    if signed:
        reach = largest(values)
        return -reach, reach
    return float(np.nanmin(values)), float(np.nanmax(values))


def _fitted(picture: Picture, tile: Array, left: float, top: float, width: float, height: float) -> Axes:
    """Axes in the middle of a tile's place that keep the pixels square."""
    H, W = tile.shape[:2]
    pixel = min(width / W, height / H)
    return picture.place(left + (width - W * pixel) / 2, top + (height - H * pixel) / 2, W * pixel, H * pixel)


def _show(axes: Axes, tile: Array, low: float, high: float, signed: bool, frame: float = 0.8) -> None:
    shades = SIGNED if signed else "gray"
    high = high if high > low else low + 1.0
    shown = np.clip(tile, 0.0, 1.0) if tile.ndim == 3 else tile
    axes.imshow(shown, cmap=shades, vmin=low, vmax=high, interpolation="antialiased", aspect="auto", origin="upper")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set(color=INK if frame < 1 else PAPER, linewidth=frame)


def _lines(credit: str, page_width: float) -> list[str]:
    """Whose the pictures are, in as many lines as that takes."""
    return textwrap.wrap(credit, int((page_width - 2 * EDGE) / CREDIT_LETTER))


def _sign(picture: Picture, owners: Sequence[str]) -> None:
    width, height = picture.get_size_inches()
    for number_from_below, line in enumerate(reversed(owners)):
        lift = EDGE / 2 + 0.06 + number_from_below * LINE
        picture.write(width - EDGE, height - lift, line, SMALL_FONT, ha="right", style="italic")
