"""How weights start: large enough not to die out through depth, small enough not to explode.

| name     | Var(w)             | where from                                                                |
|----------|--------------------|---------------------------------------------------------------------------|
| `lecun`  | 1 / n_in           | LeCun et al. 1998: keeps the variance forward; notes often say "Xavier"   |
| `xavier` | 2 / (n_in + n_out) | Glorot and Bengio 2010: between what forward and what backward would want |
| `he`     | 2 / n_in           | He et al. 2015: ReLU removes half, and the 2 makes up for it              |

The names are those of torch and Keras; where n_in = n_out, the first two are one. Draws are made in float64
and rounded: one seed gives the same weights in float32.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlib.ops._arguments import Array, generator, number, whole


def zeros(shape: Sequence[int], *, dtype: npt.DTypeLike = np.float64) -> Array:
    """All 0: right for a bias, wrong for weights, which would stay equal for ever."""
    return np.zeros(_shape("zeros", shape), _dtype("zeros", dtype))


def normal(shape: Sequence[int], rng: np.random.Generator, *, std: float, dtype: npt.DTypeLike = np.float64) -> Array:
    """Gaussian draws of mean 0 and standard deviation `std`."""
    return _normal("normal", shape, rng, number("normal", "std", std, least=0), dtype)


def lecun_normal(
    shape: Sequence[int],
    rng: np.random.Generator,
    *,
    gain: float = 1.0,
    transposed: bool = False,
    dtype: npt.DTypeLike = np.float64,
) -> Array:
    """Gaussian draws of variance gain² / n_in."""
    std = _lecun_std("lecun_normal", shape, gain, transposed)
    return _normal("lecun_normal", shape, rng, std, dtype)


def lecun_uniform(
    shape: Sequence[int],
    rng: np.random.Generator,
    *,
    gain: float = 1.0,
    transposed: bool = False,
    dtype: npt.DTypeLike = np.float64,
) -> Array:
    """Uniform draws of variance gain² / n_in."""
    std = _lecun_std("lecun_uniform", shape, gain, transposed)
    return _uniform("lecun_uniform", shape, rng, std, dtype)


def _lecun_std(op: str, shape: Sequence[int], gain: float, transposed: bool) -> float:
    n_in, _ = _fans(op, shape, transposed)
    return number(op, "gain", gain, least=0) * math.sqrt(1 / n_in)


def xavier_normal(
    shape: Sequence[int],
    rng: np.random.Generator,
    *,
    gain: float = 1.0,
    transposed: bool = False,
    dtype: npt.DTypeLike = np.float64,
) -> Array:
    """Gaussian draws of variance gain² · 2 / (n_in + n_out)."""
    std = _xavier_std("xavier_normal", shape, gain, transposed)
    return _normal("xavier_normal", shape, rng, std, dtype)


def xavier_uniform(
    shape: Sequence[int],
    rng: np.random.Generator,
    *,
    gain: float = 1.0,
    transposed: bool = False,
    dtype: npt.DTypeLike = np.float64,
) -> Array:
    """Uniform draws of variance gain² · 2 / (n_in + n_out)."""
    std = _xavier_std("xavier_uniform", shape, gain, transposed)
    return _uniform("xavier_uniform", shape, rng, std, dtype)


def _xavier_std(op: str, shape: Sequence[int], gain: float, transposed: bool) -> float:
    n_in, n_out = _fans(op, shape, transposed)
    return number(op, "gain", gain, least=0) * math.sqrt(2 / (n_in + n_out))


def he_normal(
    shape: Sequence[int],
    rng: np.random.Generator,
    *,
    alpha: float = 0.0,
    transposed: bool = False,
    dtype: npt.DTypeLike = np.float64,
) -> Array:
    """Gaussian draws of variance 2 / ((1 + α²) n_in), for leaky ReLU with slope α below 0."""
    std = _he_std("he_normal", shape, alpha, transposed)
    return _normal("he_normal", shape, rng, std, dtype)


def he_uniform(
    shape: Sequence[int],
    rng: np.random.Generator,
    *,
    alpha: float = 0.0,
    transposed: bool = False,
    dtype: npt.DTypeLike = np.float64,
) -> Array:
    """Uniform draws of variance 2 / ((1 + α²) n_in), for leaky ReLU with slope α below 0."""
    std = _he_std("he_uniform", shape, alpha, transposed)
    return _uniform("he_uniform", shape, rng, std, dtype)


def _he_std(op: str, shape: Sequence[int], alpha: float, transposed: bool) -> float:
    n_in, _ = _fans(op, shape, transposed)
    alpha = number(op, "alpha", alpha)
    return math.sqrt(2 / ((1 + alpha**2) * n_in))


def fans(shape: Sequence[int], *, transposed: bool = False) -> tuple[int, int]:
    """(n_in, n_out): how many values one output is the sum of, and how many outputs one input goes to.

    Linear weights are (out, in), those of a convolution (K, C/groups, h, w): its window counts, n_in being
    C/groups · h · w. With `transposed`, they are (C, K/groups, h, w). A stride is not taken into account.
    """
    return _fans("fans", shape, transposed)


def gain(activation: Callable[[Array], Array]) -> float:
    """What weights of variance 1 / n_in are multiplied by to keep E[x²] through `activation`: √2 for ReLU.

    1 / √E[f(z)²] with z ~ N(0, 1), by the trapezoidal rule.
    """
    z = np.linspace(-12, 12, 24_001)
    density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    mean_square = np.trapezoid(activation(z) ** 2 * density, z)
    if not mean_square > 0:
        raise ValueError("gain: activation gives 0 everywhere; no gain fits")
    return float(1 / np.sqrt(mean_square))


def _fans(op: str, shape: Sequence[int], transposed: bool) -> tuple[int, int]:
    sizes = _shape(op, shape)
    if len(sizes) < 2:
        raise ValueError(f"{op}: shape is {sizes}; (out, in) or (K, C/groups, h, w) fits")
    first, second, *window = sizes
    n_out, n_in = first * math.prod(window), second * math.prod(window)
    return (n_out, n_in) if transposed else (n_in, n_out)


def _normal(op: str, shape: Sequence[int], rng: np.random.Generator, std: float, dtype: npt.DTypeLike) -> Array:
    draws = generator(op, rng).normal(0.0, std, _shape(op, shape))
    return draws.astype(_dtype(op, dtype), copy=False)


def _uniform(op: str, shape: Sequence[int], rng: np.random.Generator, std: float, dtype: npt.DTypeLike) -> Array:
    reach = math.sqrt(3) * std  # values from -reach to reach have the variance reach² / 3
    draws = generator(op, rng).uniform(-reach, reach, _shape(op, shape))
    return draws.astype(_dtype(op, dtype), copy=False)


def _shape(op: str, shape: Sequence[int]) -> tuple[int, ...]:
    if not isinstance(shape, Sequence):
        raise TypeError(f"{op}: shape is {shape!r}; a tuple of whole numbers fits")
    return tuple(whole(op, "shape", size, least=1) for size in shape)


def _dtype(op: str, dtype: npt.DTypeLike) -> np.dtype[Any]:
    wanted = np.dtype(dtype)
    if wanted not in (np.float32, np.float64):
        raise TypeError(f"{op}: dtype is {wanted}; float32 or float64 fits")
    return wanted
