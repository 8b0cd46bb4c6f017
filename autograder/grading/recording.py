"""Writes one result into nbgrader's tables, within the transaction that its caller has begun.

In plain SQL: nbgrader's objects ask the database for each of their relations, which took longer than a notebook's
kernel took to start.
"""

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from nbgrader import api
from nbgrader.utils import parse_utc
from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from autograder.grading.results import Result

NO_ANSWER = "No response."  # nbgrader's own word for it

ASSIGNMENT, STUDENT, NOTEBOOK, CELL, SUBMISSION, SUBMITTED, GRADE, COMMENT = (
    kind.__table__
    for kind in (
        api.Assignment,
        api.Student,
        api.Notebook,
        api.BaseCell,
        api.SubmittedAssignment,
        api.SubmittedNotebook,
        api.Grade,
        api.Comment,
    )
)
GRADED, COMMENTED = ("GradeCell", "TaskCell"), ("SolutionCell", "TaskCell")


@dataclass(frozen=True)
class Place:
    """A cell of a notebook that was handed in, by their numbers."""

    notebook_id: str
    cell_id: str


def write(db: Session, result: Result, timestamp: str | None) -> list[str]:
    """Write the scores of a result, so that none survives from an earlier one; the numbers of its notebooks, if late.

    There is a row then for every cell there is to grade or to comment, and no late penalty yet.
    """
    assignment = db.scalar(select(ASSIGNMENT.c.id).where(ASSIGNMENT.c.name == result["assignment"]))
    submission = _submission(db, str(assignment), result["student"], timestamp)
    submitted = _notebooks(db, str(assignment), submission)
    graded = {notebook["name"]: notebook for notebook in result["notebooks"]}
    scores: dict[Place, dict[str, Any]] = {}
    comments: dict[Place, str | None] = {}
    for number, notebook, cell, name, kind in _cells(db, str(assignment)):
        found = graded.get(notebook, {})
        place = Place(submitted[number], cell)
        if kind in GRADED:
            scores[place] = next((one for one in found.get("cells", ()) if one["name"] == name), {"points": 0.0})
        if kind in COMMENTED:
            comments[place] = NO_ANSWER if name in found.get("unanswered", ()) else None
    _write_grades(db, submitted.values(), scores)
    _write_comments(db, submitted.values(), comments)
    return list(submitted.values()) if _is_late(db, submission) else []


def _submission(db: Session, assignment: str, student: str, timestamp: str | None) -> str:
    if db.scalar(select(STUDENT.c.id).where(STUDENT.c.id == student)) is None:
        db.execute(insert(STUDENT).values(id=student))
    about: dict[str, Any] = {}
    if timestamp:
        with contextlib.suppress(ValueError, OverflowError):  # what is no date is no date
            about["timestamp"] = parse_utc(timestamp)
    whose = (SUBMISSION.c.assignment_id == assignment) & (SUBMISSION.c.student_id == student)
    known = db.scalar(select(SUBMISSION.c.id).where(whose))
    if known is None:
        known = api.new_uuid()
        db.execute(insert(SUBMISSION).values(id=known, assignment_id=assignment, student_id=student, **about))
    elif about:
        db.execute(update(SUBMISSION).where(SUBMISSION.c.id == known).values(**about))
    return str(known)


def _is_late(db: Session, submission: str) -> bool:
    """As nbgrader's `total_seconds_late` counts."""
    chosen = select(ASSIGNMENT.c.duedate, SUBMISSION.c.extension, SUBMISSION.c.timestamp)
    joined = chosen.join_from(SUBMISSION, ASSIGNMENT, SUBMISSION.c.assignment_id == ASSIGNMENT.c.id)
    due, extension, handed_in = db.execute(joined.where(SUBMISSION.c.id == submission)).one()
    return None not in (due, handed_in) and handed_in > due + (extension or timedelta())


def _notebooks(db: Session, assignment: str, submission: str) -> dict[str, str]:
    """The numbers of the notebooks that were handed in, by those of the assignment's."""
    chosen = select(SUBMITTED.c.notebook_id, SUBMITTED.c.id).where(SUBMITTED.c.assignment_id == submission)
    known = {str(row.notebook_id): str(row.id) for row in db.execute(chosen)}
    if known:
        db.execute(
            update(SUBMITTED).where(SUBMITTED.c.assignment_id == submission).values(late_submission_penalty=None)
        )
    released = db.scalars(select(NOTEBOOK.c.id).where(NOTEBOOK.c.assignment_id == assignment)).all()
    new = {number: api.new_uuid() for number in released if number not in known}
    if new:
        rows = [{"id": own, "notebook_id": number, "assignment_id": submission} for number, own in new.items()]
        db.execute(insert(SUBMITTED), rows)
    return {number: {**known, **new}[number] for number in released}


def _cells(db: Session, assignment: str) -> Iterable[Any]:
    """Each cell of an assignment: its notebook's number and name, its own, and its kind."""
    chosen = select(NOTEBOOK.c.id, NOTEBOOK.c.name, CELL.c.id, CELL.c.name, CELL.c.type)
    joined = chosen.join_from(NOTEBOOK, CELL, CELL.c.notebook_id == NOTEBOOK.c.id)
    return db.execute(joined.where(NOTEBOOK.c.assignment_id == assignment)).all()


def _write_grades(db: Session, notebooks: Iterable[str], scores: Mapping[Place, Mapping[str, Any]]) -> None:
    columns = (GRADE.c.id, GRADE.c.notebook_id, GRADE.c.cell_id, GRADE.c.manual_score, GRADE.c.needs_manual_grade)
    chosen = select(*columns).where(GRADE.c.notebook_id.in_(list(notebooks)))
    known = db.execute(chosen.with_for_update()).all()  # somebody may just be giving points in formgrader
    there = {Place(notebook, cell): (own, manual, waits) for own, notebook, cell, manual, waits in known}
    old, new = [], []
    for place in scores.keys() | there.keys():
        found = scores.get(place, {"points": 0.0})
        own, manual, waits = there.get(place, (None, None, True))
        unsure = found["points"] is None or found.get("by_hand", False)
        is_decided = found.get("settled", False) and manual is not None
        for_a_person = waits if is_decided else unsure or manual is not None
        row = {"auto_score": found["points"], "needs_manual_grade": for_a_person}
        if own is None:
            new.append({**row, "notebook_id": place.notebook_id, "cell_id": place.cell_id})
        else:
            old.append({**row, "own": own})
    _insert_and_update(db, GRADE, new, old)


def _write_comments(db: Session, notebooks: Iterable[str], comments: Mapping[Place, str | None]) -> None:
    columns = (COMMENT.c.id, COMMENT.c.notebook_id, COMMENT.c.cell_id)
    known = db.execute(select(*columns).where(COMMENT.c.notebook_id.in_(list(notebooks)))).all()
    there = {Place(notebook, cell): own for own, notebook, cell in known}
    old = [{"own": own, "auto_comment": comments.get(place)} for place, own in there.items()]
    new = [
        {"notebook_id": place.notebook_id, "cell_id": place.cell_id, "auto_comment": text}
        for place, text in comments.items()
        if place not in there
    ]
    _insert_and_update(db, COMMENT, new, old)


def _insert_and_update(db: Session, table: Table, new: list[dict[str, Any]], old: list[dict[str, Any]]) -> None:
    if new:
        db.execute(insert(table), new)
    if old:
        # Not through the session: it takes an update of many rows for one of its objects.
        db.connection().execute(update(table).where(table.c.id == bindparam("own")), old)
