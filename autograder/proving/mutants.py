"""`autograder mutants`: plants small errors in the solutions, and lists those that the checks do not find."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.errors import UserError
from autograder.lessons.course import Course, Lesson, load_course
from autograder.proving.declared import exercises_module, exercises_of
from autograder.proving.digest import digest
from autograder.proving.record import Fate, Record, Survivor, read_record, record_misses, record_path, write_record
from autograder.proving.solution import Solution, solutions
from autograder.proving.trial import SEEDS, passes
from autograder.proving.workers import Failed, run_jobs

Say = Callable[[str], object]

SECONDS_A_MUTANT = 60  # one that takes longer hangs where Python cannot interrupt it: it is found out


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="ids or numbers, such as 01; all if none")
    parser.add_argument("--force", action="store_true", help="try also the mutants of what has not changed")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="mutants tried at the same time")
    parser.add_argument("--course", type=Path, default=Path(), metavar="DIR", help="where solutions/ lies")


def run(options: argparse.Namespace, say: Say) -> int:
    course = load_course(options.course)
    wanting = 0
    for lesson in course.select(options.lessons):
        path = record_path(course, lesson)
        before = read_record(path)
        now = digests(course, lesson)
        record: Record = {}
        for name, solution in solutions(course, lesson).items():
            fate = before.get(name)
            if fate is None or fate.digest != now[name] or options.force:
                fate = try_mutants(course, lesson, solution, now[name], fate, options.jobs)
                write_record(path, {**before, **record, name: fate})
            record[name] = fate
            say(f"{lesson.id} {name}: {fate.tried} mutants, {fate.killed} killed, {fate.equivalent} equivalent")
        if record != before:
            write_record(path, record)
        misses = list(record_misses(record, now, lesson.id))
        for miss in misses:
            say(f"{lesson.id} {miss}")
        wanting += len(misses)
    return 1 if wanting else 0


def digests(course: Course, lesson: Lesson) -> dict[str, str]:
    """What the record of each exercise must say to be current."""
    module, exercises = exercises_module(course, lesson), exercises_of(course, lesson)
    return {
        name: digest(solution, exercises[name], module)
        for name, solution in solutions(course, lesson).items()
        if name in exercises
    }


def try_mutants(course: Course, lesson: Lesson, solution: Solution, about: str, before: Fate | None, jobs: int) -> Fate:
    """The fate of an exercise's mutants; reasons given before stay with the mutants that they are about."""
    reasons = {survivor.mutant: survivor.equivalent for survivor in before.survivors} if before else {}
    mutants = solution.mutants()
    numbers = range(-1, len(mutants))
    tasks: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
        (passes, (course.folder, lesson.id, solution.name, number)) for number in numbers
    ]
    own, *results = run_jobs(tasks, processes=jobs, seconds=SECONDS_A_MUTANT)
    broken = next((one.why for one in [own, *results] if isinstance(one, Failed) and not one.lost), None)
    if broken is not None or own != len(SEEDS):
        why = broken or f"with {own} of {len(SEEDS)} seeds"
        raise UserError(f"{lesson.id} {solution.name}: the solution fails, or its check breaks ({why})")
    survivors = [
        Survivor(solution.line + mutant.line, mutant.diff, seeds, reasons.get(mutant.diff, ""))
        for mutant, seeds in zip(mutants, results, strict=True)
        if not isinstance(seeds, Failed) and seeds  # one that was lost hung or ended its process: found out
    ]
    return Fate(about, len(mutants), tuple(survivors))
