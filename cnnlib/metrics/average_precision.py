"""Average precision: one number for a detector, whatever score one would cut at (Everingham and others 2010)."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cnnlib.metrics._arguments import boxes_given, scores_given
from cnnlib.metrics.box_iou import box_iou
from cnnlib.ops._arguments import Array, number, whole

Boxes = Sequence[npt.ArrayLike]


def average_precision(boxes: Boxes, scores: Boxes, true: Boxes, *, threshold: float = 0.5) -> float:
    """The area under precision over recall, for boxes (M, 4) and scores (M,) of each image, and the true boxes (P, 4).

    From the highest score of all images down, a box is right if its intersection over union with the true box that
    it fits best is at least `threshold`, and no better box had that one. The precision at a recall is the best that
    is reached there or beyond. Without true boxes it is nan.
    """
    op = "average_precision"
    if not len(boxes) == len(scores) == len(true):
        raise ValueError(f"{op}: boxes, scores and true are of {len(boxes)}, {len(scores)} and {len(true)} images")
    number(op, "threshold", threshold, least=0, most=1)
    right, all_scores, wanted = [], [], 0
    for found, sure, there in zip(boxes, scores, true, strict=True):
        found_boxes, there_boxes = boxes_given(op, "boxes", found), boxes_given(op, "true", there)
        values = scores_given(op, "scores", sure, found_boxes)
        order = np.argsort(-values, kind="stable")
        right.append(_hits(box_iou(found_boxes[order], there_boxes), threshold))
        all_scores.append(values[order])
        wanted += len(there_boxes)
    if not wanted:
        return float("nan")
    hits = np.concatenate(right)[np.argsort(-np.concatenate(all_scores), kind="stable")]
    return _area(hits, wanted)


def mean_average_precision(
    boxes: Boxes, scores: Boxes, labels: Boxes, true: Boxes, true_labels: Boxes, *, classes: int, threshold: float = 0.5
) -> float:
    """The mean over the classes of the average precision of each, among the classes that there are."""
    whole("mean_average_precision", "classes", classes, least=1)
    each = []
    for label in range(classes):
        mine = [np.asarray(given) == label for given in labels]
        there = [np.asarray(given) == label for given in true_labels]
        chosen = (_chosen(boxes, mine), _chosen(scores, mine), _chosen(true, there))
        each.append(average_precision(*chosen, threshold=threshold))
    return float(np.nanmean(each))


def _chosen(images: Boxes, rows: Sequence[Array]) -> list[Array]:
    return [np.asarray(image)[chosen] for image, chosen in zip(images, rows, strict=True)]


def _hits(overlaps: Array, threshold: float) -> Array:
    """For each box, in falling order of score, whether it is the first that finds its true box: (M,)."""
    hits = np.zeros(len(overlaps), dtype=bool)
    taken: set[int] = set()
    for place, row in enumerate(overlaps):
        best = int(row.argmax()) if len(row) else -1
        if best >= 0 and row[best] >= threshold and best not in taken:
            hits[place] = True
            taken.add(best)
    return hits


def _area(hits: Array, wanted: int) -> float:
    """The area under the falling edge of precision over recall."""
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    best_from_here = np.maximum.accumulate(precision[::-1])[::-1]
    return float(best_from_here[hits].sum() / wanted)
