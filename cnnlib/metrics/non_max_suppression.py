"""Non-maximum suppression: of boxes that lie on one another, the best alone."""

import numpy as np
import numpy.typing as npt

from cnnlib.metrics._arguments import boxes_given, scores_given
from cnnlib.metrics.box_iou import box_iou
from cnnlib.ops._arguments import Array, number


def non_max_suppression(boxes: npt.ArrayLike, scores: npt.ArrayLike, threshold: float = 0.5) -> Array:
    """The places of the boxes (M, 4) that stay, the highest score first.

    A box goes if its intersection over union with a better one *that stays* is above `threshold`.
    """
    all_boxes = boxes_given("non_max_suppression", "boxes", boxes)
    number("non_max_suppression", "threshold", threshold, least=0, most=1)
    order = np.argsort(-scores_given("non_max_suppression", "scores", scores, all_boxes), kind="stable")
    overlaps = box_iou(all_boxes, all_boxes)
    kept: list[int] = []
    for place in order:
        if not (overlaps[place, kept] > threshold).any():
            kept.append(int(place))
    return np.array(kept, dtype=np.int64)
