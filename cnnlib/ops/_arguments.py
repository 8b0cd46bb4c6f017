"""What every operation asks of its arguments, and the one wording in which it refuses them.

    conv2d: x has 3 channels but w expects 4 (x (2, 3, 8, 8), w (5, 4, 3, 3))

The operation, the argument, what came, what fits: in that order.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Pair = tuple[int, int]
Sides = tuple[Pair, Pair]  # ((top, bottom), (left, right))


def floats(op: str, name: str, value: npt.ArrayLike, axes: str | None = None) -> Array:
    """`value` as a float array: float32 and float64 as they are, integers as float64.

    `axes` is the shape in letters, such as "NCHW"; leave it out where any shape fits.
    """
    if type(value).__module__.partition(".")[0] == "torch":
        raise TypeError(f"{op}: {name} is a torch tensor; give an array, such as {name}.detach().numpy()")
    array = np.asarray(value)
    if array.dtype.kind in "iub":
        array = array.astype(np.float64)
    if array.dtype not in (np.float32, np.float64):
        raise TypeError(f"{op}: {name} has dtype {array.dtype}; float32, float64 and integers fit")
    if axes is not None and array.ndim != len(axes):
        fits = f"{len(axes)} fit, ({', '.join(axes)})"
        raise ValueError(f"{op}: {name} has {array.ndim} axes but {fits} ({name} {array.shape})")
    return array


def whole(op: str, name: str, value: Any, *, least: int) -> int:
    """`value` as an int of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{op}: {name} is {value!r}; a whole number fits")
    if value < least:
        raise ValueError(f"{op}: {name} is {value}; {least} or more fits")
    return int(value)


def number(op: str, name: str, value: Any, *, least: float = -np.inf, most: float = np.inf) -> float:
    """`value` as a finite float from `least` to `most`."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError(f"{op}: {name} is {value!r}; a number fits")
    if not np.isfinite(value):
        raise ValueError(f"{op}: {name} is {value}; a finite number fits")
    if not least <= value <= most:
        fits = f"{least} or more" if np.isinf(most) else f"{least} to {most}"
        raise ValueError(f"{op}: {name} is {value}; {fits} fits")
    return float(value)


def pair(op: str, name: str, value: int | Sequence[int], *, least: int) -> Pair:
    """One number for both axes, or one for each, as (vertical, horizontal)."""
    if not isinstance(value, Sequence | np.ndarray):
        number = whole(op, name, value, least=least)
        return number, number
    if len(value) != 2:
        raise ValueError(f"{op}: {name} has {len(value)} numbers; one or two fit")
    vertical, horizontal = value
    return whole(op, name, vertical, least=least), whole(op, name, horizontal, least=least)


def show_shapes(**arrays: Array) -> str:
    """The shapes that end a message: `(x (2, 3, 8, 8), w (5, 4, 3, 3))`."""
    return "(" + ", ".join(f"{name} {array.shape}" for name, array in arrays.items()) + ")"


def upstream(op: str, dy: npt.ArrayLike, shape: tuple[int, ...]) -> Array:
    """The gradient that arrives at an operation: it has the shape of what the operation gave."""
    array = floats(op, "dy", dy)
    if array.shape != shape:
        raise ValueError(f"{op}: dy has shape {array.shape} but y had {shape}")
    return array


def whole_numbers(op: str, name: str, value: npt.ArrayLike, *, below: int) -> Array:
    """`value` as an array of whole numbers from 0 to `below` - 1: class labels, or rows of a table."""
    if type(value).__module__.partition(".")[0] == "torch":
        raise TypeError(f"{op}: {name} is a torch tensor; give an array, such as {name}.numpy()")
    array = np.asarray(value)
    fits = f"whole numbers from 0 to {below - 1} fit"
    if array.dtype.kind not in "iu":
        raise TypeError(f"{op}: {name} has dtype {array.dtype}; {fits}")
    if array.size and not (array.min() >= 0 and array.max() < below):
        wrong = array[(array < 0) | (array >= below)][0]
        raise ValueError(f"{op}: {name} holds {wrong}; {fits}")
    return array


def generator(op: str, rng: Any) -> np.random.Generator:
    """`rng`, where it is a random generator."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"{op}: rng is {rng!r}; a generator fits, such as numpy.random.default_rng(0)")
    return rng
