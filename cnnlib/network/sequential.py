"""Layers in a row."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlib.network.layers import Layer
from cnnlib.ops._arguments import Array


class Network:
    """Layers applied one after the other; their arrays are named by place and role, as in "0.w"."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = tuple(layers)
        if len({id(layer) for layer in self.layers}) < len(self.layers):
            raise ValueError("Network: a layer stands in it twice; a layer of its own for each place fits")

    def forward(self, x: npt.ArrayLike, *, training: bool = False) -> Array:
        """What the last layer gives for x."""
        y = np.asarray(x)
        for layer in self.layers:
            y = layer.forward(y, training=training)
        return y

    def backward(self, dy: npt.ArrayLike) -> Array:
        """The gradient of x, after a forward with `training`; those of `params` are then in `grads`."""
        dx = np.asarray(dy)
        for layer in reversed(self.layers):
            dx = layer.backward(dx)
        return dx

    @property
    def params(self) -> dict[str, Array]:
        """The arrays that are learnt: the layers' own, so that what is written into them counts."""
        return {f"{i}.{name}": a for i, layer in enumerate(self.layers) for name, a in layer.params.items()}

    @property
    def grads(self) -> dict[str, Array]:
        """The gradients of the last backward, named as `params`."""
        return {f"{i}.{name}": a for i, layer in enumerate(self.layers) for name, a in layer.grads.items()}

    @property
    def running(self) -> dict[str, Array]:
        """The arrays that are collected rather than learnt, such as the means of batch normalisation."""
        return {f"{i}.{name}": a for i, layer in enumerate(self.layers) for name, a in layer.running.items()}

    def save(self, path: str | Path) -> None:
        """Write `params` and `running` to a file in numpy's npz format."""
        arrays: dict[str, Any] = self.params | self.running
        with Path(path).open("wb") as file:
            np.savez(file, **arrays)

    def load(self, path: str | Path) -> None:
        """Take over the arrays of a file that a network of the same layers saved."""
        with np.load(path, allow_pickle=False) as stored:
            loaded = dict(stored)
        own = self.params | self.running
        shapes, loaded_shapes = ({n: a.shape for n, a in arrays.items()} for arrays in (own, loaded))
        if shapes != loaded_shapes:
            name = next(n for n in shapes | loaded_shapes if shapes.get(n) != loaded_shapes.get(n))
            raise ValueError(
                f"Network.load: {name} has shape {loaded_shapes.get(name, 'none')} in the file but "
                f"{shapes.get(name, 'none')} in the network"
            )
        for name, array in own.items():
            array[...] = loaded[name]

    def __repr__(self) -> str:
        count = sum(array.size for array in self.params.values())
        lines = [f"Network of {len(self.layers)} layers, {count:,} parameters"]
        for i, layer in enumerate(self.layers):
            shapes = "  ".join(f"{name} {array.shape}" for name, array in layer.params.items())
            lines.append(f"{i:3}  {type(layer).__name__:<16} {shapes}".rstrip())
        return "\n".join(lines)
