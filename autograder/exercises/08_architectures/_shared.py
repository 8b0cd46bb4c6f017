"""How a network built by a student is observed: by what it learns, and what it computes with the judge's weights."""

import zlib
from math import prod

import numpy as np

from autograder.checking.caller import as_arrays
from autograder.checking.compare import Close
from autograder.checking.exercise import Rule
from autograder.checking.values import Tensor
from autograder.checking.words import Text

READY_MADE = Rule(calls=("cnnlib.models", "torchvision", "torch.hub"))
NEARLY = Close(1e-4)
FLOAT32 = (np.float32,)

PROPERTIES = {
    "learns": Text(
        "it has more or fewer parameters than the network asked for, or some of another shape: "
        "compare its ledger with the text",
        "elle a plus ou moins de paramètres que le réseau demandé, ou certains d’une autre forme : "
        "comparez son registre avec le texte",
    ),
    "unused": Text(
        "a layer was made that has no effect on the output: is it called?",
        "une couche a été créée qui n’a aucun effet sur la sortie : est-elle appelée ?",
    ),
}
NO_RELU = Text(
    "A ReLU is missing. Without one between them, two convolutions are no more than one.",
    "Il manque un ReLU. Sans lui, deux convolutions qui se suivent n’en valent qu’une.",
)


def observed(network, x, seed):
    """The shapes of all that it learns, its output, and the shapes of weights that may change without effect.

    Arrays of the same shape get the same values, so that it does not matter in which order layers were made, nor
    whether a layer that sees everything at once is called linear or a convolution.
    """
    arrays = network.arrays()
    values = [_values(name, array, seed) for name, array in arrays.items()]
    network.load(values)
    network.eval()
    seen = {"learns": _shapes(arrays), "output": as_arrays(network(Tensor(x)))}
    unused = {}
    for place, (name, array) in enumerate(arrays.items()):
        if name.endswith("weight"):
            network.load([*values[:place], _values(name, array, seed + 1), *values[place + 1 :]])
            if np.array_equal(as_arrays(network(Tensor(x))), seen["output"]):
                unused[name] = array
    return seen | {"unused": _shapes(unused)}


def built(*names):
    """An observer that builds a network with the values under `names`, and looks at it through x and seed."""

    def observe(answer, case):
        return observed(answer.make(*(case[name] for name in names)), case["x"], case["seed"])

    return observe


def _shapes(arrays):
    return sorted(_flat(array.shape) for array in arrays.values() if array.dtype.kind == "f")


def _flat(shape):
    return (shape[0], prod(shape[1:])) if len(shape) > 1 else shape


def _values(name, array, seed):
    """Random values that depend on the shape and on what the array is for, such as weight or bias."""
    if array.dtype.kind != "f":
        return array
    use, flat = name.rpartition(".")[2], _flat(array.shape)
    rng = np.random.default_rng([seed, zlib.crc32(use.encode()), *flat])
    if use == "running_var":
        return rng.uniform(0.5, 2.0, array.shape).astype(array.dtype)
    fan_in = max(1, prod(flat[1:]))
    return (rng.normal(size=array.shape) / np.sqrt(fan_in)).astype(array.dtype)
