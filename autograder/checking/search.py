"""Trying an answer on many cases, and finding the smallest one that fails."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import Flaky, NoSuchExample
from hypothesis.strategies import SearchStrategy

from autograder.checking.exercise import Case


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
    ends_at: float | None = None

    def condition(case: Case) -> bool:
        nonlocal tried, ends_at
        if ends_at is not None and time.monotonic() > ends_at:
            return False
        failure = fails(case)
        tried += ends_at is None
        if failure is None:
            return False
        kept.append(failure)
        over = getattr(failure, "is_final", False)
        ends_at = 0.0 if over else ends_at or time.monotonic() + budget
        return True

    try:
        hypothesis.find(
            cases,
            condition,
            settings=settings(
                max_examples=examples,
                database=None,
                deadline=None,
                phases=[Phase.generate, Phase.shrink],
                suppress_health_check=list(HealthCheck),
            ),
            random=random.Random(seed),
        )
    except NoSuchExample:
        pass
    except Flaky:  # the budget ended, or the answer is not the same twice: what was seen last is kept
        pass
    return Found(tried, kept[-1] if kept else None)


def draw(cases: SearchStrategy[Case], count: int, seed: int) -> Iterator[Case]:
    """`count` cases, the same for the same seed."""
    drawn: list[Case] = []
    smallest_failing(cases, drawn.append, examples=count, seed=seed, budget=0.0)
    return iter(drawn[:count])
