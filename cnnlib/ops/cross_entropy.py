"""The loss of a classifier: how surprised it is by the right answers."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cnnlib.ops._arguments import Array, floats, show_shapes, whole_numbers
from cnnlib.ops.softmax import log_softmax


class CrossEntropyCache(NamedTuple):
    log_probabilities: Array  # (N, classes)
    labels: Array  # (N,)


def cross_entropy_forward(logits: npt.ArrayLike, labels: npt.ArrayLike) -> tuple[np.floating[Any], CrossEntropyCache]:
    """The mean of -log softmax(logits)[label], from logits (N, classes) and labels (N,), counted from 0."""
    logits = floats("cross_entropy", "logits", logits, "NK")
    N, classes = logits.shape
    if N == 0 or classes == 0:
        raise ValueError(
            f"cross_entropy: logits is empty; an image and a class at least fit {show_shapes(logits=logits)}"
        )
    labels = whole_numbers("cross_entropy", "labels", labels, below=classes)
    if labels.shape != (N,):
        shapes = show_shapes(logits=logits, labels=labels)
        raise ValueError(f"cross_entropy: labels has shape {labels.shape} but ({N},) fits {shapes}")
    log_probabilities = log_softmax(logits)
    return -log_probabilities[np.arange(N), labels].mean(), CrossEntropyCache(log_probabilities, labels)


def cross_entropy_backward(cache: CrossEntropyCache) -> Array:
    """dlogits (N, classes) = (softmax(logits) - one-hot labels) / N: the loss is where gradients start."""
    log_probabilities, labels = cache
    N = len(labels)
    dlogits = np.exp(log_probabilities)
    dlogits[np.arange(N), labels] -= 1
    return dlogits / N
