"""Puts one mutant of a solution to the exercise's check, as a few students of a class would."""

import ast
import contextlib
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from autograder.checking.caller import local_answer
from autograder.checking.exercise import Exercise
from autograder.checking.judge import judge
from autograder.lessons.course import load_course
from autograder.proving.declared import exercises_of
from autograder.proving.mutate import Mutant
from autograder.proving.solution import Solution, solution_of

SEEDS = range(11, 14)
MEMORY = 8 * 2**30  # bytes of address space, for mutants that ask for too large an array


@dataclass(frozen=True)
class Trial:
    """An exercise with its solution, ready to be mutated."""

    exercise: Exercise
    solution: Solution
    mutants: list[Mutant]
    surroundings: dict[str, Any]


def passes(folder: Path, lesson_id: str, name: str, number: int) -> int:
    """With how many seeds mutant `number` earns full marks; the solution itself is number -1."""
    _limit_memory()
    trial = _trial(folder, lesson_id, name)
    return seeds_passed(trial, trial.solution.tree if number < 0 else trial.mutants[number].tree)


def seeds_passed(trial: Trial, tree: ast.Module) -> int:
    """With how many seeds the check accepts the cell `tree`. One accepted seed is one lucky student."""
    exercise = replace(trial.exercise, budget=0.0, mistakes=())
    try:
        objects = trial.solution.objects(trial.surroundings, tree)
    except Exception:  # a mutant may raise anything, and then it is found out
        return 0
    count = 0
    for seed in SEEDS:
        verdict = judge(exercise, local_answer(*objects), seed=seed, source=ast.unparse(tree))
        count += verdict.passed
        if verdict.failure is not None and verdict.failure.is_final:
            break  # it hangs, and would with every seed
    return count


@lru_cache(maxsize=1)
def _trial(folder: Path, lesson_id: str, name: str) -> Trial:
    course = load_course(folder)
    (lesson,) = course.select([lesson_id])
    solution = solution_of(course, lesson, name)
    exercise = exercises_of(course, lesson)[name]
    return Trial(exercise, solution, solution.mutants(), solution.surroundings())


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # where there is no such limit
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, most))
