"""Puts scores into a file that a learning platform handed out: it alone knows its own ids."""

import codecs
import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.errors import UserError
from autograder.grading.roster import Assigned, Student
from autograder.reports.formats import canvas_grade
from autograder.reports.sheet import Entry, Sheet
from autograder.reports.spreadsheet import Cell, disarmed, number

# Headings in English and French, in lower case and with plain apostrophes.
WHO = (
    "email address",
    "adresse de courriel",
    "adresse e-mail",
    "id number",
    "numéro d'identification",
    "username",
    "nom d'utilisateur",
    "id",
    "sis user id",
    "sis login id",
)
NAMES = ("full name", "nom complet", "student")
GRADE = ("grade", "note")
MOST = ("maximum grade", "note maximale")
POINTS_POSSIBLE = "Points Possible"
CANVAS_ID = re.compile(r"(.+) \(\d+\)")
SHOWN = 5  # of what was not found


def fill(sheet: Sheet, system: str, path: Path) -> tuple[bytes, list[str]]:
    """The file with the scores of the sheet in it, and what did not fit."""
    if system not in ("moodle", "canvas"):
        raise UserError(f"--fill takes a file from Moodle or Canvas; it cannot go with --to {system}")
    table = _Table(path)
    return table.filled(sheet, _worksheet(sheet, table) if system == "moodle" else _gradebook(sheet, table))


class _Table:
    """A CSV file, taken apart so that it can be written as it was."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            raw = path.read_bytes()
            text = raw.decode("utf-8-sig")
        except OSError as error:
            raise UserError(f"{path} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise UserError(f"{path} is not in UTF-8; download it anew, without a spreadsheet in between") from None
        self.mark = codecs.BOM_UTF8 if raw.startswith(codecs.BOM_UTF8) else b""
        first = text.partition("\n")[0]
        self.separator = max(",;\t", key=first.count)
        self.rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=self.separator) if row]
        self.header = [heading.strip() for heading in self.rows[0]] if self.rows else []
        self._keys = [heading.lower().replace("’", "'") for heading in self.header]

    def column(self, names: Sequence[str]) -> int | None:
        return next((number for number, key in enumerate(self._keys) if key in names), None)

    def filled(self, sheet: Sheet, columns: Mapping[int, Assigned]) -> tuple[bytes, list[str]]:
        who = _Who(sheet.students, [n for n, key in enumerate(self._keys) if key in WHO], self.column(NAMES))
        seen: set[str] = set()
        strangers: list[str] = []
        for row in self.rows[1:]:
            row += [""] * (len(self.header) - len(row))
            if row[0].strip() == POINTS_POSSIBLE or not any(cell.strip() for cell in row[: min(columns)]):
                continue
            student = who.of(row)
            if student is None:
                strangers.append(" ".join(filter(None, row[:3])))
                continue
            seen.add(student.id)
            for place, one in columns.items():
                self._put(row, place, sheet.entries[student.id, one.name])
        left = [one.id for one in sheet.students if one.id not in seen]
        return self._as_bytes(), [
            *_listed(f"rows of {self.path} are of nobody in the class and were left as they were", strangers),
            *_listed(f"students of the class are not in {self.path}", left),
        ]

    def _put(self, row: list[str], place: int, entry: Entry) -> None:
        """A score, or who is excused from it; what has no score is left as it is."""
        value: Cell = canvas_grade(entry) if self.column(("section",)) is not None else entry.score
        if value is not None:
            row[place] = value if isinstance(value, str) else number(value, self.separator)

    def _as_bytes(self) -> bytes:
        text = io.StringIO()
        writer = csv.writer(text, delimiter=self.separator, lineterminator="\r\n")
        writer.writerows([disarmed(cell) for cell in row] for row in self.rows)
        return self.mark + text.getvalue().encode("utf-8", "replace")


class _Who:
    """Finds the student that a row is about: by what identifies them, or by a name that one of them alone has."""

    def __init__(self, students: Sequence[Student], places: Sequence[int], name: int | None) -> None:
        self._places, self._name = places, name
        self._known: dict[str, set[str]] = {}
        self._named: dict[str, set[str]] = {}
        self._students = {one.id: one for one in students}
        for one in students:
            for key in filter(None, (one.id, one.email, one.lms_user_id)):
                self._known.setdefault(key.casefold(), set()).add(one.id)
            for key in (one.name, f"{one.last_name}, {one.first_name}") if one.last_name else ():
                self._named.setdefault(key.casefold(), set()).add(one.id)

    def of(self, row: Sequence[str]) -> Student | None:
        for place in self._places:
            found = self._known.get(row[place].strip().casefold(), set())
            if len(found) == 1:
                return self._students[min(found)]
        found = self._named.get(row[self._name].strip().casefold(), set()) if self._name is not None else set()
        return self._students[min(found)] if len(found) == 1 else None


def _worksheet(sheet: Sheet, table: _Table) -> dict[int, Assigned]:
    """Where a grading worksheet has its grades; it is of one assignment."""
    grade, most = table.column(GRADE), table.column(MOST)
    if grade is None or table.column(("identifier", "identifiant")) is None:
        raise UserError(f"{table.path} is no grading worksheet from Moodle: it has no columns Identifier and Grade")
    if len(sheet.assignments) != 1:
        raise UserError("a grading worksheet is of one assignment: name it")
    (one,) = sheet.assignments
    for row in table.rows[1:]:
        _same_most(table, one, row, most)
    return {grade: one}


def _gradebook(sheet: Sheet, table: _Table) -> dict[int, Assigned]:
    """Where a gradebook from Canvas has the assignments."""
    if table.column(("student",)) is None or table.column(("section",)) is None:
        raise UserError(f"{table.path} is no gradebook from Canvas: it has no columns Student and Section")
    places: dict[str, int] = {}
    for place, heading in enumerate(table.header):
        matched = CANVAS_ID.fullmatch(heading)
        places.setdefault(matched[1] if matched else heading, place)
    columns = {places[one.name]: one for one in sheet.assignments if one.name in places}
    if not columns:
        names = ", ".join(one.name for one in sheet.assignments)
        raise UserError(f"{table.path} has no column for {names}; give the assignments in Canvas the same names")
    for row in table.rows[1:]:
        if row[0].strip() == POINTS_POSSIBLE:
            for place, one in columns.items():
                _same_most(table, one, row, place)
    return columns


def _same_most(table: _Table, one: Assigned, row: Sequence[str], place: int | None) -> None:
    """Refuse to mix points of different worth; Moodle would leave out grades above its maximum without a word."""
    try:
        most = float(row[place].strip().replace(",", ".")) if place is not None else one.most
    except (ValueError, IndexError):
        return
    if abs(most - one.most) > 0.005:
        raise UserError(f"{table.path} says that {one.name} has {most:g} points, and it has {one.most:g}; "
                        "set the same maximum in the platform, and download the file again")  # fmt: skip


def _listed(what: str, names: Sequence[str]) -> list[str]:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return [f"{len(names)} {what}: {', '.join(names[:SHOWN])}{more}"] if names else []
