"""How an exercise is declared: what its check tries, what it accepts, and the mistakes it knows.

An exercise says how to *observe* an answer on a case. By default that is to call it; a random answer is
observed by its properties, a network by what it computes with given weights, a training run by how well it
ends. The reference, every known mistake and the student's answer are observed alike, by the same function and
through the same link, and the observations are compared. All else follows from that.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis.strategies import SearchStrategy

from autograder.checking.caller import NOT_WRITTEN, Answer, Raised, StudentError
from autograder.checking.compare import Close, Compare
from autograder.checking.words import Text

Case = Mapping[str, Any]
Observe = Callable[[Answer, Case], Any]


def call(answer: Answer, case: Case) -> Any:
    """Observe what the answer returns for the case's values, in their order."""
    return answer(*case.values())


def predicted(answer: Answer, case: Case) -> Any:
    """Observe values that the student has put down; None stands until they have."""
    value = answer.value()
    if value is None:
        raise Raised(StudentError(NOT_WRITTEN))
    return value


@dataclass(frozen=True)
class Stage:
    """Cases of one sort, tried after those of the stages before it."""

    cases: SearchStrategy[Case]
    examples: int = 25
    # Cases looked at to tell mistakes apart once an answer has failed; few where a case is a training run.
    telling: int = 8


@dataclass(frozen=True)
class Part:
    """A share of an exercise that earns its points by itself."""

    title: Text
    stages: tuple[Stage, ...]
    share: float = 1.0
    observe: Observe | None = None
    compare: Compare | None = None


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that many give: `objects` behave like it, and `says` names the misconception."""

    name: str
    objects: tuple[Any, ...]
    says: Text


@dataclass(frozen=True)
class Rule:
    """A lesson rule: functions and modules that an answer may not call, nor write."""

    calls: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exercise:
    """All that a check knows of one exercise."""

    name: str
    reference: tuple[Any, ...]
    parts: tuple[Part, ...]
    mistakes: tuple[Mistake, ...]
    right: tuple[tuple[Any, ...], ...] = ()
    fewer_right: str = ""  # why fewer than three differently written right answers are known
    observe: Observe = call
    compare: Compare = field(default_factory=Close)
    rule: Rule = field(default_factory=Rule)
    hide_expected: bool = False  # for predictions: what is expected is the solution
    may_change: bool = False
    may_share: bool = False
    # What to say where this item of an observation is not as expected, for observations that are dicts of the
    # exercise's own making; where an item has no sentence, its values are shown.
    properties: Mapping[str, Text] | None = None
    seconds: float = 5.0  # for one call
    patience: float = 60.0  # for all calls
    budget: float = 3.0  # for shrinking what failed
    picture: Callable[[Any, Any, str], str] | None = None  # (got, expected, language) -> HTML

    def observes(self, part: Part) -> Observe:
        return part.observe or self.observe

    def compares(self, part: Part) -> Compare:
        return part.compare or self.compare
