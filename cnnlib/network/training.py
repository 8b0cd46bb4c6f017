"""Training a network that classifies, and asking it."""

import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from cnnlib.network.sequential import Network
from cnnlib.ops._arguments import Array, floats, generator, whole
from cnnlib.ops.cross_entropy import cross_entropy_backward, cross_entropy_forward
from cnnlib.optim import Optimizer

Augment = Callable[[Array, np.random.Generator], Array]
Schedule = Callable[[float], float]
ASK_AT_ONCE = 256  # images: enough for speed, few enough for memory


class Curves(NamedTuple):
    """The course of a training, one value an epoch; without validation images, its two are empty.

    Loss and accuracy are those of the batches as they were trained on: augmented, with dropout and the like,
    and by a network that moved on from batch to batch.
    """

    loss: list[float]
    accuracy: list[float]
    validation_loss: list[float]
    validation_accuracy: list[float]


def fit(
    network: Network,
    x: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    optimizer: Optimizer,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    validation: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    schedule: Schedule | None = None,
    augment: Augment | None = None,
    progress: bool = True,
) -> Curves:
    """Train by cross-entropy on x (N, ...) with labels (N,), every epoch in a fresh order.

    `schedule` gives the learning rate from the share of the steps done, 0 to 1; `augment(images, rng)` gives
    the images to train on in place of a batch. The progress bar goes to standard output.
    """
    x, labels = _labelled("fit", x, labels)
    epochs, batch_size = (
        whole("fit", name, value, least=1) for name, value in (("epochs", epochs), ("batch_size", batch_size))
    )
    generator("fit", rng)
    steps = epochs * -(-len(x) // batch_size)
    step = 0
    curves = Curves([], [], [], [])
    with tqdm(total=steps, unit="batch", file=sys.stdout, disable=not progress) as bar:
        for epoch in range(1, epochs + 1):
            loss_of_all, right_of_all = 0.0, 0
            for batch in _batches(len(x), batch_size, rng):
                if schedule is not None:
                    optimizer.lr = schedule(step / max(steps - 1, 1))
                images = x[batch] if augment is None else augment(x[batch], rng)
                loss, right = _train_on(network, images, labels[batch], optimizer)
                loss_of_all += loss * len(batch)
                right_of_all += right
                step += 1
                bar.update()
            curves.loss.append(loss_of_all / len(x))
            curves.accuracy.append(right_of_all / len(x))
            if validation is not None:
                loss, share = _loss_and_accuracy(network, *validation)
                curves.validation_loss.append(loss)
                curves.validation_accuracy.append(share)
            bar.set_description(f"epoch {epoch}/{epochs}, loss {curves.loss[-1]:.3f}")
    return curves


def predict(network: Network, x: npt.ArrayLike) -> Array:
    """The class (N,) that the network holds the most likely for each of x (N, ...)."""
    return _scores(network, _images("predict", x)).argmax(axis=1)


def accuracy(network: Network, x: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """The share of x (N, ...) whose predicted class is that of labels (N,)."""
    x, labels = _labelled("accuracy", x, labels)
    return float((predict(network, x) == labels).mean())


def _train_on(network: Network, images: Array, labels: Array, optimizer: Optimizer) -> tuple[float, int]:
    """One step; the batch's loss and how many of it were right, before the step."""
    scores = network.forward(images, training=True)
    loss, cache = cross_entropy_forward(scores, labels)
    network.backward(cross_entropy_backward(cache))
    optimizer.step(network.params, network.grads)
    return float(loss), int((scores.argmax(axis=1) == labels).sum())


def _loss_and_accuracy(network: Network, x: npt.ArrayLike, labels: npt.ArrayLike) -> tuple[float, float]:
    x, labels = _labelled("fit", x, labels)
    scores = _scores(network, x)
    loss, _ = cross_entropy_forward(scores, labels)
    return float(loss), float((scores.argmax(axis=1) == labels).mean())


def _scores(network: Network, x: Array) -> Array:
    return np.concatenate([network.forward(x[start : start + ASK_AT_ONCE]) for start in range(0, len(x), ASK_AT_ONCE)])


def _batches(n: int, batch_size: int, rng: np.random.Generator) -> Iterator[Array]:
    """All of 0 to n - 1 in a random order, the last batch being what remains."""
    order = rng.permutation(n)
    for start in range(0, n, batch_size):
        yield order[start : start + batch_size]


def _labelled(op: str, x: npt.ArrayLike, labels: npt.ArrayLike) -> tuple[Array, Array]:
    x, labels = _images(op, x), np.asarray(labels)
    if labels.shape != (len(x),):
        raise ValueError(f"{op}: labels has shape {labels.shape} but x has {len(x)} images (x {x.shape})")
    if labels.dtype.kind not in "iu":
        raise TypeError(f"{op}: labels has dtype {labels.dtype}; whole numbers from 0 fit")
    return x, labels


def _images(op: str, x: npt.ArrayLike) -> Array:
    x = floats(op, "x", x)
    if x.ndim < 2 or len(x) == 0:
        raise ValueError(f"{op}: x has shape {x.shape}; (N, ...) with an image at least fits")
    return x
