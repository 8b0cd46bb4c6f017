"""What is added to a loss to keep weights small (L2) or few (L1)."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cnnlib.ops._arguments import Array, floats, number, upstream


class PenaltyCache(NamedTuple):
    w: Array
    strength: float


def l1_penalty_forward(w: npt.ArrayLike, strength: float) -> tuple[np.floating[Any], PenaltyCache]:
    """λ Σ|w|, a number, from w of any shape and λ = `strength`."""
    w, strength = _arguments("l1_penalty", w, strength)
    return strength * np.abs(w).sum(), PenaltyCache(w, strength)


def l1_penalty_backward(dy: npt.ArrayLike, cache: PenaltyCache) -> Array:
    """dw = dy · λ sign(w), dy being 1 where the penalty is added to the loss: every weight loses the same."""
    w, strength = cache
    return _number("l1_penalty", dy, w) * strength * np.sign(w)


def l2_penalty_forward(w: npt.ArrayLike, strength: float) -> tuple[np.floating[Any], PenaltyCache]:
    """λ Σw², a number, from w of any shape and λ = `strength`.

    There is no ½ here; with one, the same λ would pull half as hard.
    """
    w, strength = _arguments("l2_penalty", w, strength)
    return strength * (w**2).sum(), PenaltyCache(w, strength)


def l2_penalty_backward(dy: npt.ArrayLike, cache: PenaltyCache) -> Array:
    """dw = dy · 2λw, dy being 1 where the penalty is added to the loss: every weight loses the same share."""
    w, strength = cache
    return _number("l2_penalty", dy, w) * 2 * strength * w


def _arguments(op: str, w: npt.ArrayLike, strength: float) -> tuple[Array, float]:
    return floats(op, "w", w), number(op, "strength", strength, least=0)


def _number(op: str, dy: npt.ArrayLike, w: Array) -> Array:
    """dy in the type of w, so that a plain 1.0 leaves float32 as it is."""
    return upstream(op, dy, ()).astype(w.dtype)
