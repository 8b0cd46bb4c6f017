"""Trying an answer on many cases, and finding the smallest one that fails.

The same seed gives the same cases in any notebook: Hypothesis is kept from remembering, from reading constants
out of the modules at hand, and from writing into the student's folder.
"""

import contextlib
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, configuration, settings
from hypothesis.errors import Flaky, NoSuchExample
from hypothesis.internal.conjecture import providers
from hypothesis.strategies import SearchStrategy

from autograder.checking.cases import drawn_from
from autograder.checking.exercise import Case

MOST_TRIES = 400  # to make a failing case smaller: a count, so that the result is the same on slow machines


def seed_of(seed: int, part: int, stage: int) -> int:
    """What the cases of a stage are drawn from, where `seed` is the whole check's."""
    return seed + 1000 * part + stage


class _Enough(BaseException):
    """Ends a search at once: Hypothesis catches exceptions, but lets this through."""


@dataclass(frozen=True)
class Found:
    """What a search came to: how many cases it tried, and the smallest that failed."""

    tried: int
    smallest: Any | None


def smallest_failing(
    cases: SearchStrategy[Case],
    fails: Callable[[Case], Any | None],
    *,
    examples: int,
    seed: int,
    budget: float,
) -> Found:
    """Try up to `examples` cases; shrink the first that fails, for at most `budget` seconds.

    `fails` gives what is to be kept of a failure, or None; an object with a true `is_final` ends the search
    there and then.
    """
    kept: list[Any] = []
    tried = 0
    tries_left = MOST_TRIES
    ends_at = float("inf")

    def condition(case: Case) -> bool:
        nonlocal tried, tries_left, ends_at
        if tries_left <= 0 or time.monotonic() > ends_at:
            raise _Enough
        failure = fails(case)
        if kept:
            tries_left -= 1
        else:
            tried += 1
        if failure is None:
            return False
        if not kept:
            ends_at = time.monotonic() + budget
        if getattr(failure, "is_final", False):
            tries_left = 0
        kept.append(failure)
        return True

    how = settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    # Flaky: the answer is not the same twice; what was seen last is kept.
    with _alone(), drawn_from(seed), contextlib.suppress(NoSuchExample, Flaky, _Enough):
        hypothesis.find(cases, condition, settings=how, random=random.Random(seed))
    return Found(tried, kept[-1] if kept else None)


def draw(cases: SearchStrategy[Case], count: int, seed: int) -> Iterator[Case]:
    """`count` cases, the same for the same seed."""
    drawn: list[Case] = []
    smallest_failing(cases, drawn.append, examples=count, seed=seed, budget=0.0)
    return iter(drawn[:count])


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Hypothesis without the surroundings it finds itself in."""
    provider, home = providers.HypothesisProvider, "__hypothesis_home_directory"
    constant, directory = getattr(provider, "_maybe_draw_constant", None), getattr(configuration, home, None)
    configuration.set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "autograder-hypothesis")
    if constant is not None:
        provider._maybe_draw_constant = lambda self, *args, **kwargs: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        configuration.set_hypothesis_home_dir(directory)
        if constant is not None:
            provider._maybe_draw_constant = constant  # type: ignore[method-assign]
