"""Images with their labels, and the three parts that an honest experiment needs."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cnnlib.ops._arguments import Array, generator


class Labelled(NamedTuple):
    """Images (N, C, H, W) as float32 and their labels (N,) as int64."""

    images: Array
    labels: Array


class Split(NamedTuple):
    """Fit on `train`, choose on `validation`, and look at `test` once."""

    train: Labelled
    validation: Labelled
    test: Labelled


def take(data: Labelled, rows: Array) -> Labelled:
    """A copy of the chosen rows."""
    return Labelled(data.images[rows], data.labels[rows])


def stratified_split(data: Labelled, *, rng: np.random.Generator, shares: Sequence[float] = (0.6, 0.2, 0.2)) -> Split:
    """Shuffle each class and deal it out by `shares`, so that every part has the classes in proportion."""
    generator("stratified_split", rng)
    if len(shares) != 3 or min(shares) < 0 or not np.isclose(sum(shares), 1):
        raise ValueError(f"stratified_split: shares is {tuple(shares)}; three that sum to 1 fit")
    parts: tuple[list[Array], ...] = ([], [], [])
    for label in np.unique(data.labels):
        rows = rng.permutation(np.flatnonzero(data.labels == label))
        first, second = np.rint(np.cumsum(shares[:2]) * len(rows)).astype(int)
        for part, chosen in zip(parts, np.split(rows, [first, second]), strict=True):
            part.append(chosen)
    train, validation, test = (take(data, rng.permutation(np.concatenate(part))) for part in parts)
    return Split(train, validation, test)
