"""Numbers as they are written in pictures."""

import math

import numpy as np

from cnnlib.draw.words import say
from cnnlib.ops._arguments import Array, floats

WHOLE_LIMIT = 1e6  # whole numbers below it are written out


def number(value: float, digits: int = 3) -> str:
    """The value with so many significant digits, and a true minus sign."""
    value = float(value)
    if not math.isfinite(value):
        return str(value).replace("inf", "∞").replace("-", "−")
    if abs(value) < WHOLE_LIMIT and (value.is_integer() or abs(value) >= 10**digits):
        return f"{value + 0.0:.0f}".replace("-", "−")
    mantissa, _, power = f"{value:.{digits}g}".partition("e")
    return (f"{mantissa}e{int(power)}" if power else mantissa).replace("-", "−")


def numbers(array: Array, digits: int = 3) -> Array:
    """Each value of the array as text, in an array of the same shape."""
    texts = [number(value, digits) for value in array.ravel()]
    return np.array(texts, dtype=object).reshape(array.shape)


def plane(op: str, name: str, value: object) -> Array:
    """A 1-D or 2-D array as (H, W); one axis becomes one row."""
    array = floats(op, name, value)  # type: ignore[arg-type]
    if array.ndim not in (1, 2):
        raise ValueError(f"{op}: {name} has {array.ndim} axes but 1 or 2 fit ({name} {array.shape})")
    if array.size == 0:
        raise ValueError(f"{op}: {name} is empty; one value or more fits ({name} {array.shape})")
    return np.atleast_2d(array)


def largest(*arrays: Array) -> float:
    """The largest finite magnitude, or 1 where all is zero: what a colour scale reaches on both sides."""
    finite = np.concatenate([array[np.isfinite(array)].ravel() for array in arrays])
    return float(np.abs(finite).max(initial=0)) or 1.0


def listed(array: Array, limit: int = 40) -> str:
    """A small array value by value, rows parted by semicolons; of a large one the range."""
    if array.size <= limit:
        return "; ".join(" ".join(row) for row in numbers(np.atleast_2d(array)))
    return say("range", low=number(np.nanmin(array)), high=number(np.nanmax(array)))


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as it is said: 3×4; 7 for one axis of seven."""
    return "×".join(str(n) for n in shape)
