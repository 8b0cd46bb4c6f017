"""`autograder prove`: runs every lesson as its students will, and says what does not hold."""

import argparse
import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.lessons.course import Course, Lesson, load_course
from autograder.proving.answers import LEAST_RIGHT, SLOW, AnswersProof, prove_answers
from autograder.proving.declared import exercises_of
from autograder.proving.mutants import digests
from autograder.proving.notebooks import NotebookProof, prove_released, prove_solved
from autograder.proving.record import Record, read_record, record_misses, record_path
from autograder.proving.syllabus import syllabus_misses
from autograder.proving.workers import Failed, run_jobs

Say = Callable[[str], object]

SECONDS_A_JOB = 600
HEADINGS = ("exercise", "points", "solution", "blank", "mistakes", "right", "killed", "survived", "equivalent")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="ids or numbers, such as 01; all if none")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="processes at the same time")
    parser.add_argument("--course", type=Path, default=Path(), metavar="DIR", help="where solutions/ lies")


def run(options: argparse.Namespace, say: Say) -> int:
    course = load_course(options.course)
    wanting = 0
    for lesson in course.select(options.lessons):
        proof = prove_lesson(course, lesson, options.jobs)
        for line in [*table(proof), *notes(proof)]:
            say(line)
        for miss in proof.misses:
            say(f"{lesson.id}: {miss}")
        if proof.misses:
            say(f"{lesson.id}: {len(proof.misses)} to mend, then run autograder prove {lesson.id}")
        wanting += len(proof.misses)
    return 1 if wanting else 0


@dataclass(frozen=True)
class LessonProof:
    """All that was found of one lesson; it is proved if there are no misses."""

    lesson: Lesson
    answers: tuple[AnswersProof, ...]
    solved: tuple[NotebookProof, ...]
    released: tuple[NotebookProof, ...]
    record: Record
    misses: tuple[str, ...]


def prove_lesson(course: Course, lesson: Lesson, jobs: int = 2, *, thorough: bool = True) -> LessonProof:
    """Run the notebooks in all languages, and every listed answer with several seeds; or, less `thorough`, with one.

    Then the lesson is run untouched in the first language and solved in the last: nbval runs it solved in the first.
    """
    names = list(exercises_of(course, lesson))
    pairs = [(one, one) for one in course.languages] if thorough else [(course.languages[-1], course.languages[0])]
    runs = [
        (do, (course.folder, lesson.id, language))
        for pair in pairs
        for do, language in zip((_solved, _released), pair, strict=True)
    ]
    answers = [(_answers, (course.folder, lesson.id, name, thorough)) for name in names]
    tasks: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [*runs, *answers]
    results = list(run_jobs(tasks, processes=jobs, seconds=SECONDS_A_JOB))
    lost = [f"{' '.join(task[1][1:3])}: {one.why}" for task, one in zip(tasks, results, strict=True) if _is_lost(one)]
    record = read_record(record_path(course, lesson))
    return LessonProof(
        lesson,
        answers=_kind(results, AnswersProof),
        solved=_kind(results[: len(runs) : 2], NotebookProof),
        released=_kind(results[1 : len(runs) : 2], NotebookProof),
        record=record,
        misses=(
            *syllabus_misses(course, lesson),
            *lost,
            *(miss for one in _kind(results, NotebookProof) for miss in one.misses),
            *(f"{one.exercise}: {miss}" for one in _kind(results, AnswersProof) for miss in one.misses),
            *record_misses(record, digests(course, lesson), lesson.id),
        ),
    )


def table(proof: LessonProof) -> Iterator[str]:
    """One line an exercise."""
    rows = [HEADINGS, *(_row(proof, one) for one in proof.answers)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    yield proof.lesson.id
    for row in rows:
        first, *rest = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(["", first.strip().ljust(widths[0]), *rest])


def notes(proof: LessonProof) -> Iterator[str]:
    """What is worth knowing and no miss."""
    for one in proof.answers:
        if one.right < LEAST_RIGHT and one.fewer_right:
            yield f"  {one.exercise} has {one.right} right answers: {one.fewer_right}"
        if one.slowest > SLOW:
            yield f"  {one.exercise} is slow: {one.slowest:.1f} s for a right answer, {SLOW:g} s is the aim"


def _row(proof: LessonProof, one: AnswersProof) -> tuple[str, ...]:
    name, fate = one.exercise, proof.record.get(one.exercise)
    points = next((str(run.points[name]) for run in proof.solved if name in run.points), "?")
    fates = ("?", "?", "?")
    if fate is not None:
        fates = (str(fate.killed), str(len(fate.unexplained)), str(fate.equivalent))
    return (
        name,
        points,
        _in_all(proof.solved, name),
        _in_all(proof.released, name),
        f"{one.recognised}/{one.mistakes}",
        f"{one.accepted}/{one.right}",
        *fates,
    )


def _in_all(runs: Sequence[NotebookProof], name: str) -> str:
    """The languages in which the exercise did what it must."""
    return " ".join(run.language if name in run.as_wanted else f"NOT {run.language}" for run in runs)


def _kind(results: Sequence[Any], kind: type) -> tuple[Any, ...]:
    return tuple(one for one in results if isinstance(one, kind))


def _is_lost(result: Any) -> bool:
    return isinstance(result, Failed)


# The jobs, in a process of their own.


def _solved(folder: Path, lesson_id: str, language: str) -> NotebookProof:
    course, lesson = _load(folder, lesson_id)
    return prove_solved(course, lesson, language)


def _released(folder: Path, lesson_id: str, language: str) -> NotebookProof:
    course, lesson = _load(folder, lesson_id)
    return prove_released(course, lesson, language)


def _answers(folder: Path, lesson_id: str, name: str, thorough: bool) -> AnswersProof:
    course, lesson = _load(folder, lesson_id)
    return prove_answers(exercises_of(course, lesson)[name], thorough=thorough)


@functools.cache
def _load(folder: Path, lesson_id: str) -> tuple[Course, Lesson]:
    course = load_course(folder)
    (lesson,) = course.select([lesson_id])
    return course, lesson
