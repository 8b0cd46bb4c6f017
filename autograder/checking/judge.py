"""Judging an answer: try it on every case, keep the smallest that fails, name the likely mistake."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograder.checking.caller import NOT_WRITTEN, Answer, Log, Raised, StudentError, local_answer
from autograder.checking.compare import Difference
from autograder.checking.exercise import Case, Exercise, Mistake, Part, Stage
from autograder.checking.rules import broken_by_source
from autograder.checking.search import draw, smallest_failing

SOLUTION_IS_WRONG = "the reference of {name} failed on {case}: {error}"


@dataclass(frozen=True)
class Observation:
    """What an answer did on a case: what was observed or raised, and what it should not have touched."""

    value: Any = None
    error: StudentError | None = None
    changed: frozenset[Any] = frozenset()
    shares: frozenset[Any] = frozenset()
    broke: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Failure:
    """A case on which an answer is wrong."""

    case: Case
    got: Observation
    expected: Any
    difference: Difference

    @property
    def is_final(self) -> bool:
        """Other inputs would tell nothing more, or take as long again."""
        return self.got.error is not None and self.got.error.type in ("TookTooLong", NOT_WRITTEN)

    @property
    def is_not_written(self) -> bool:
        return self.got.error is not None and self.got.error.type == NOT_WRITTEN


@dataclass(frozen=True)
class PartVerdict:
    """How one part went."""

    part: Part
    tried: int
    failure: Failure | None


@dataclass(frozen=True)
class Verdict:
    """What a check found: `fraction` is the share of the points earned."""

    exercise: Exercise
    parts: tuple[PartVerdict, ...]
    mistake: Mistake | None = None
    broke: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def fraction(self) -> float:
        if self.broke:
            return 0.0
        total = sum(verdict.part.share for verdict in self.parts)
        return sum(verdict.part.share for verdict in self.parts if verdict.failure is None) / total

    @property
    def passed(self) -> bool:
        return self.fraction == 1.0

    @property
    def failure(self) -> Failure | None:
        """The first part's that failed: what is shown."""
        return next((verdict.failure for verdict in self.parts if verdict.failure is not None), None)

    @property
    def tried(self) -> int:
        return sum(verdict.tried for verdict in self.parts)


def judge(exercise: Exercise, answer: Answer, *, seed: int, source: str | None = None) -> Verdict:
    """Judge `answer`. `source` is how it is written, where the judge knows that better than the answer."""
    started = time.perf_counter()
    answer = replace(answer, forbidden=exercise.rule.calls, seconds=exercise.seconds)
    written = source if source is not None else answer.source()
    broke = set(broken_by_source(exercise.rule, written)) if written else set()
    reference = local_answer(*exercise.reference, seconds=exercise.seconds)
    parts = []
    for number, part in enumerate(exercise.parts):
        parts.append(_judge_part(exercise, part, answer, reference, seed + 1000 * number))
        if parts[-1].failure is not None:
            broke |= parts[-1].failure.got.broke
            if parts[-1].failure.is_final:
                parts += [PartVerdict(rest, 0, parts[-1].failure) for rest in exercise.parts[number + 1 :]]
                break
    verdict = Verdict(exercise, tuple(parts), broke=tuple(sorted(broke | answer.log.broke)))
    if verdict.failure is not None and not verdict.failure.is_final and not verdict.broke:
        verdict = replace(verdict, mistake=recognise(exercise, answer, parts, seed))
    return replace(verdict, seconds=time.perf_counter() - started)


def observe(exercise: Exercise, part: Part, answer: Answer, case: Case) -> Observation:
    """What `answer` does on `case`."""
    watched = replace(answer, log=Log())
    value, error = None, None
    try:
        value = exercise.observes(part)(watched, case)
    except Raised as raised:
        error = raised.error
    log = watched.log
    answer.log.broke |= log.broke
    return Observation(
        value,
        error,
        frozenset() if exercise.may_change else frozenset(log.changed),
        frozenset() if exercise.may_share else frozenset(log.shares),
        frozenset(log.broke),
    )


def difference(exercise: Exercise, part: Part, got: Observation, expected: Any) -> Difference | None:
    """In which way an observation is not the one expected."""
    if got.error is not None:
        return Difference("raised", got.error)
    found = exercise.compares(part)(got.value, expected)
    if found is not None:
        return found
    if got.changed:
        return Difference("changed", sorted(got.changed, key=str))
    if got.shares:
        return Difference("shares", sorted(got.shares, key=str))
    return None


def _judge_part(exercise: Exercise, part: Part, answer: Answer, reference: Answer, seed: int) -> PartVerdict:
    tried = 0
    for number, stage in enumerate(part.stages):

        def fails(case: Case) -> Failure | None:
            expected = observe(exercise, part, reference, case)
            if expected.error is not None:
                error = f"{expected.error.type}: {expected.error.message}"
                raise AssertionError(SOLUTION_IS_WRONG.format(name=exercise.name, case=dict(case), error=error))
            got = observe(exercise, part, answer, case)
            found = difference(exercise, part, got, expected.value)
            return None if found is None else Failure(case, got, expected.value, found)

        found = smallest_failing(
            stage.cases, fails, examples=stage.examples, seed=seed + number, budget=exercise.budget
        )
        tried += found.tried
        if found.smallest is not None:
            return PartVerdict(part, tried, found.smallest)
    return PartVerdict(part, tried, None)


def recognise(exercise: Exercise, answer: Answer, parts: Sequence[PartVerdict], seed: int) -> Mistake | None:
    """The known mistake that behaves as `answer` does on every case looked at, if there is one."""
    evidence = [
        (verdict.part, case, observe(exercise, verdict.part, answer, case))
        for verdict in parts
        for case in telling_cases(verdict.part.stages, verdict.failure, seed)
    ]
    for mistake in exercise.mistakes:
        suspect = local_answer(*mistake.objects, seconds=exercise.seconds)
        if all(alike(exercise, part, observe(exercise, part, suspect, case), seen) for part, case, seen in evidence):
            return mistake
    return None


def telling_cases(stages: tuple[Stage, ...], failure: Failure | None, seed: int) -> list[Case]:
    """Cases that tell mistakes apart: the one that failed, and some of each stage."""
    drawn = [case for stage in stages for case in draw(stage.cases, stage.telling, seed)]
    return drawn if failure is None else [failure.case, *drawn]


def alike(exercise: Exercise, part: Part, one: Observation, other: Observation) -> bool:
    """Whether two observations are the same: both raise alike, or both come to the same values."""
    if (one.error is None) != (other.error is None):
        return False
    if one.error is not None and other.error is not None:
        return one.error.type == other.error.type
    same_value = exercise.compares(part)(one.value, other.value) is None
    return same_value and bool(one.changed) == bool(other.changed) and bool(one.shares) == bool(other.shares)
