"""Hypothesis strategies that exercises draw their cases from: small whole numbers first, then all else."""

import contextlib
import random
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from autograder.checking.exercise import Case
from autograder.checking.values import Rng

Shape = int | tuple[int, ...]

_first_seed: ContextVar[int] = ContextVar("_first_seed", default=0)


def case(**strategies: SearchStrategy[Any]) -> SearchStrategy[Case]:
    """Cases with these values, in this order."""
    names = tuple(strategies)
    return st.tuples(*strategies.values()).map(lambda values: dict(zip(names, values, strict=True)))


def fixed(*cases: Case) -> SearchStrategy[Case]:
    """These cases and no others."""
    return st.sampled_from(cases)


def sizes(least: int, most: int) -> SearchStrategy[int]:
    """A size, shrinking to the least."""
    return st.integers(least, most)


def whole_numbers(shape: Shape, least: int = -9, most: int = 9) -> SearchStrategy[Any]:
    """An array of small whole numbers, which shrinks to few ones among zeros."""
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    count = int(np.prod(shape))
    numbers = st.lists(st.integers(least, most), min_size=count, max_size=count)
    return numbers.map(lambda values: np.array(values, dtype=np.float64).reshape(shape))


def random_numbers(
    shape: Shape, *, scale: float = 1.0, dtypes: Sequence[Any] = (np.float64,), strided: bool = False
) -> SearchStrategy[Any]:
    """A normal array that does not shrink: of any of `dtypes`, sometimes with gaps in memory."""
    shape = (shape,) if isinstance(shape, int) else tuple(shape)

    def make(drawn: tuple[int, Any, bool]) -> np.ndarray:
        seed, dtype, gaps = drawn
        array = (scale * np.random.default_rng(seed).normal(size=shape)).astype(dtype)
        return np.repeat(array, 2, axis=-1)[..., ::2] if gaps and array.ndim else array

    gaps = st.booleans() if strided else st.just(False)
    return st.tuples(st.integers(0, 2**32 - 1), st.sampled_from(tuple(dtypes)), gaps).map(make)


@contextlib.contextmanager
def drawn_from(seed: int) -> Iterator[None]:
    """Where cases are drawn from this seed: so are the first of all `seeds()`, in few digits."""
    token = _first_seed.set(random.Random(seed).randrange(10_000))
    try:
        yield
    finally:
        _first_seed.reset(token)


def seeds() -> SearchStrategy[int]:
    """Seeds, which shrink to one that differs from class to class: the simplest case is always tried, often alone."""
    return st.integers(0, 2**31 - 1).map(lambda number: (number + _first_seed.get()) % 2**31)


def rngs() -> SearchStrategy[Rng]:
    """Random generators."""
    return seeds().map(Rng)
