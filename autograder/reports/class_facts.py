"""What a class report tells, read from a class's results and from its gradebook."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.grading.classroom import Classroom
from autograder.grading.gradebook import Book, mark_of
from autograder.grading.marks import Mark, Marks
from autograder.grading.master import Assignment
from autograder.grading.plan import Planned, plan
from autograder.grading.results import Result
from autograder.reports.sheet import Sheet, read_sheet

STATES = ("right", "partly", "wrong", "not written", "not judged", "waits")
CHANGED = ("submission",)  # what makes a result one of something else, for this student alone


@dataclass(frozen=True)
class Item:
    """A graded cell; by its exercise's name where it checks one."""

    assignment: str
    name: str
    most: float
    is_exercise: bool


@dataclass(frozen=True)
class Try:
    """What one student made of one item."""

    state: str
    points: float | None
    mistake: str | None = None
    broke_rule: bool = False


@dataclass(frozen=True)
class Concern:
    """Something that a person should look at, or that went wrong; `told` is the grader's own English sentence."""

    kind: str
    student: str
    assignment: str
    told: str = ""


@dataclass(frozen=True)
class Submission:
    """One student's work on one assignment."""

    student: str
    assignment: str
    tries: Mapping[Item, Try]
    concerns: Sequence[Concern] = ()
    failures: Sequence[Concern] = ()
    seconds: float | None = None
    when: str = ""
    files: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)  # notebook -> file and language


@dataclass(frozen=True)
class ClassFacts:
    """All of a class."""

    name: str
    sheet: Sheet
    items: Sequence[Item]
    submissions: Sequence[Submission]

    @property
    def read(self) -> list[Submission]:
        """Those that could be graded."""
        return [one for one in self.submissions if one.tries]


def read_class(classroom: Classroom, book: Book, chosen: Sequence[Assignment]) -> ClassFacts:
    sheet = read_sheet(classroom, book, [one.name for one in chosen])
    submissions: list[Submission] = []
    for assignment in chosen:
        marks = book.marks(assignment.name)
        for planned in plan(classroom, [assignment], None, force=False):
            submissions.append(submission(planned, marks.get(_shown(planned.task.student))))
    items = [item for assignment in chosen for item in items_of(assignment)]
    return ClassFacts(classroom.layout.course_id or classroom.folder.name, sheet, items, submissions)


def items_of(assignment: Assignment) -> Iterator[Item]:
    """The graded cells of an assignment, in order."""
    for editions in assignment.notebooks.values():
        master = next(iter(editions.values()))
        for cell in master.cells:
            if cell.grade or cell.task:
                exercise = master.exercise(cell)
                yield Item(assignment.name, exercise or cell.name, cell.points, exercise is not None)


def submission(planned: Planned, marks: Marks | None) -> Submission:
    """What is known of a submission."""
    student, assignment, result = _shown(planned.task.student), planned.task.assignment.name, planned.result
    if result is None:
        return Submission(student, assignment, {}, [Concern("not graded", student, assignment)])
    recorded = marks if marks is not None and marks.result == mark_of(result) else None
    concerns = list(_concerns(result))
    if any(result["inputs"].get(name) != planned.task.inputs[name] for name in CHANGED):
        concerns.append(Concern("changed", student, assignment))
    if recorded is None:
        concerns.append(Concern("not recorded", student, assignment))
    graded = [one for one in result["notebooks"] if one["state"] == "graded"]
    return Submission(
        student,
        assignment,
        dict(_tries(assignment, graded, recorded)),
        concerns,
        list(_failures(result)),
        sum(one["seconds"] for one in graded) if graded else None,
        str(result.get("when", "")),
        {one["name"]: (one["file"], one.get("language")) for one in graded if "file" in one},
    )


def _shown(student: str) -> str:
    return student.encode("utf-8", "backslashreplace").decode()


def _tries(assignment: str, notebooks: Iterable[Mapping[str, Any]], marks: Marks | None) -> Iterator[tuple[Item, Try]]:
    for notebook in notebooks:
        recorded = marks.notebooks[notebook["name"]].cells if marks and notebook["name"] in marks.notebooks else {}
        for cell in notebook["cells"]:
            name = cell.get("exercise", cell["name"])
            item = Item(assignment, name, cell["max"], "exercise" in cell)
            yield item, _try(cell, recorded.get(cell["name"]))


def _try(cell: Mapping[str, Any], mark: Mark | None) -> Try:
    """A person's word comes before a run's, for the points; which mistake it was stays what the judge found."""
    outcome = cell.get("outcome") or {}
    points = cell["points"]
    if mark is not None and mark.manual is not None:
        points = mark.points
    judged = outcome.get("state") == "judged"
    written = not (outcome.get("not_written") and not cell["points"]) and cell["reason"] != "no answer"
    if points is None:
        state = "waits"
    elif points >= cell["max"] and written:
        state = "right"
    elif points > 0:
        state = "partly"
    elif not written:
        state = "not written"
    else:
        state = "wrong" if judged or "exercise" not in cell else "not judged"
    return Try(state, points, outcome.get("mistake"), bool(outcome.get("broke")))


def _concerns(result: Result) -> Iterator[Concern]:
    """What a person has to decide, but for answers that are read by people anyhow."""
    student, assignment = _shown(result["student"]), result["assignment"]
    for notebook in result["notebooks"]:
        if notebook["state"] in ("unreadable", "missing"):
            told = notebook["reason"] if notebook["state"] == "unreadable" else f"{notebook['name']}.ipynb"
            yield Concern(notebook["state"], student, assignment, told)
            continue
        states = [(cell.get("outcome") or {}) for cell in notebook["cells"]]
        late = sum(bool(outcome.get("late")) for outcome in states)
        for line in notebook.get("review", []):
            if line.startswith(f"{notebook['name']}, cell "):  # as the reader of suspicious code writes
                yield Concern("suspicion", student, assignment, line)
            else:
                yield Concern(
                    "late check" if late and "its time was up" in line else "check", student, assignment, line
                )


def _failures(result: Result) -> Iterator[Concern]:
    """Kernels that died, judges that were lost, checks that were never asked for."""
    student, assignment = _shown(result["student"]), result["assignment"]
    for notebook in result["notebooks"]:
        for reason in notebook.get("died", []):
            yield Concern("died", student, assignment, reason)
        lost = Counter[str]()
        for cell in notebook["cells"]:
            state = (cell.get("outcome") or {}).get("state")
            if state in ("lost", "failed"):
                yield Concern(state, student, assignment, f"{cell['exercise']}: {cell['outcome'].get('reason', '')}")
            elif "exercise" in cell and state != "judged" and notebook["state"] == "graded":
                lost[cell["reason"]] += 1
        for reason, count in lost.items():
            yield Concern("not reached", student, assignment, f"{reason} ({count})")
