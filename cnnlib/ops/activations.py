"""Ten functions that bend, one number at a time, each with its derivative under it.

Each takes x of any shape. What it must remember for the way back is its input or, where the derivative is a
function of the value itself, its output.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cnnlib.ops._arguments import Array, floats, number, upstream


class InputCache(NamedTuple):
    x: Array


class OutputCache(NamedTuple):
    y: Array


class AlphaCache(NamedTuple):
    x: Array
    alpha: float


def identity_forward(x: npt.ArrayLike) -> tuple[Array, InputCache]:
    """y = x, a copy."""
    x = floats("identity", "x", x)
    return x.copy(), InputCache(x)


def identity_backward(dy: npt.ArrayLike, cache: InputCache) -> Array:
    """dx = dy."""
    return upstream("identity", dy, cache.x.shape).copy()


def heaviside_forward(x: npt.ArrayLike) -> tuple[Array, InputCache]:
    """y = 0 where x < 0, 1 where x ≥ 0: the step is taken at 0 itself."""
    x = floats("heaviside", "x", x)
    return np.heaviside(x, 1), InputCache(x)


def heaviside_backward(dy: npt.ArrayLike, cache: InputCache) -> Array:
    """dx = 0: flat on both sides and, by convention, at the step, so nothing is learnt through it."""
    return np.zeros_like(upstream("heaviside", dy, cache.x.shape))


def sigmoid_forward(x: npt.ArrayLike) -> tuple[Array, OutputCache]:
    """y = 1 / (1 + e⁻ˣ)."""
    x = floats("sigmoid", "x", x)
    y = np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))  # no exponent above 0, so no overflow
    return y, OutputCache(y)


def sigmoid_backward(dy: npt.ArrayLike, cache: OutputCache) -> Array:
    """dx = dy · y (1 - y)."""
    (y,) = cache
    return upstream("sigmoid", dy, y.shape) * y * (1 - y)


def tanh_forward(x: npt.ArrayLike) -> tuple[Array, OutputCache]:
    """y = tanh x."""
    y = np.tanh(floats("tanh", "x", x))
    return y, OutputCache(y)


def tanh_backward(dy: npt.ArrayLike, cache: OutputCache) -> Array:
    """dx = dy · (1 - y²)."""
    (y,) = cache
    return upstream("tanh", dy, y.shape) * (1 - y**2)


def arctan_forward(x: npt.ArrayLike) -> tuple[Array, InputCache]:
    """y = arctan x, between -π/2 and π/2."""
    x = floats("arctan", "x", x)
    return np.arctan(x), InputCache(x)


def arctan_backward(dy: npt.ArrayLike, cache: InputCache) -> Array:
    """dx = dy / (1 + x²)."""
    (x,) = cache
    return upstream("arctan", dy, x.shape) * (1 / np.hypot(1, x)) ** 2  # x² alone could overflow


def relu_forward(x: npt.ArrayLike) -> tuple[Array, InputCache]:
    """y = max(0, x)."""
    x = floats("relu", "x", x)
    return np.maximum(x, 0), InputCache(x)


def relu_backward(dy: npt.ArrayLike, cache: InputCache) -> Array:
    """dx = dy where x > 0, else 0: at 0, where there is no derivative, 0 by convention."""
    (x,) = cache
    return np.where(x > 0, upstream("relu", dy, x.shape), 0)


def leaky_relu_forward(x: npt.ArrayLike, alpha: float = 0.01) -> tuple[Array, AlphaCache]:
    """y = x where x > 0, else αx."""
    x = floats("leaky_relu", "x", x)
    alpha = number("leaky_relu", "alpha", alpha)
    return np.where(x > 0, x, alpha * x), AlphaCache(x, alpha)


def leaky_relu_backward(dy: npt.ArrayLike, cache: AlphaCache) -> Array:
    """dx = dy where x > 0, else α dy."""
    x, alpha = cache
    dy = upstream("leaky_relu", dy, x.shape)
    return np.where(x > 0, dy, alpha * dy)


def elu_forward(x: npt.ArrayLike, alpha: float = 1.0) -> tuple[Array, AlphaCache]:
    """y = x where x > 0, else α (eˣ - 1)."""
    x = floats("elu", "x", x)
    alpha = number("elu", "alpha", alpha)
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))), AlphaCache(x, alpha)


def elu_backward(dy: npt.ArrayLike, cache: AlphaCache) -> Array:
    """dx = dy where x > 0, else α eˣ dy."""
    x, alpha = cache
    return upstream("elu", dy, x.shape) * np.where(x > 0, 1, alpha * np.exp(np.minimum(x, 0)))


SELU_SCALE = 1.0507009873554805  # λ and α for which mean 0 and variance 1 reproduce themselves
SELU_ALPHA = 1.6732632423543772


def selu_forward(x: npt.ArrayLike) -> tuple[Array, InputCache]:
    """y = λx where x > 0, else λα (eˣ - 1): elu with the two constants that keep activations normalised."""
    x = floats("selu", "x", x)
    return SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * np.expm1(np.minimum(x, 0))), InputCache(x)


def selu_backward(dy: npt.ArrayLike, cache: InputCache) -> Array:
    """dx = λ dy where x > 0, else λα eˣ dy."""
    (x,) = cache
    slope = np.where(x > 0, 1, SELU_ALPHA * np.exp(np.minimum(x, 0)))
    return upstream("selu", dy, x.shape) * SELU_SCALE * slope


def softsign_forward(x: npt.ArrayLike) -> tuple[Array, InputCache]:
    """y = x / (1 + |x|), between -1 and 1."""
    x = floats("softsign", "x", x)
    return x / (1 + np.abs(x)), InputCache(x)


def softsign_backward(dy: npt.ArrayLike, cache: InputCache) -> Array:
    """dx = dy / (1 + |x|)²."""
    (x,) = cache
    return upstream("softsign", dy, x.shape) * (1 / (1 + np.abs(x))) ** 2  # (1 + |x|)² could overflow
