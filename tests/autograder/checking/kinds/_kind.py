"""What stands for a lesson's exercise of one kind, and for the answers that it is tried with."""

from dataclasses import dataclass
from typing import Any

from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text


@dataclass(frozen=True)
class Kind:
    """An exercise, and an answer that is wrong in a way that it does not know."""

    exercise: Exercise
    wrong: tuple[Any, ...]

    def __str__(self):
        return self.exercise.name


def mistake(name, *objects):
    return Mistake(name, objects, Text(f"It {name}.", f"Elle : {name}."))


def part(*cases, examples=8, title="all of it", **options):
    stages = tuple(Stage(strategy, examples, min(examples, 4)) for strategy in cases)
    return Part(Text(title, f"{title} (fr)"), stages, **options)
