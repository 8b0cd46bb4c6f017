"""What boxes are, and how others are refused."""

import numpy as np
import numpy.typing as npt

from cnnlib.ops._arguments import Array, floats


def boxes_given(op: str, name: str, value: npt.ArrayLike) -> Array:
    """`value` as boxes (M, 4), each left, top, right, bottom; an empty list is no box."""
    boxes = floats(op, name, value)
    if boxes.size == 0:
        return np.zeros((0, 4))
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f"{op}: {name} has shape {boxes.shape}; (M, 4) fits, left, top, right, bottom in a row")
    if not (boxes[:, :2] <= boxes[:, 2:]).all():
        wrong = boxes[(boxes[:, :2] > boxes[:, 2:]).any(axis=1)][0]
        raise ValueError(f"{op}: {name} holds {wrong.tolist()}; left ≤ right and top ≤ bottom fit")
    return boxes


def scores_given(op: str, name: str, value: npt.ArrayLike, boxes: Array) -> Array:
    """`value` as a score (M,) for each box."""
    scores = floats(op, name, value).reshape(-1)
    if len(scores) != len(boxes):
        raise ValueError(f"{op}: {name} has {len(scores)} values but there are {len(boxes)} boxes")
    return scores
