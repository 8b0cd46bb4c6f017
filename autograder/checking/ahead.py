"""Cases drawn and answered by the reference before an answer to judge is there."""

from collections.abc import Iterator, Sequence
from typing import Any

from autograder.checking import surroundings
from autograder.checking.exercise import Case, Exercise
from autograder.checking.observing import expected, reference
from autograder.checking.search import seed_of, smallest_failing

Answered = Sequence[tuple[Case, Any]]


class Ahead:
    """What is known of a lesson's exercises, stage by stage."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], Answered] = {}

    def cases(self, exercise: Exercise, seed: int) -> Answered | None:
        """The cases of the stage with this seed, in the order in which an answer is tried, and what is expected."""
        return self._known.get((exercise.name, seed))

    def work(self, exercise: Exercise, seed: int) -> Iterator[None]:
        """Draw and answer all cases of an exercise; it yields after each stage."""
        answer = reference(exercise)
        for number, part in enumerate(exercise.parts):
            for place, stage in enumerate(part.stages):
                own = seed_of(seed, number, place)
                found: list[tuple[Case, Any]] = []

                def note(case: Case) -> None:
                    found.append((case, expected(exercise, part, answer, case)))  # noqa: B023

                with surroundings.usual():
                    smallest_failing(stage.cases, note, examples=stage.examples, seed=own, budget=0.0)
                self._known[exercise.name, own] = found
                yield
