"""A class's scores as other systems take them, in bytes."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from autograder.reports.sheet import Entry, Sheet
from autograder.reports.spreadsheet import Cell, to_csv

NO_GRADE = "-"  # to Moodle; it would take an empty cell of a new column for a grade
EXCUSED = "EX"  # to Canvas

COLUMNS = (
    "student_id",
    "last_name",
    "first_name",
    "email",
    "lms_user_id",
    "assignment",
    "status",
    "due",
    "handed_in",
    "seconds_late",
    "raw_score",
    "late_penalty",
    "score",
    "max_score",
    "cells_waiting",
)


@dataclass(frozen=True)
class Form:
    """How a file is written; `bom` is its byte-order mark, None as suits the format."""

    bom: bool | None = None
    separator: str = ","
    canvas_ids: Mapping[str, Any] | None = None
    section: str = ""


def moodle(sheet: Sheet, form: Form) -> bytes:
    """For the import of Moodle's gradebook, with who is excused or late as feedback."""
    header: list[Cell] = ["First name", "Last name", "ID number", "Email address", "Username"]
    columns: list[tuple[str, Callable[[Entry], Cell]]] = []
    for one in sheet.assignments:
        columns.append((one.name, _moodle_grade))
        if any(_remark(sheet.entries[student.id, one.name]) for student in sheet.students):
            columns.append((one.name, _remark))
    header += [f"{name} (feedback)" if value is _remark else name for name, value in columns]
    rows = [header]
    for who in sheet.students:
        own: list[Cell] = [who.first_name, who.last_name, who.lms_user_id or who.id, who.email, who.id]
        rows.append(own + [value(sheet.entries[who.id, name]) for name, value in columns])
    return to_csv(rows, bom=bool(form.bom), separator=form.separator)


def canvas(sheet: Sheet, form: Form) -> bytes:
    """For the import of Canvas's gradebook."""
    ids = form.canvas_ids or {}
    titles: list[Cell] = [f"{one.name} ({ids[one.name]})" if one.name in ids else one.name for one in sheet.assignments]
    header: list[Cell] = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *titles]
    most: list[Cell] = ["    Points Possible", "", "", "", "", *(one.most for one in sheet.assignments)]
    rows: list[list[Cell]] = [header, most]
    for who in sheet.students:
        name = ", ".join(filter(None, (who.last_name, who.first_name)))
        own: list[Cell] = [name or who.id, who.lms_user_id, who.id, who.email or who.id, form.section]
        rows.append(own + [canvas_grade(sheet.entries[who.id, one.name]) for one in sheet.assignments])
    return to_csv(rows, bom=bool(form.bom), separator=form.separator)


def plain(sheet: Sheet, form: Form) -> bytes:
    """A line for each student and assignment, with a byte-order mark, which Excel needs, unless told otherwise."""
    rows = (list(line.values()) for line in _lines(sheet))
    return to_csv([COLUMNS, *rows], bom=form.bom is not False, separator=form.separator)


def as_json(sheet: Sheet, form: Form) -> bytes:
    """For programs: text is as students wrote it."""
    students = [
        asdict(who) | {"scores": {line.pop("assignment"): line for line in _of(sheet, who.id)}}
        for who in sheet.students
    ]
    assignments = [{"name": one.name, "max_score": one.most} for one in sheet.assignments]
    whole = {"assignments": assignments, "students": students, "notes": list(sheet.notes)}
    return json.dumps(whole, indent=1, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


FORMATS: Mapping[str, Callable[[Sheet, Form], bytes]] = {
    "moodle": moodle,
    "canvas": canvas,
    "csv": plain,
    "json": as_json,
}


def canvas_grade(entry: Entry) -> Cell:
    return EXCUSED if entry.status == "excused" else entry.score


def _moodle_grade(entry: Entry) -> Cell:
    return NO_GRADE if entry.score is None else entry.score


def _remark(entry: Entry) -> str:
    if entry.status == "excused":
        return "excused"
    if entry.penalty and entry.raw is not None:
        return f"{entry.raw:g} before {entry.penalty:g} for lateness"
    return ""


def _lines(sheet: Sheet) -> Iterator[dict[str, Cell]]:
    for who in sheet.students:
        about: dict[str, Cell] = {
            "student_id": who.id,
            "last_name": who.last_name,
            "first_name": who.first_name,
            "email": who.email,
            "lms_user_id": who.lms_user_id,
        }
        for line in _of(sheet, who.id):
            yield about | line


def _of(sheet: Sheet, student: str) -> Iterator[dict[str, Cell]]:
    for one in sheet.assignments:
        entry = sheet.entries[student, one.name]
        yield {
            "assignment": one.name,
            "status": entry.status,
            "due": _iso(entry.due),
            "handed_in": _iso(entry.handed_in),
            "seconds_late": entry.seconds_late,
            "raw_score": entry.raw,
            "late_penalty": None if entry.raw is None else entry.penalty,
            "score": entry.score,
            "max_score": one.most,
            "cells_waiting": entry.waiting,
        }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
