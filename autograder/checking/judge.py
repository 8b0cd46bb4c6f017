"""Judging an answer: try it on every case, keep the smallest that fails, name the likely mistake."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograder.checking import surroundings
from autograder.checking.ahead import Ahead
from autograder.checking.caller import NOT_WRITTEN, Answer, StudentError, local_answer
from autograder.checking.compare import Difference
from autograder.checking.exercise import Case, Exercise, Mistake, Part, Stage
from autograder.checking.observing import Observation, difference, expected, observe, reference
from autograder.checking.rules import broken_by_source
from autograder.checking.search import Found, draw, seed_of, smallest_failing


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
        error = self.got.error
        return error is not None and (error.type == NOT_WRITTEN or error.kind in ("took too long", "too slow"))

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


def judge(
    exercise: Exercise, answer: Answer, *, seed: int, source: str | None = None, ahead: Ahead | None = None
) -> Verdict:
    """Judge `answer`. `source` is how it is written, where the judge knows that better than the answer.

    What `ahead` holds of the exercise is neither drawn nor answered by the reference again; the verdict is the same.
    """
    started = time.perf_counter()
    with surroundings.usual():
        verdict = _judge(exercise, answer, seed, source, ahead or Ahead())
    return replace(verdict, seconds=time.perf_counter() - started)


def _judge(exercise: Exercise, answer: Answer, seed: int, source: str | None, ahead: Ahead) -> Verdict:
    answer = replace(answer, forbidden=exercise.rule.calls, seconds=exercise.seconds)
    written = source if source is not None else answer.source()
    broke = set(broken_by_source(exercise.rule, written)) if written else set()
    trial = _Trial(exercise, answer, seed, ahead)
    parts = [trial.of(number) for number in range(len(exercise.parts))]
    verdict = Verdict(exercise, tuple(parts), broke=tuple(sorted(broke | answer.log.broke)))
    if verdict.failure is not None and not verdict.failure.is_final and not verdict.broke:
        verdict = replace(verdict, mistake=recognise(exercise, answer, parts, seed))
    return verdict


class _Trial:
    """One answer tried beside the reference, as long as the exercise has patience."""

    def __init__(self, exercise: Exercise, answer: Answer, seed: int, ahead: Ahead) -> None:
        self.exercise, self.answer, self.seed, self.ahead = exercise, answer, seed, ahead
        self.reference = reference(exercise)
        self.spent = 0.0

    def of(self, number: int) -> PartVerdict:
        """Try one part, stage by stage, up to the first that fails."""
        part = self.exercise.parts[number]
        tried = 0
        for place, stage in enumerate(part.stages):
            found = self._search(part, stage, seed_of(self.seed, number, place))
            tried += found.tried
            if found.smallest is not None:
                return PartVerdict(part, tried, found.smallest)
        return PartVerdict(part, tried, None)

    def _search(self, part: Part, stage: Stage, seed: int) -> Found:
        """Try the cases of a stage. Known ones are drawn again only if one of them fails, to make that one smaller."""
        known = self.ahead.cases(self.exercise, seed)
        tried: list[Failure | None] = []
        for case, value in known or ():
            tried.append(self.against(part, case, value))
            if tried[-1] is not None:
                break
        if known is not None and not any(tried):
            return Found(len(known), None)
        waiting = tried[::-1]

        def fails(case: Case) -> Failure | None:
            return waiting.pop() if waiting else self.failure(part, case)

        return smallest_failing(stage.cases, fails, examples=stage.examples, seed=seed, budget=self.exercise.budget)

    def failure(self, part: Part, case: Case) -> Failure | None:
        """How the answer fails on `case`, if it does."""
        return self.against(part, case, expected(self.exercise, part, self.reference, case))

    def against(self, part: Part, case: Case, value: Any) -> Failure | None:
        """How the answer differs from what is expected, if it does."""
        got = self.observe(part, case)
        found = difference(self.exercise, part, got, value)
        return None if found is None else Failure(case, got, value, found)

    def observe(self, part: Part, case: Case) -> Observation:
        if self.spent > self.exercise.patience:
            return Observation(error=StudentError("TookTooLong", kind="too slow"))
        started = time.monotonic()
        got = observe(self.exercise, part, self.answer, case)
        # No more than two calls may take, since the machine may have stood still.
        self.spent += min(time.monotonic() - started, 2 * self.exercise.seconds)
        return got


def recognise(exercise: Exercise, answer: Answer, parts: Sequence[PartVerdict], seed: int) -> Mistake | None:
    """The known mistake that behaves as `answer` does, on the part that is shown and preferably on the others."""
    shown = next(number for number, verdict in enumerate(parts) if verdict.failure is not None)
    ordered = [parts[shown], *parts[:shown], *parts[shown + 1 :]]
    ends_at = time.monotonic() + exercise.patience / 4
    seen: list[list[tuple[Case, Observation]]] = [[] for _ in ordered]
    for verdict, evidence in zip(ordered, seen, strict=True):
        for case in telling_cases(verdict.part.stages, verdict.failure, seed):
            if time.monotonic() < ends_at:  # slow code: what has been seen must do
                evidence.append((case, observe(exercise, verdict.part, answer, case)))

    def agrees(suspect: Answer, number: int) -> bool:
        part = ordered[number].part
        return all(alike(exercise, part, observe(exercise, part, suspect, case), got) for case, got in seen[number])

    suspects = [(mistake, local_answer(*mistake.objects, seconds=exercise.seconds)) for mistake in exercise.mistakes]
    candidates = [(mistake, suspect) for mistake, suspect in suspects if agrees(suspect, 0)]
    for mistake, suspect in candidates:
        if all(agrees(suspect, number) for number in range(1, len(ordered))):
            return mistake
    return candidates[0][0] if candidates else None


def telling_cases(stages: tuple[Stage, ...], failure: Failure | None, seed: int) -> list[Case]:
    """Cases that tell mistakes apart: the one that failed, and some of each stage."""
    drawn = [case for stage in stages for case in draw(stage.cases, stage.telling, seed)]
    return drawn if failure is None else [failure.case, *drawn]


def alike(exercise: Exercise, part: Part, suspect: Observation, seen: Observation) -> bool:
    """Whether an answer was seen to do what a mistake does: raise alike, or come to the same values."""
    if (suspect.error is None) != (seen.error is None):
        return False
    if suspect.error is not None and seen.error is not None:
        return suspect.error.type == seen.error.type
    same_value = difference(exercise, part, Observation(seen.value), suspect.value) is None
    return same_value and bool(suspect.changed) == bool(seen.changed) and bool(suspect.shares) == bool(seen.shares)
