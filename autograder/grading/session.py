"""One run over a class: grades what has no result that holds, and records it."""

import argparse
import asyncio
import getpass
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.errors import Stopped, UserError
from autograder.grading import autograded
from autograder.grading.classroom import Classroom
from autograder.grading.gradebook import Book
from autograder.grading.grader import Graded, Task
from autograder.grading.place import GradeOne, Place, place, this_machine
from autograder.grading.plan import Planned, assignments, key_of, plan
from autograder.grading.progress import Progress
from autograder.grading.results import Result
from autograder.grading.wide.options import Scheduler, scheduler_of

Settle = Callable[[Planned, Graded], Graded | None]


def grade(options: argparse.Namespace) -> tuple[list[dict[str, Any]], str | None]:
    """A row for every submission that was asked for; and why the gradebook is not up to date, if it is not."""
    classroom = Classroom(options.folder, options.db)
    with classroom.alone(), Book(classroom) as book:
        chosen = assignments(classroom, book, options.assignments)
        planned = list(plan(classroom, chosen, options.student, force=options.force))
        if not planned:
            who = f"student {options.student}" if options.student else "anybody"
            raise UserError(f"nothing was handed in by {who} for {', '.join(one.name for one in chosen)}")
        scheduler = scheduler_of(options)
        session = Session(classroom, book, place=place(scheduler))
        rows = asyncio.run(session.grade(planned, options.jobs or at_once(scheduler)))
    return rows, session.trouble


class Session:
    """One run over a class. `trouble` is why the gradebook is not up to date, if it is not.

    `settle` says what is kept of a submission that was graded; nothing, if it gives None.
    """

    def __init__(
        self, classroom: Classroom, book: Book, settle: Settle | None = None, place: Place = this_machine
    ) -> None:
        self.classroom, self.book = classroom, book
        self._place = place
        self._settle = settle or (lambda planned, graded: graded)
        self.settings, self.secret = classroom.settings(), classroom.secret()
        self.trouble: str | None = None
        self._writer = ThreadPoolExecutor(1)  # one writer to the disk and to the gradebook

    async def grade(self, planned: Sequence[Planned], jobs: int) -> list[dict[str, Any]]:
        """Grade what has no result that holds, `jobs` at the same time; a row for every submission, in order."""
        rows: dict[int, dict[str, Any]] = {}
        to_do: asyncio.Queue[int] = asyncio.Queue()
        for number, one in enumerate(planned):
            if one.holds and one.result is not None:
                rows[number] = _row(one.result, state_of="unchanged")
                await self._in_writer(self._record, one.result, one.task)
            else:
                to_do.put_nowait(number)
        try:
            if not to_do.empty():
                tasks = [planned[number].task for number in range(len(planned)) if number not in rows]
                async with self._place(self.settings, self.secret, tasks) as grade_one:
                    await self._work(planned, to_do, rows, jobs, grade_one)
        finally:
            self._writer.shutdown()
        return [rows[number] for number in range(len(planned))]

    async def _work(
        self,
        planned: Sequence[Planned],
        to_do: asyncio.Queue[int],
        rows: dict[int, dict[str, Any]],
        jobs: int,
        grade_one: GradeOne,
    ) -> None:
        with Progress(to_do.qsize()) as progress:

            async def work() -> None:
                while not to_do.empty():
                    number = to_do.get_nowait()
                    rows[number] = await self._grade_one(planned[number], grade_one)
                    progress.step()

            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(min(jobs, to_do.qsize())):
                        group.create_task(work())
            except ExceptionGroup as several:
                raise several.exceptions[0] from None

    async def _grade_one(self, planned: Planned, grade_one: GradeOne) -> dict[str, Any]:
        """A row for a submission, whatever comes of it: a fault of ours is one row too, and is tried again."""
        task = planned.task
        if fault := _name_fault(task.student):
            return _fault_row(task, fault, state="could not be read")
        try:
            graded = await grade_one(task)
            result = {
                **graded.result,
                "key": key_of(task),
                "who": getpass.getuser(),
                "when": datetime.now(UTC).isoformat(timespec="seconds"),
                "timestamp": _timestamp(task.folder),
            }
            settled = self._settle(planned, replace(graded, result=result))
            if settled is not None:
                await self._in_writer(self._keep, task, settled)
        except Stopped:
            raise
        except Exception as error:
            fault = str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {error}"
            return _fault_row(task, fault, state="failed")
        return _row(result if settled is None else settled.result)

    def _keep(self, task: Task, graded: Any) -> None:
        """The notebooks first, the result next, the gradebook last: a run that is stopped repeats what is missing."""
        autograded.write(self.classroom, task, graded)
        self.classroom.results.write(graded.result)
        self._record(graded.result, task)

    def _record(self, result: Result, task: Task) -> None:
        if self.trouble is not None:
            return
        try:
            if not self.book.is_recorded(result):
                self.book.record(result, result.get("timestamp"))
        except UserError as error:
            self.trouble = str(error)

    async def _in_writer(self, function: Callable[..., None], *values: Any) -> None:
        await asyncio.get_running_loop().run_in_executor(self._writer, function, *values)


def at_once(scheduler: Scheduler | None) -> int:
    """How many submissions at the same time, if nobody says: as many as processors, or as suits the cluster."""
    return processors() if scheduler is None else sys.maxsize


def processors() -> int:
    """How many there are for us."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _timestamp(folder: Path) -> str | None:
    try:
        with (folder / "timestamp.txt").open(encoding="utf-8", errors="replace") as file:
            return file.read(100).strip() or None
    except OSError:
        return None


def _name_fault(student: str) -> str | None:
    try:
        student.encode()
    except UnicodeEncodeError:
        return "the folder's name is not UTF-8; rename it to the student's id"
    return "the folder's name is longer than a gradebook takes (128)" if len(student) > 128 else None


def _row(result: Result, state_of: str = "") -> dict[str, Any]:
    shown = ("student", "assignment", "score", "max", "state", "by_hand", "notes", "attempt")
    return {name: result[name] for name in shown} | {"unchanged": state_of == "unchanged"}


def _fault_row(task: Task, fault: str, *, state: str) -> dict[str, Any]:
    student = task.student.encode("utf-8", "backslashreplace").decode()
    about = {"student": student, "assignment": task.assignment.name, "score": None, "max": task.assignment.max_score}
    return about | {"state": state, "by_hand": 0, "notes": [fault], "attempt": None, "unchanged": False}
