"""Global average pooling: one number for each feature map, whatever its size."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cnnlib.ops._arguments import Array, floats, upstream
from cnnlib.ops._pooling import require_pixels


class GlobalAvgPool2dCache(NamedTuple):
    x_shape: tuple[int, int, int, int]


def global_avg_pool2d_forward(x: npt.ArrayLike) -> tuple[Array, GlobalAvgPool2dCache]:
    """The mean of each plane: x (N, C, H, W) -> y (N, C)."""
    x = floats("global_avg_pool2d", "x", x, "NCHW")
    require_pixels("global_avg_pool2d", x)
    N, C, H, W = x.shape
    return x.mean(axis=(2, 3)), GlobalAvgPool2dCache((N, C, H, W))


def global_avg_pool2d_backward(dy: npt.ArrayLike, cache: GlobalAvgPool2dCache) -> Array:
    """dy (N, C) -> dx (N, C, H, W): each pixel gets the same share."""
    N, C, H, W = cache.x_shape
    dy = upstream("global_avg_pool2d", dy, (N, C))
    share = (dy / (H * W))[:, :, None, None]  # (N, C, 1, 1)
    return np.broadcast_to(share, (N, C, H, W)).copy()
