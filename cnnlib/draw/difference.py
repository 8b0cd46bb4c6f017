"""Two arrays that should be equal, and where they are not."""

import numpy as np
import numpy.typing as npt

from cnnlib.draw._cells import box_size, draw_plane, font_size
from cnnlib.draw._numbers import largest, number, numbers
from cnnlib.draw.picture import WIDTH, Picture
from cnnlib.draw.words import say
from cnnlib.ops._arguments import Array, floats

EDGE, GAP, TITLE, NOTE = 0.15, 0.25, 0.3, 0.34  # inches
TITLE_FONT, NOTE_FONT = 11.0, 10.0
MOST, LEAST = 10, 3  # values along an axis that are shown, around the first difference
NAMES = 1.45  # width kept for a name, inches
MOST_DIGITS = 17
NARROWEST = 4.2  # page, so that the sentence under the arrays has room


def difference(
    expected: npt.ArrayLike,
    got: npt.ArrayLike,
    *,
    where: npt.ArrayLike | None = None,
    alt: str | None = None,
) -> Picture:
    """What was expected, what came, and got − expected; boxes that differ are hatched.

    `where`, of the same shape, says which differ; without it, those not close by numpy's measure. Of
    more than two axes the plane with the first difference is shown, of a large plane what lies around it.
    Arrays of different shapes are shown side by side.
    """
    op = "draw.difference"
    right, answer = floats(op, "expected", expected), floats(op, "got", got)
    if right.shape != answer.shape:
        return _two_shapes(right, answer, alt)
    differs = _where(op, right, answer, where)
    sentence = _sentence(right, answer, differs)
    first = tuple(np.argwhere(differs)[0]) if differs.any() else (0,) * right.ndim
    for most in range(MOST, LEAST - 1, -1):
        place, label = _excerpt(right.shape, first, most)
        planes, texts, marked = _shown(*(np.atleast_2d(array[place]) for array in (right, answer, differs)))
        if _fonts(texts)[1] is not None:
            break
    names = [say("expected"), say("got"), say("difference")]
    return _panels(planes, texts, names, marked, (label, sentence), alt or sentence)


def _shown(right: Array, answer: Array, differs: Array) -> tuple[list[Array], list[Array], Array]:
    """The three planes, their texts, and the boxes to mark."""
    with np.errstate(invalid="ignore"):
        gap = np.where(differs, answer - right, 0.0)
    digits = _telling_digits(right, answer, differs)
    texts = [numbers(right, digits), numbers(answer, digits), np.where(differs, numbers(gap, 2), "=")]
    return [right, answer, gap], texts, differs


def _panels(
    planes: list[Array],
    texts: list[Array],
    names: list[str],
    differs: Array | None,
    notes: tuple[str, str],
    alt: str,
) -> Picture:
    """Planes beside each other, or under each other where they are single rows."""
    stacked = _stacked(texts)
    names_room = NAMES if stacked else 0.0
    box, font = _fonts(texts)
    widths = [max(plane.shape[1] * box, 0.0 if stacked else NAMES) for plane in planes]
    label, sentence = notes
    label_room = TITLE if label else 0.0
    if stacked:
        page_width = max(widths) + names_room + 2 * EDGE
        page_height = len(planes) * (box + 0.1) + 2 * EDGE + NOTE + label_room
    else:
        page_width = sum(widths) + (len(planes) - 1) * GAP + 2 * EDGE
        page_height = max(plane.shape[0] for plane in planes) * box + TITLE + 2 * EDGE + NOTE + label_room
    wanted = max(NARROWEST, min(WIDTH, len(sentence) * 0.085 + 2 * EDGE))
    start = EDGE + max(0.0, wanted - page_width) / 2
    page_width = max(page_width, wanted)

    picture = Picture(page_width, page_height, alt)
    if label:
        picture.write(page_width / 2, EDGE + TITLE / 2 - 0.05, label, NOTE_FONT)
    top, left = EDGE + label_room, start
    reach = largest(*planes[:2])
    for i, (plane, text, name) in enumerate(zip(planes, texts, names, strict=True)):
        H, W = plane.shape
        if stacked:
            picture.write(start + names_room - 0.12, top + box / 2, name, TITLE_FONT, ha="right")
            axes = picture.place(start + names_room, top, W * box, box)
            top += box + 0.1
        else:
            picture.write(left + widths[i] / 2, top + TITLE / 2 - 0.02, name, TITLE_FONT)
            axes = picture.place(left + (widths[i] - W * box) / 2, top + TITLE, W * box, H * box)
            left += widths[i] + GAP
        marked = differs if i > 0 else None
        tint = reach if i < 2 else largest(plane)
        draw_plane(axes, plane, text, reach=tint, font=font, marked=marked)
    size = min(NOTE_FONT, (page_width - EDGE) / (len(sentence) * 0.0083))
    picture.write(page_width / 2, page_height - EDGE - NOTE / 2 + 0.1, sentence, max(size, 9.0), wrap=True)
    return picture


def _stacked(texts: list[Array]) -> bool:
    return all(text.shape[0] == 1 for text in texts)


def _fonts(texts: list[Array]) -> tuple[float, float | None]:
    """The side of a box, and the font size that fits, if any."""
    columns = [text.shape[1] for text in texts]
    if _stacked(texts):
        box = box_size(texts, WIDTH - 2 * EDGE - NAMES, max(columns))
    else:
        box = box_size(texts, WIDTH - 2 * EDGE - (len(texts) - 1) * GAP, sum(columns))
    return box, font_size(texts, box)


def _two_shapes(right: Array, answer: Array, alt: str | None) -> Picture:
    sentence = say("shapes", expected=right.shape, got=answer.shape)
    for most in range(MOST, LEAST - 1, -1):
        cuts = [_excerpt(array.shape, (0,) * array.ndim, most) for array in (right, answer)]
        parts = [np.atleast_2d(array[place]) for array, (place, _) in zip((right, answer), cuts, strict=True)]
        planes = [part if part.size else np.zeros((1, 1)) for part in parts]
        texts = [numbers(part) if part.size else np.full((1, 1), "∅", dtype=object) for part in parts]
        if _fonts(texts)[1] is not None:
            break
    label = cuts[0][1] or cuts[1][1]
    names = [f"{say(word)} {array.shape}" for word, array in (("expected", right), ("got", answer))]
    return _panels(planes, texts, names, None, (label, sentence), alt or sentence)


def _where(op: str, right: Array, answer: Array, where: npt.ArrayLike | None) -> Array:
    if where is None:
        return ~np.isclose(answer, right, equal_nan=True)
    differs = np.asarray(where, dtype=bool)
    if differs.shape != right.shape:
        raise ValueError(f"{op}: where has shape {differs.shape} but expected has {right.shape}")
    return differs


def _sentence(right: Array, answer: Array, differs: Array) -> str:
    if not differs.any():
        return say("same")
    first = tuple(int(i) for i in np.argwhere(differs)[0])
    digits = _telling_digits(right[first], answer[first], differs[first])
    return say(
        "differ",
        count=int(differs.sum()),
        total=right.size,
        where="[" + ", ".join(str(i) for i in first) + "]",
        expected=number(right[first], digits),
        got=number(answer[first], digits),
    )


def _excerpt(shape: tuple[int, ...], first: tuple[int, ...], most: int) -> tuple[tuple[int | slice, ...], str]:
    """The part of an array to show, `most` values along an axis, and its name; none for the whole."""
    if len(shape) == 0:
        return (), ""
    lead, axes = first[:-2], shape[-2:]
    parts = []
    for n, here in zip(axes, first[-2:], strict=True):
        start = min(max(here - most // 2, 0), max(n - most, 0))
        parts.append(slice(start, min(start + most, n)))
    label = "[" + ", ".join([str(int(i)) for i in lead] + [":"] * len(axes)) + "]" if lead else ""
    if any(n > most for n in axes):
        rows = parts[0] if len(parts) == 2 else slice(0, 1)
        cut = say("crop", top=rows.start, bottom=rows.stop - 1, left=parts[-1].start, right=parts[-1].stop - 1)
        label = f"{label}, {cut}" if label else cut
    return (*lead, *parts), label


def _telling_digits(right: Array, answer: Array, differs: Array) -> int:
    """So many significant digits that no two numbers that differ look the same."""
    for digits in range(3, MOST_DIGITS):
        same = numbers(np.asarray(right), digits) == numbers(np.asarray(answer), digits)
        if not np.any(same & differs):
            return digits
    return MOST_DIGITS
