"""Intersection over union of boxes: how much of two boxes is shared."""

import numpy as np
import numpy.typing as npt

from cnnlib.metrics._arguments import boxes_given
from cnnlib.ops._arguments import Array


def box_iou(a: npt.ArrayLike, b: npt.ArrayLike) -> Array:
    """The shared area of each box of a (M, 4) and each of b (P, 4), over the area of either: (M, P) from 0 to 1.

    A box is left, top, right, bottom. Two boxes without area share nothing.
    """
    first, second = boxes_given("box_iou", "a", a)[:, None], boxes_given("box_iou", "b", b)[None]
    corner = np.maximum(first[..., :2], second[..., :2])
    opposite = np.minimum(first[..., 2:], second[..., 2:])
    shared = (opposite - corner).clip(min=0).prod(axis=-1)
    either = _area(first) + _area(second) - shared
    return np.divide(shared, either, out=np.zeros_like(shared), where=either > 0)


def _area(boxes: Array) -> Array:
    return (boxes[..., 2:] - boxes[..., :2]).prod(axis=-1)
