"""Local response normalisation: a strong channel holds its neighbours down, as in AlexNet."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cnnlib.ops._arguments import Array, floats, number, upstream, whole


class LocalResponseNormCache(NamedTuple):
    x: Array  # (N, C, H, W)
    y: Array
    scale: Array  # k + α/size Σ x² over the neighbouring channels
    size: int
    alpha: float
    beta: float


def local_response_norm_forward(
    x: npt.ArrayLike, size: int, *, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> tuple[Array, LocalResponseNormCache]:
    """y = x / (k + α/size Σ x²)^β, the sum over `size` channels around each, from x (N, C, H, W).

    An even size reaches one channel further down than up.
    """
    op = "local_response_norm"
    x = floats(op, "x", x, "NCHW")
    size = whole(op, "size", size, least=1)
    alpha = number(op, "alpha", alpha, least=0)
    beta = number(op, "beta", beta)
    k = number(op, "k", k, least=0)
    scale = k + alpha / size * _sum_of_neighbours(x**2, below=size // 2, above=(size - 1) // 2)
    y = x * scale**-beta
    return y, LocalResponseNormCache(x, y, scale, size, alpha, beta)


def local_response_norm_backward(dy: npt.ArrayLike, cache: LocalResponseNormCache) -> Array:
    """dx (N, C, H, W): its own share, less what x did to every channel that counts it as a neighbour."""
    x, y, scale, size, alpha, beta = cache
    dy = upstream("local_response_norm", dy, x.shape)
    # i lies below j exactly where j lies above i, so the way back swaps the two reaches.
    held_down = _sum_of_neighbours(dy * y / scale, below=(size - 1) // 2, above=size // 2)
    return dy * scale**-beta - 2 * alpha * beta / size * x * held_down


def _sum_of_neighbours(x: Array, *, below: int, above: int) -> Array:
    """For each channel, the sum from `below` channels before it to `above` after it; beyond the ends is 0."""
    C = x.shape[1]
    padded = np.pad(x, ((0, 0), (below, above), (0, 0), (0, 0)))
    total = np.zeros_like(x)
    for offset in range(below + 1 + above):
        total += padded[:, offset : offset + C]
    return total
