"""`autograder feedback`: writes a page for each student and notebook, in their language, to be handed back."""

import argparse
import hashlib
import json
import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.errors import UserError
from autograder.grading.classroom import Classroom
from autograder.grading.gradebook import Book, mark_of
from autograder.grading.marks import Marks, NotebookMarks
from autograder.grading.master import Assignment
from autograder.grading.plan import Planned, assignments, plan
from autograder.grading.progress import Progress
from autograder.reports.feedback_file import Job, write
from autograder.reports.feedback_page import Facts, program
from autograder.reports.sheet import agreed_marks

Say = Callable[[str], object]

FEW = 12  # pages are written sooner than other processes have started
CHANGED = {"submission": "handed in anew", "release": "released anew"}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder made by init, or any nbgrader course")
    parser.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="all that were handed in, if none")
    parser.add_argument("--student", metavar="ID", help="this student only")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="at the same time; as many as processors")
    parser.add_argument("--force", action="store_true", help="write even what did not change")
    parser.add_argument("--db", metavar="URL", help="the gradebook, if not the course's own")


def run(options: argparse.Namespace, say: Say) -> int:
    if options.jobs < 0:
        raise UserError("--jobs must be at least 1")
    classroom = Classroom(options.folder, options.db)
    jobs: list[Job] = []
    left_out: list[str] = []
    with Book(classroom) as book:
        for assignment in assignments(classroom, book, options.assignments):
            for found in _jobs(classroom, assignment, agreed_marks(classroom, book, assignment.name), options.student):
                jobs.append(found) if isinstance(found, Job) else left_out.append(found)
    if not jobs and not left_out:
        who = f"student {options.student}" if options.student else "anybody"
        raise UserError(f"nothing was handed in by {who}")
    counts: Counter[str] = Counter()
    with Progress(len(jobs), "page", "written") as progress:
        for job, done in zip(jobs, _write_all(jobs, options.jobs, force=options.force), strict=True):
            counts[done] += 1
            if done == "replaced":
                say(f"{job.target.relative_to(classroom.folder)}: replaced; autograder feedback had not made it")
            progress.step()
    for line in left_out:
        say(line)
    parts = [f"{counts['written'] + counts['replaced']} written", f"{counts['unchanged']} unchanged"]
    say(", ".join(parts) + f", {len(left_out)} left out" * bool(left_out))
    return 1 if left_out else 0


def _jobs(
    classroom: Classroom, assignment: Assignment, marks: dict[str, Marks], student: str | None
) -> Iterator[Job | str]:
    """A page for each notebook, or why there is none."""
    released = {name: _released(classroom, assignment, name) for name in assignment.notebooks}
    for planned in plan(classroom, [assignment], student, force=False):
        recorded = marks.get(planned.task.student, Marks({}))
        if fault := _fault(planned, recorded):
            shown = planned.task.student.encode("utf-8", "backslashreplace").decode()
            yield f"{shown} {assignment.name}: {fault}"
        elif planned.result is not None:
            for result in planned.result["notebooks"]:
                yield _job(classroom, planned, recorded, result, released[result["name"]])


def _fault(planned: Planned, recorded: Marks) -> str | None:
    """Why there is nothing to tell yet."""
    result = planned.result
    if result is None:
        return "not graded yet; run autograder grade"
    for name, what in CHANGED.items():
        if result["inputs"].get(name) != planned.task.inputs[name]:
            return f"{what} since it was graded; run autograder grade"
    if recorded.result != mark_of(result):
        return "its scores are not in the gradebook; run autograder grade"
    return None


def _job(
    classroom: Classroom, planned: Planned, recorded: Marks, result: dict[str, Any], released: dict[str, NotebookNode]
) -> Job:
    task, name = planned.task, result["name"]
    editions = task.assignment.notebooks[name]
    language = str(result.get("language") or classroom.language)
    master = editions.get(language, next(iter(editions.values())))
    own = released.get(master.language if master.lesson else "")
    marks = recorded.notebooks.get(name, NotebookMarks())
    facts = Facts(
        task.student,
        task.assignment.name,
        _title(own) or name,
        language if language == "fr" else "en",
        result,
        marks,
        master.lesson is not None,
        recorded.handed_in,
        recorded.seconds_late,
    )
    secret_marks = _secret_marks(classroom)
    handed_out = frozenset(cell.source for cell in own.cells) if own is not None else frozenset()
    known = [program(), task.inputs["submission"], repr(facts), repr(secret_marks), master.digest]
    feedback = classroom.feedback(task.student, task.assignment.name)
    return Job(
        feedback / f"{name}.html",
        hashlib.sha256(json.dumps(known).encode("utf-8", "replace")).hexdigest(),
        task.folder,
        classroom.autograded(task.student, task.assignment.name) / f"{name}.ipynb",
        facts,
        master,
        handed_out,
        secret_marks,
    )


def _released(classroom: Classroom, assignment: Assignment, name: str) -> dict[str, NotebookNode]:
    """A notebook as it was handed out, by language; by none where it is no lesson."""
    paths = classroom.editions().get(assignment.name, {"": classroom.release(assignment.name) / f"{name}.ipynb"})
    found = {}
    for language, path in paths.items():
        try:
            found[language] = nbformat.read(path, as_version=4)
        except (OSError, ValueError):  # then nothing is known to be the course's own text
            continue
    return found


def _title(released: NotebookNode | None) -> str:
    """The first heading of a notebook."""
    lines = [line for cell in (released.cells if released else []) for line in cell.source.split("\n")]
    return next((line.removeprefix("# ").strip() for line in lines if line.startswith("# ")), "")


def _secret_marks(classroom: Classroom) -> tuple[tuple[str, str], ...]:
    """Between which words a source hides what students do not get."""
    tests, scheme = classroom.config.ClearHiddenTests, classroom.config.ClearMarkScheme
    return (
        (
            tests.get("begin_test_delimeter", "BEGIN HIDDEN TESTS"),
            tests.get("end_test_delimeter", "END HIDDEN TESTS"),
        ),
        (
            scheme.get("begin_mark_scheme_delimeter", "BEGIN MARK SCHEME"),
            scheme.get("end_mark_scheme_delimeter", "END MARK SCHEME"),
        ),
    )


def _write_all(jobs: Sequence[Job], workers: int, *, force: bool) -> Iterable[str]:
    """Write what is not there yet; what became of each page, in order."""
    workers = min(workers or os.cpu_count() or 1, len(jobs) // FEW)
    if workers < 2:
        return (write(job, force=force) for job in jobs)
    return _in_processes(jobs, workers, force=force)


def _in_processes(jobs: Sequence[Job], workers: int, *, force: bool) -> Iterator[str]:
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(write, jobs, [force] * len(jobs), chunksize=4)
