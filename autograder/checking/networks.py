"""Observing a torch network that a student has built: its shapes, and what it computes with weights of the judge's."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.checking.caller import Answer
from autograder.checking.values import Tensor

MODES = ("eval", "train")


def observe_network(network: Answer, inputs: Sequence[np.ndarray], *, seed: int, modes: Sequence[str] = MODES) -> Any:
    """The shapes of its parameters and buffers, and its outputs for `inputs` in each mode.

    Its arrays are filled in their order, so two networks of the same structure compute the same, however their
    layers are named. In train mode, leave networks out that draw random numbers.
    """
    arrays = network.arrays()
    seen: dict[str, Any] = {"shapes": [array.shape for array in arrays.values()]}
    network.load(filled(arrays, seed))
    for mode in modes:
        getattr(network, mode)()
        seen[mode] = [network(Tensor(x)) for x in inputs]
    return seen


def filled(arrays: Mapping[str, np.ndarray], seed: int) -> list[np.ndarray]:
    """Random values in place of `arrays`, of a size that keeps signals alive; counters stay as they are."""
    rng = np.random.default_rng(seed)
    return [_values(name, array, rng) for name, array in arrays.items()]


def _values(name: str, array: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    if array.dtype.kind != "f":
        return array
    if name.endswith("running_var"):
        return rng.uniform(0.5, 2.0, array.shape).astype(array.dtype)
    fan_in = max(1, int(np.prod(array.shape[1:])))
    return (rng.normal(size=array.shape) / np.sqrt(fan_in)).astype(array.dtype)
