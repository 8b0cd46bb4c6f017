"""What an answer does on one case, and in which way that differs from what is expected."""

from dataclasses import dataclass, replace
from typing import Any

from autograder.checking.caller import Answer, LinkLost, Log, Raised, StudentError, local_answer
from autograder.checking.compare import Difference
from autograder.checking.exercise import Case, Exercise, Part

SOLUTION_IS_WRONG = "the reference of {name} failed on {case}: {error}"
MOST_CHARACTERS = 200
NOTHING: frozenset[Any] = frozenset()


@dataclass(frozen=True)
class Observation:
    """What an answer did on a case: what was observed or raised, and what it should not have touched."""

    value: Any = None
    error: StudentError | None = None
    printed: str = ""
    changed: frozenset[Any] = NOTHING
    shares: frozenset[Any] = NOTHING
    broke: frozenset[str] = frozenset()


def observe(exercise: Exercise, part: Part, answer: Answer, case: Case) -> Observation:
    """What `answer` does on `case`."""
    watched = replace(answer, log=Log())
    value, error = None, None
    try:
        value = exercise.observes(part)(watched, case)
        watched.tidy()
    except Raised as raised:
        error = raised.error
    except LinkLost:
        raise
    except Exception as odd:  # what the student's code gave is not what the observer can work with
        error = StudentError(type(odd).__name__, str(odd)[:MOST_CHARACTERS], kind="unusable")
    log = watched.log
    answer.log.broke |= log.broke
    return Observation(
        value,
        error,
        log.printed,
        NOTHING if exercise.may_change else frozenset(log.changed),
        NOTHING if exercise.may_share else frozenset(log.shares),
        frozenset(log.broke),
    )


def difference(exercise: Exercise, part: Part, got: Observation, expected: Any) -> Difference | None:
    """In which way an observation is not the one expected."""
    if got.error is not None:
        return Difference("raised", got.error)
    try:
        found = exercise.compares(part)(got.value, expected)
    except Exception as odd:  # as above
        return Difference("raised", StudentError(type(odd).__name__, str(odd)[:MOST_CHARACTERS], kind="unusable"))
    if found is not None:
        return found
    if got.changed:
        return Difference("changed", sorted(got.changed, key=str))
    if got.shares:
        return Difference("shares", sorted(got.shares, key=str))
    return None


def reference(exercise: Exercise) -> Answer:
    """The answer that all others are compared with."""
    return local_answer(*exercise.reference, seconds=exercise.seconds)


def expected(exercise: Exercise, part: Part, reference: Answer, case: Case) -> Any:
    """What the reference does on `case`: what it raises is our mistake."""
    found = observe(exercise, part, reference, case)
    if found.error is not None:
        error = f"{found.error.type}: {found.error.message}"
        raise AssertionError(SOLUTION_IS_WRONG.format(name=exercise.name, case=dict(case), error=error))
    return found.value
