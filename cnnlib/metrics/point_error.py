"""How far found points lie from the true ones."""

import numpy as np
import numpy.typing as npt

from cnnlib.ops._arguments import floats


def point_error(found: npt.ArrayLike, true: npt.ArrayLike) -> float:
    """The mean distance of points (..., 2) from the true ones, in their unit."""
    one, other = floats("point_error", "found", found), floats("point_error", "true", true)
    if one.shape != other.shape or one.shape[-1:] != (2,):
        raise ValueError(f"point_error: found and true have shapes {one.shape} and {other.shape}; one (..., 2) fits")
    if not one.size:
        raise ValueError(f"point_error: found is empty; one point or more fits (found {one.shape})")
    return float(np.linalg.norm(one - other, axis=-1).mean())
