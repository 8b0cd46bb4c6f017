"""How well masks, boxes and points were found, and the numbers that say it; numpy alone is needed."""

from cnnlib.metrics.average_precision import average_precision, mean_average_precision
from cnnlib.metrics.box_iou import box_iou
from cnnlib.metrics.mask_iou import mask_iou
from cnnlib.metrics.non_max_suppression import non_max_suppression
from cnnlib.metrics.point_error import point_error

__all__ = [
    "average_precision",
    "box_iou",
    "mask_iou",
    "mean_average_precision",
    "non_max_suppression",
    "point_error",
]
