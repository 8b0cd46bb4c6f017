"""Is a backward right? Its gradient is compared with what the forward does when an input moves a little."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from cnnlib.ops._arguments import Array

Forward = Callable[..., tuple[Any, Any]]
Backward = Callable[[Any, Any], Any]


class GradientMismatch(AssertionError):
    """A backward that disagrees with its forward."""


def check_gradient(
    op: str,
    forward: Forward,
    backward: Backward,
    inputs: Mapping[str, Array],
    *,
    rng: np.random.Generator,
    directions: int = 32,
    step: float = 1e-3,
    tolerance: float = 1e-7,
) -> None:
    """Raise GradientMismatch unless `backward(dy, cache)` is the gradient of `forward(**inputs)`, (y, cache).

    `inputs` are float64, of ordinary size (about 1), and named as `forward` names them; `backward` returns
    their gradients in the same order. A random dy gives each output its own weight. For each input, the slope
    of ⟨dy, y⟩ along a direction v must be ⟨gradient, v⟩. Each entry moves in exactly one of at most
    `directions` random directions: alone while they suffice, and beyond that among few.

    Entries move by up to 2 · `step`. Keep them further than that from a kink, and twice as far apart where
    they compete, as in max pooling: at a kink no slope is right on both sides.
    """
    _require_float64(op, inputs)
    y, cache = forward(**inputs)
    dy = _signed(rng, np.shape(y))
    rounding = 100 * np.finfo(np.float64).eps * np.abs(dy * y).sum() / step
    gradients = _as_tuple(backward(dy, cache))
    if len(gradients) != len(inputs):
        raise GradientMismatch(f"{op}: {len(gradients)} gradients came back for {len(inputs)} inputs")
    for (name, value), gradient in zip(inputs.items(), gradients, strict=True):
        if np.shape(gradient) != value.shape:
            raise GradientMismatch(
                f"{op}: the gradient of {name} has shape {np.shape(gradient)} but {name} has {value.shape}"
            )
        for v in _directions(rng, value.shape, directions):
            slope = _slope(forward, inputs, name, v, dy, step)
            claimed = np.vdot(gradient, v)
            allowed = tolerance * np.linalg.norm(gradient * v) + rounding
            if not abs(claimed - slope) <= allowed:
                raise GradientMismatch(
                    f"{op}: the gradient of {name} gives {claimed:.10g} where y changes by {slope:.10g}"
                    f"{_where(v)} ({name} {value.shape})"
                )


def _slope(forward: Forward, inputs: Mapping[str, Array], name: str, v: Array, dy: Array, step: float) -> float:
    """How fast ⟨dy, y⟩ grows as the input `name` moves along v."""

    def difference_quotient(reach: float) -> float:
        after, _ = forward(**{**inputs, name: inputs[name] + reach * v})
        before, _ = forward(**{**inputs, name: inputs[name] - reach * v})
        return float(np.vdot(dy, after - before)) / (2 * reach)

    # Each is wrong by a multiple of its reach squared: this leaves the fourth power only.
    return (4 * difference_quotient(step) - difference_quotient(2 * step)) / 3


def _directions(rng: np.random.Generator, shape: tuple[int, ...], count: int) -> Iterator[Array]:
    """At most `count` directions that share the entries out among them, at random."""
    size = int(np.prod(shape))
    for group in np.array_split(rng.permutation(size), max(1, min(size, count))):
        v = np.zeros(size)
        v[group] = _signed(rng, group.shape)
        yield v.reshape(shape)


def _signed(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Numbers of either sign from ½ to 1 in size: all different, and none too small to show an error."""
    return rng.choice([-1.0, 1.0], size=shape) * rng.uniform(0.5, 1.0, size=shape)


def _where(v: Array) -> str:
    places = np.argwhere(v)
    if len(places) > 1:
        return f" along a direction over {len(places)} of its entries"
    return f" for its entry {tuple(int(i) for i in places[0])}" if v.ndim and len(places) else ""


def _as_tuple(gradients: Any) -> tuple[Any, ...]:
    """The gradients that came back, less the None of an input that was not given."""
    if not isinstance(gradients, tuple):
        return (gradients,)
    return tuple(gradient for gradient in gradients if gradient is not None)


def _require_float64(op: str, inputs: Mapping[str, Array]) -> None:
    for name, value in inputs.items():
        if not isinstance(value, np.ndarray) or value.dtype != np.float64:
            came = f"dtype {value.dtype}" if isinstance(value, np.ndarray) else type(value).__name__
            raise TypeError(f"check_gradient: {name} of {op} is {came}; a float64 array fits")
