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
    rules = deadlines(classroom.own, classroom.folder / OWN, assigned)
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
    cells = [mark for notebook in marks.notebooks.values() for mark in notebook.cells.values()]
    given = [mark.points for mark in cells if mark.auto is not None or mark.manual is not None]
    raw = sum(given) if given or not cells else None
    waiting = sum(mark.waits for mark in cells)
    time = marks.handed_in and marks.handed_in.replace(tzinfo=UTC)
    late = _seconds_late(time, due, marks, rules.due_for(student, assigned.name))
    penalty = sum(notebook.penalty for notebook in marks.notebooks.values())
    if rules.late is not None:
        penalty = rules.late.penalty(raw or 0.0, assigned.most, late or 0.0)
    status = "excused" if excused else "waiting" if waiting else "graded"
    return Entry(status, raw, penalty, time, due, late, waiting)


def _seconds_late(time: datetime | None, due: datetime | None, marks: Marks, own: datetime | None) -> float | None:
    """None where it cannot be known; by nbgrader's own count (which knows its extensions) where the date is its own."""
    if time is None or due is None:
        return None
    return max(0.0, (time - due).total_seconds()) if own is not None else marks.seconds_late


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
