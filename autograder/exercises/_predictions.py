"""Predictions: values worked out by hand, which a check compares and never shows."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograder.checking.cases import fixed
from autograder.checking.compare import Close
from autograder.checking.exercise import Exercise, Mistake, Part, Stage, predicted
from autograder.checking.words import Text


def prediction(
    name: str, title: Text, values: Any, mistakes: Iterable[tuple[str, Any, Text]], *, tolerance: float = 1e-5
) -> Exercise:
    """An Exercise that compares values typed by hand; each mistake is (name, wrong values, what it says)."""
    return Exercise(
        name=name,
        reference=(np.array(values),),
        parts=(Part(title, (Stage(fixed({}), 1, 1),)),),
        observe=predicted,
        compare=Close(tolerance, loose=True),
        hide_expected=True,
        mistakes=tuple(Mistake(mistake, (np.array(wrong),), says) for mistake, wrong, says in mistakes),
        fewer_right="a prediction has one right value",
    )
