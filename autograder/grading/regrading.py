"""A class graded anew after its checks were corrected, and what that changed for whom."""

import argparse
import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from autograder.errors import UserError
from autograder.grading.classroom import Classroom
from autograder.grading.gradebook import Book
from autograder.grading.grader import Graded
from autograder.grading.marks import Marks
from autograder.grading.master import CHECK, Assignment
from autograder.grading.mixing import Cell, attempt_of, differs, exercise_of, is_of_same_answers, mixed, pairs, settled
from autograder.grading.place import place
from autograder.grading.plan import Planned, assignments, plan
from autograder.grading.results import Result
from autograder.grading.session import Session, at_once
from autograder.grading.wide.options import scheduler_of


@dataclass(frozen=True)
class Side:
    """What a cell earned in an attempt, and why."""

    attempt: int
    points: float | None
    reason: str


@dataclass(frozen=True)
class Change:
    """A cell that counts otherwise than before; `manual` are points given by hand, which stand."""

    student: str
    notebook: str
    exercise: str
    most: float
    before: Side
    after: Side
    manual: float | None = None

    @property
    def by(self) -> float:
        """What it does to the student's score."""
        return 0.0 if self.manual is not None else (self.after.points or 0.0) - (self.before.points or 0.0)


@dataclass
class Report:
    """What a regrade did, or would do. `left` are cells of other exercises that would have changed as well."""

    assignment: str
    exercise: str | None
    dry_run: bool
    regraded: int = 0
    compared: int = 0
    changes: list[Change] = field(default_factory=list)
    left: list[Change] = field(default_factory=list)
    handed_in_anew: list[str] = field(default_factory=list)
    failed: list[dict[str, Any]] = field(default_factory=list)
    trouble: str | None = None

    def as_dict(self) -> dict[str, Any]:
        whole = asdict(self)
        for name in ("changes", "left"):
            for told, change in zip(whole[name], getattr(self, name), strict=True):
                told["by"] = change.by
        return whole


def regrade(options: argparse.Namespace) -> Report:
    """Grade what has no result by the present checks, or all if forced, and compare with what stood before."""
    classroom = Classroom(options.folder, options.db)
    with classroom.alone(), Book(classroom) as book:
        (assignment,) = assignments(classroom, book, [options.assignment])
        exercise = _exercise(assignment, options.exercise)
        planned = list(plan(classroom, [assignment], options.student, force=options.force))
        if not planned:
            raise UserError(f"nobody has handed in {assignment.name}, so there is nothing to grade anew")
        run = _Run(exercise, dry=options.dry_run, force=options.force)
        to_do = [one for one in planned if not run.stands(one)]
        scheduler = scheduler_of(options)
        session = Session(classroom, book, run.settle, place(scheduler))
        rows = asyncio.run(session.grade(to_do, options.jobs or at_once(scheduler)))
        marks = book.marks(assignment.name)
    report = Report(assignment.name, exercise, options.dry_run, len(run.results), trouble=session.trouble)
    report.failed = [row for row in rows if row["attempt"] is None]
    for one in planned:
        student = one.task.student
        if student in run.results:
            before, after, whole = one.result, run.results[student], run.whole[student]
        elif one.result is not None:
            before, after, whole = _before(classroom, one.result), one.result, one.result
        else:
            continue
        if before is None:
            continue
        if is_of_same_answers(before, after):
            _compare(report, before, after, whole, marks.get(student))
        else:
            report.handed_in_anew.append(student)
    return report


def _exercise(assignment: Assignment, name: str | None) -> str | None:
    """The exercise of this name, which may also be that of the cell that checks it."""
    if name is None:
        return None
    masters = [next(iter(editions.values())) for editions in assignment.notebooks.values()]
    known = {master.exercise(cell) or cell.name for master in masters for cell in master.cells if cell.grade}
    for wanted in (name, name.removesuffix(CHECK)):
        if wanted in known:
            return wanted
    raise UserError(f"{assignment.name} has no graded exercise {name}; it has: {', '.join(sorted(known)) or 'none'}")


class _Run:
    """What is kept of each submission that is graded; and the results, also of a dry run, of which none is."""

    def __init__(self, exercise: str | None, *, dry: bool, force: bool) -> None:
        self._exercise, self._dry, self._force = exercise, dry, force
        self.results: dict[str, Result] = {}
        self.whole: dict[str, Result] = {}  # as they would be without the choice of one exercise

    def stands(self, one: Planned) -> bool:
        """Whether its result is what this run would make of it."""
        mix = (one.result or {}).get("mixed")
        is_mixed_so = mix == {"exercise": self._exercise, "inputs": dict(one.task.inputs)}
        return not self._force and (one.holds or is_mixed_so)

    def settle(self, planned: Planned, graded: Graded) -> Graded | None:
        student, before = planned.task.student, planned.result
        self.whole[student] = graded.result
        if before is not None and is_of_same_answers(before, graded.result):
            graded = settled(before, graded)
            if self._exercise is not None:
                graded = mixed(before, graded, planned.task, self._exercise)
        self.results[student] = graded.result
        return None if self._dry else graded


def _compare(report: Report, before: Result, after: Result, whole: Result, marks: Marks | None) -> None:
    """Add what changed from one result to the other."""
    report.compared += 1
    report.changes += _changes(before, after, marks)
    told = {(change.notebook, change.exercise) for change in report.changes if change.student == after["student"]}
    report.left += [one for one in _changes(before, whole, marks) if (one.notebook, one.exercise) not in told]


def _before(classroom: Classroom, after: Result) -> Result | None:
    """The last result that other checks gave to the same answers, if there is one."""
    earlier = classroom.results.newest_first(after["assignment"], after["student"])
    return next((one for one in earlier if one["key"] != after["key"] and is_of_same_answers(one, after)), None)


def _changes(before: Result, after: Result, marks: Marks | None) -> Iterator[Change]:
    given: Mapping[str, Any] = marks.notebooks if marks is not None else {}
    for notebook, old, new in pairs(before, after):
        if differs(old, new):
            mark = given[notebook].cells.get(new["name"]) if notebook in given else None
            sides = _side(old, before), _side(new, after)
            manual = mark.manual if mark is not None else None
            yield Change(after["student"], notebook, exercise_of(new), new["max"], *sides, manual)


def _side(cell: Cell, result: Result) -> Side:
    return Side(attempt_of(cell, result), cell["points"], _reason(cell))


def _reason(cell: Cell) -> str:
    """Why a cell earned what it did, in a line."""
    outcome = cell.get("outcome") or {}
    if outcome.get("state") != "judged":
        return str(cell["reason"])
    if outcome["fraction"] == 1:
        return "passed"
    if outcome["not_written"]:
        return "not written"
    return str(outcome["mistake"] or outcome["wrong"] or "partly right").partition("\n")[0]


def lines(report: Report) -> Iterator[str]:
    """The report as text: a line for each change, its reasons below."""
    yield from _table(report.changes)
    students = {change.student for change in report.changes}
    verb = "would change" if report.dry_run else "changed"
    total = sum(change.by for change in report.changes)
    by = f", by {total:+g} points in all" if students else ""
    yield f"the scores of {len(students)} of {report.compared} students {verb}{by}"
    if report.left:
        yield f"left as they were, though they would have changed as well (only {report.exercise} was asked for):"
        yield from _table(report.left)
        yield "autograder grade scores these anew too; until then each result says which attempt a cell is of"
    if report.handed_in_anew:
        yield f"not compared, since they handed in something else meanwhile: {', '.join(report.handed_in_anew)}"
    if not report.regraded:
        yield "every result was by the present checks already; --force grades them all the same"
    for row in report.failed:
        yield f"{row['student']} could not be graded: {'; '.join(row['notes'])}"


def _table(changes: Sequence[Change]) -> Iterator[str]:
    cells = [
        (one.student, one.exercise, _points(one.before, one.most), _points(one.after, one.most), f"{one.by:+g}")
        for one in changes
    ]
    table = [("student", "exercise", "before", "after", "change"), *cells] if cells else []
    widths = [max(len(row[column]) for row in table) for column in range(5)] if table else []
    for number, row in enumerate(table):
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        if number:
            change = changes[number - 1]
            yield f"    before: {change.before.reason}"
            yield f"    after:  {change.after.reason}"
            if change.manual is not None:
                yield f"    {change.manual:g} points were given by hand, and stand"


def _points(side: Side, most: float) -> str:
    return f"{'–' if side.points is None else f'{side.points:g}'}/{most:g}"
