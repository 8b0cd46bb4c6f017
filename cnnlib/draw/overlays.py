"""Images with what is known of them laid over: boxes, masks or points, told apart without colour."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib import patheffects
from matplotlib.axes import Axes
from scipy import ndimage

from cnnlib.draw.images import images
from cnnlib.draw.picture import INK, PAPER, Picture
from cnnlib.draw.words import say, term
from cnnlib.ops._arguments import Array, floats

FONT = 9.0
DASHES = ("-", (0, (4, 2)), (0, (1, 1.2)), (0, (6, 2, 1, 2)))
HALO = [patheffects.withStroke(linewidth=3.6, foreground=INK)]

Planes = Sequence[npt.ArrayLike] | Array


def with_boxes(
    pictures: Planes,
    boxes: Sequence[npt.ArrayLike],
    *,
    labels: Sequence[Sequence[str]] = (),
    true: Sequence[npt.ArrayLike] = (),
    columns: int | None = None,
    alt: str | None = None,
) -> Picture:
    """Images (H, W) from 0 to 1, each with its boxes (M, 4): left, top, right, bottom, in pixels from the corner.

    labels are the names of each image's boxes; true boxes, where given, are dashed.
    """
    op = "draw.with_boxes"
    _require_one_each(op, pictures, boxes=boxes, labels=labels, true=true)
    kinds = [[term(name) for name in names] for names in labels] or [[""] * len(np.asarray(each)) for each in boxes]
    said = say("with boxes and true ones" if len(true) else "with boxes", count=len(pictures))
    picture = _grey(op, pictures, columns, alt or said)
    for axes, each, names in zip(picture.axes, boxes, kinds, strict=True):
        corners = floats(op, "boxes", each).reshape(-1, 4)
        if len(names) != len(corners):
            raise ValueError(f"{op}: labels has {len(names)} names but there are {len(corners)} boxes")
        for box, name in zip(corners, names, strict=True):
            _frame(axes, box, DASHES[0])
            _name(axes, box, name)
    for axes, each in zip(picture.axes, true, strict=False):
        for box in floats(op, "true", each).reshape(-1, 4):
            _frame(axes, box, DASHES[1])
    return picture


def with_masks(
    pictures: Planes, masks: Planes, names: Sequence[str], *, columns: int | None = None, alt: str | None = None
) -> Picture:
    """Images (H, W) from 0 to 1, each with the borders of its mask (H, W): 0 is the ground, j + 1 is names[j].

    Each name has dashes of its own, and stands where its largest piece is.
    """
    op = "draw.with_masks"
    _require_one_each(op, pictures, masks=masks)
    if not 1 <= len(names) <= len(DASHES):
        raise ValueError(f"{op}: names has {len(names)} entries; 1 to {len(DASHES)} fit")
    planes = [np.asarray(mask) for mask in masks]
    said = say("with masks", count=len(planes), items=", ".join(term(name) for name in names))
    picture = _grey(op, pictures, columns, alt or said)
    for axes, mask in zip(picture.axes, planes, strict=True):
        for j, name in enumerate(names):
            _border(axes, mask == j + 1, DASHES[j])
            _name_of_mask(axes, mask == j + 1, term(name))
    return picture


def with_points(
    pictures: Planes,
    points: Sequence[npt.ArrayLike] | Array,
    *,
    bones: Sequence[tuple[int, int]] = (),
    true: Sequence[npt.ArrayLike] | Array = (),
    columns: int | None = None,
    alt: str | None = None,
) -> Picture:
    """Images (H, W) from 0 to 1, each with its points (P, 2), right and down in pixels, and lines between pairs.

    Points are discs; true points, where given, are crosses.
    """
    op = "draw.with_points"
    _require_one_each(op, pictures, points=points, true=true)
    found = [floats(op, "points", each) for each in points]
    said = say("with points and true ones" if len(true) else "with points", count=len(found))
    picture = _grey(op, pictures, columns, alt or said)
    for axes, each in zip(picture.axes, found, strict=True):
        for start, end in bones:
            axes.plot(*each[[start, end]].T, color=PAPER, linewidth=1.6, path_effects=HALO)
        axes.plot(*each.T, "o", markersize=5, color=PAPER, markeredgecolor=INK, markeredgewidth=1.2)
    for axes, there in zip(picture.axes, true, strict=False):
        axes.plot(*floats(op, "true", there).T, "x", markersize=6, color=INK, markeredgewidth=2.6)
        axes.plot(*floats(op, "true", there).T, "x", markersize=5, color=PAPER, markeredgewidth=1.2)
    return picture


def _require_one_each(op: str, pictures: Planes, **given: Sequence[Any] | Array) -> None:
    """For each image one entry, or none at all where an argument may be left out."""
    for name, entries in given.items():
        if len(entries) != len(pictures) and (len(entries) or name not in ("labels", "true")):
            raise ValueError(f"{op}: {name} has {len(entries)} entries but there are {len(pictures)} images")


def _grey(op: str, pictures: Planes, columns: int | None, alt: str) -> Picture:
    """The images in greys from 0 to 1, whose axes keep to the pixels whatever is drawn over them."""
    planes = [floats(op, f"image {i}", picture, "HW") for i, picture in enumerate(pictures)]
    picture = images([np.repeat(plane[..., None], 3, axis=2) for plane in planes], columns=columns, alt=alt)
    for axes, (H, W) in zip(picture.axes, (plane.shape for plane in planes), strict=True):
        axes.set_xlim(-0.5, W - 0.5)
        axes.set_ylim(H - 0.5, -0.5)
        axes.set_autoscale_on(False)
    return picture


def _frame(axes: Axes, box: Array, dashes: Any) -> None:
    """The outline of a box; corners count from the corner of the image, axes from the middle of a pixel."""
    left, top, right, bottom = box - 0.5
    across, down = [left, right, right, left, left], [top, top, bottom, bottom, top]
    axes.plot(across, down, color=INK, linewidth=3.2, solid_joinstyle="miter")
    axes.plot(across, down, color=PAPER, linewidth=1.6, linestyle=dashes, solid_joinstyle="miter")


def _name(axes: Axes, box: Array, name: str) -> None:
    """The name above a box, or in it where the image ends; to the left of its right side where that is near."""
    if name:
        left, top, right, _ = box - 0.5
        W, H = axes.get_xlim()[1], axes.get_ylim()[0]
        at_left, above = left < W / 2, top > H / 8
        _paper(
            axes, left if at_left else right, top, name, "left" if at_left else "right", "bottom" if above else "top"
        )


def _name_of_mask(axes: Axes, inside: Array, name: str) -> None:
    """The name at the largest piece."""
    if inside.any():
        pieces, _ = ndimage.label(inside)
        largest = np.bincount(pieces[inside]).argmax()
        rows, columns = ndimage.find_objects(pieces)[largest - 1]
        _name(axes, np.array([columns.start, rows.start, columns.stop, rows.stop]), name)


def _paper(axes: Axes, x: float, y: float, name: str, ha: str, va: str) -> None:
    style: dict[str, Any] = {"boxstyle": "round,pad=0.12", "facecolor": PAPER, "edgecolor": INK, "linewidth": 0.6}
    axes.text(x, y, name, fontsize=FONT, family="DejaVu Sans", color=INK, ha=ha, va=va, bbox=style, zorder=6)


def _border(axes: Axes, inside: Array, dashes: Any) -> None:
    """The line between what is inside and what is not, closed at the edge of the image."""
    if inside.any():
        padded = np.pad(inside.astype(float), 1)
        rows, columns = (np.arange(-1, n + 1) for n in inside.shape)
        axes.contour(columns, rows, padded, [0.5], colors=INK, linewidths=3.2)
        axes.contour(columns, rows, padded, [0.5], colors=PAPER, linewidths=1.6, linestyles=[dashes])
