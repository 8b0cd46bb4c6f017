"""Intersection over union of masks, class by class."""

import numpy as np
import numpy.typing as npt

from cnnlib.ops._arguments import Array, whole, whole_numbers


def mask_iou(found: npt.ArrayLike, true: npt.ArrayLike, classes: int) -> Array:
    """For each class, the pixels that both masks give it over those that either does: (classes,).

    found and true hold a class for each pixel, of one image or of many, in the same shape; True is 1. Pixels of all
    images are counted together. A class that neither mask has is nan: nothing can be said of it.
    """
    whole("mask_iou", "classes", classes, least=1)
    one = whole_numbers("mask_iou", "found", _numbered(found), below=classes)
    other = whole_numbers("mask_iou", "true", _numbered(true), below=classes)
    if one.shape != other.shape:
        raise ValueError(f"mask_iou: found has shape {one.shape} but true has {other.shape}")
    pairs = np.bincount(classes * other.ravel() + one.ravel(), minlength=classes**2).reshape(classes, classes)
    both = np.diag(pairs)
    either = pairs.sum(axis=0) + pairs.sum(axis=1) - both
    return np.divide(both, either, out=np.full(classes, np.nan), where=either > 0)


def _numbered(mask: npt.ArrayLike) -> npt.ArrayLike:
    """A mask of yes and no as one of 1 and 0; all else as it is."""
    return mask.astype(np.int64) if isinstance(mask, np.ndarray) and mask.dtype == bool else mask
