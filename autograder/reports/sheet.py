"""The scores of a class after lateness and excuses: what every export writes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from autograder.errors import UserError
from autograder.grading.classroom import Classroom
from autograder.grading.deadlines import Deadlines, deadlines
from autograder.grading.gradebook import Book
from autograder.grading.marks import Marks
from autograder.grading.own_settings import OWN
from autograder.grading.roster import Assigned, Student


@dataclass(frozen=True)
class Entry:
    """What a student has for an assignment. `raw` is None where nothing has points, and so is the score."""

    status: str  # graded, waiting (for a person), missing, not graded (but handed in), excused
    raw: float | None = None
    penalty: float = 0.0
    handed_in: datetime | None = None
    due: datetime | None = None
    seconds_late: float | None = None
    waiting: int = 0  # cells that a person has yet to mark

    @property
    def score(self) -> float | None:
        return None if self.raw is None or self.status == "excused" else self.raw - self.penalty


@dataclass(frozen=True)
class Sheet:
    """A class's students and assignments in order, and an entry for each pair."""

    students: Sequence[Student]
    assignments: Sequence[Assigned]
    entries: Mapping[tuple[str, str], Entry]
    notes: Sequence[str] = ()


def read_sheet(classroom: Classroom, book: Book, names: Sequence[str] = (), students: Sequence[str] = ()) -> Sheet:
    """The entries of the assignments and students of these names; for no names, of what was handed in, and of all."""
    assigned = {one.name: one for one in book.assigned()}
    if not assigned:
        raise UserError(f"the gradebook of {classroom.folder} has no assignments; run autograder init or grade first")
    rules = rules_of(classroom, assigned)
    chosen = [assigned[name] for name in _known("assignment", names, assigned)]
    handed_in = {one.name: {student for student, _ in classroom.submissions(one.name)} for one in chosen}
    marks = {one.name: book.marks(one.name) for one in chosen}
    chosen = [one for one in chosen if names or handed_in[one.name] or marks[one.name]]
    if not chosen:
        raise UserError(f"nothing was handed in to {classroom.folder}; name the assignments to export all the same")
    roster = {one.id: one for one in book.students()}
    unlisted = sorted(set().union(*handed_in.values()) - set(roster))
    roster |= {student: Student(student) for student in unlisted if _is_text(student)}
    ids = _known("student", students, roster)
    entries = {
        (student, one.name): _entry(
            student, one, marks[one.name].get(student), rules, came=student in handed_in[one.name]
        )
        for one in chosen
        for student in ids
    }
    notes = list(_notes(entries, rules, roster))
    return Sheet([roster[student] for student in ids], chosen, entries, notes)


def rules_of(classroom: Classroom, assignments: Iterable[str]) -> Deadlines:
    """What the class has agreed on."""
    return deadlines(classroom.own, classroom.folder / OWN, assignments)


def agreed_marks(classroom: Classroom, book: Book, assignment: str) -> dict[str, Marks]:
    """What the gradebook holds of an assignment, with the penalties that the class has agreed on."""
    assigned = {one.name: one for one in book.assigned()}
    rules, recorded = rules_of(classroom, assigned), book.marks(assignment)
    return {who: rules.applied(who, assignment, assigned[assignment].most, one) for who, one in recorded.items()}


def _known(what: str, names: Iterable[str], there: Iterable[str]) -> list[str]:
    known = sorted(there)
    if unknown := [name for name in names if name not in known]:
        raise UserError(f"there is no {what} {unknown[0]}; there are: {', '.join(known) or 'none'}")
    return list(dict.fromkeys(names)) or known


def _entry(student: str, assigned: Assigned, marks: Marks | None, rules: Deadlines, *, came: bool) -> Entry:
    due = rules.due_for(student, assigned.name) or assigned.due
    excused = rules.is_excused(student, assigned.name)
    if marks is None:
        status = "excused" if excused else "not graded" if came else "missing"
        return Entry(status, due=due)
    marks = rules.applied(student, assigned.name, assigned.most, marks)
    notebooks = marks.notebooks.values()
    cells = [mark for notebook in notebooks for mark in notebook.cells.values()]
    has_points = not cells or any(mark.auto is not None or mark.manual is not None for mark in cells)
    raw = sum(notebook.raw for notebook in notebooks) if has_points else None
    penalty = sum(notebook.penalty for notebook in notebooks)
    waiting = sum(mark.waits for mark in cells)
    status = "excused" if excused else "waiting" if waiting else "graded"
    time = marks.handed_in and marks.handed_in.replace(tzinfo=UTC)
    late = None if time is None or due is None else marks.seconds_late
    return Entry(status, raw, penalty, time, due, late, waiting)


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _notes(entries: Mapping[tuple[str, str], Entry], rules: Deadlines, roster: Mapping[str, Student]) -> Iterable[str]:
    """What a reader of the scores has to know."""
    found = list(entries.values())
    for student in sorted(rules.students() - set(roster)):
        yield f"{OWN} names student {student}, whom neither the gradebook nor submitted/ knows"
    if waiting := [one for one in found if one.waiting and one.status != "excused"]:
        yield f"{len(waiting)} scores are not final: {sum(one.waiting for one in waiting)} cells wait for a person"
    if ungraded := sum(one.status == "not graded" for one in found):
        yield f"{ungraded} submissions are not graded: run autograder grade; they have no score here"
    if timeless := sum(one.due is not None and one.raw is not None and one.handed_in is None for one in found):
        yield f"{timeless} submissions have no timestamp.txt that says when they came; they count as in time"
