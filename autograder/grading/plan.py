"""What there is to grade: every submission, and whether its result is already there."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import UserError
from autograder.grading import code
from autograder.grading.classroom import Classroom, Secret
from autograder.grading.editions import edition
from autograder.grading.gradebook import Book
from autograder.grading.grader import Task, assignment_files
from autograder.grading.master import Assignment
from autograder.grading.results import Result
from autograder.grading.submission import Unreadable, digest_of, submission_files
from autograder.kernel.settings import Settings

CHANGED = {
    "submission": "the submission changed",
    "release": "the release changed",
    "files": "the assignment's files changed",
    "grader": "the grader changed",
    "checks": "the checks changed",
    "settings": "the settings changed",
    "seed": "the secret changed",
}


@dataclass(frozen=True)
class Planned:
    """A submission: to be graded, unless its present result holds."""

    task: Task
    result: Result | None
    holds: bool


def assignments(classroom: Classroom, book: Book, names: Sequence[str]) -> list[Assignment]:
    """The assignments of these names; those that somebody handed in, for no names."""
    lessons = classroom.editions()
    recorded = book.names()
    known = sorted({*lessons, *recorded, *classroom.assignments_with_source()})
    if unknown := [name for name in names if name not in known]:
        raise UserError(f"there is no assignment {unknown[0]}; there are: {', '.join(known) or 'none'}")
    chosen = list(names) or [name for name in known if any(classroom.submissions(name))]
    if not chosen:
        raise UserError(f"nothing was handed in: {classroom.layout.submitted_directory}/ holds no STUDENT/ASSIGNMENT/")
    found = [
        edition(classroom, name, lessons[name]) if name in lessons else _from_gradebook(classroom, book, name)
        for name in chosen
    ]
    for assignment in found:
        if assignment.name not in recorded and assignment.name in lessons:
            book.release(assignment)  # in another gradebook than init's
    return found


def _from_gradebook(classroom: Classroom, book: Book, name: str) -> Assignment:
    try:
        return book.assignment(name)
    except UserError:
        if not classroom.source(name).is_dir():
            raise
        book.take_from_source(name)
        return book.assignment(name)


def plan(classroom: Classroom, chosen: Sequence[Assignment], student: str | None, *, force: bool) -> Iterator[Planned]:
    """Every submission of the chosen assignments, or those of one student."""
    settings, secret, grader = classroom.settings(), classroom.secret(), code.grader()
    for assignment in chosen:
        common = _inputs(assignment, settings, secret, grader)
        for name, folder in classroom.submissions(assignment.name):
            if student in (None, name):
                yield _planned(classroom, assignment, name, folder, common, force=force)


def _planned(
    classroom: Classroom, assignment: Assignment, student: str, folder: Path, common: dict[str, str], *, force: bool
) -> Planned:
    try:
        submission = digest_of(submission_files(folder))
    except Unreadable as fault:
        submission = str(fault)
    inputs = {"submission": submission, **common}
    before = classroom.results.latest(assignment.name, student)
    changed = [] if before is None else [name for name in inputs if before["inputs"].get(name) != inputs[name]]
    whole = before is not None and (
        classroom.autograded(student, assignment.name).is_dir()
        or not any(one["state"] == "graded" for one in before["notebooks"])
    )
    if before is None:
        why = "new"
    elif changed:
        why = ", ".join(CHANGED[name] for name in changed)
    else:
        why = "asked for" if force else "what was autograded is gone"
    attempt = classroom.results.next_attempt(assignment.name, student)
    task = Task(student, assignment, folder, inputs, attempt, why)
    return Planned(task, before, holds=whole and not changed and not force)


def _inputs(assignment: Assignment, settings: Settings, secret: Secret, grader: str) -> dict[str, str]:
    editions = [master for one in assignment.notebooks.values() for master in one.values()]
    return {
        "release": _digest([master.digest for master in editions]),
        "files": digest_of(assignment_files(assignment)),
        "grader": grader,
        "checks": code.checks(assignment.lessons),
        "settings": _digest(settings.as_json()),
        "seed": secret.digest,
    }


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def key_of(task: Task) -> str:
    """Names what a result was computed from."""
    return _digest(dict(task.inputs))
