"""Who is in a class: read from a CSV, whatever system or spreadsheet wrote it, in English or French."""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from autograder.collecting.naming import safe_name, squeeze, student_id
from autograder.collecting.times import is_late, parse_time
from autograder.errors import UserError
from autograder.grading.results import write_whole
from autograder.grading.roster import Student

# What a column is called, without accents, case and spaces; the first that is there and filled counts.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": (
        "studentid",
        "numeroetudiant",
        "numerodetudiant",
        "numetudiant",
        "noetudiant",
        "matricule",
        "codepermanent",
        "idnumber",
        "numerodidentification",
        "sisuserid",
        "username",
        "nomdutilisateur",
        "sisloginid",
        "loginid",
        "login",
        "identifiant",
        "id",
    ),
    "first": ("firstname", "first", "givenname", "prenom", "prenoms"),
    "last": ("lastname", "last", "surname", "familyname", "nomdefamille", "nom"),
    "full": ("fullname", "nomcomplet", "name", "student", "etudiant", "prenomnom", "nometprenom", "nomprenom"),
    "email": ("emailaddress", "email", "mail", "adressedecourriel", "courriel", "adressemail", "adresseelectronique"),
    "moodle": ("moodleid", "identifiantmoodle", "idmoodle", "identifier", "participant"),
    "canvas": ("canvasid", "canvasuserid", "identifiantcanvas", "idcanvas", "lmsuserid"),
    "groups": ("groups", "group", "groupes", "groupe", "groupname", "nomdugroupe", "team", "equipe"),
    "handed_in": ("lastmodifiedsubmission", "dernieremodificationtravailremis"),
    "status": ("status", "statut"),
}
OF_CANVAS = {"student", "id", "section"}  # together they are the head of Canvas's own gradebook
NO_STUDENT = ("pointspossible", "studenttest", "teststudent")  # rows of that gradebook
PARTICIPANT = re.compile(r"\D*?(\d+)\s*")
WORKSHEET = re.compile(r"[^\W\d_]+ ?\d+")  # "Participant 12345", as Moodle's grading worksheet has it
DELIMITERS = ",;\t"
OF_ONE = ("handed_in", "late")  # what is true of one assignment only, and not kept


@dataclass(frozen=True)
class Person:
    """A student: `id` names their folders and their row in the gradebook."""

    id: str
    first: str = ""
    last: str = ""
    full: str = ""
    email: str = ""
    moodle: str = ""
    canvas: str = ""
    groups: tuple[str, ...] = ()
    handed_in: datetime | None = None  # of the one assignment that a grading worksheet is about
    late: bool = False

    @property
    def name(self) -> str:
        return self.full or f"{self.first} {self.last}".strip()

    @property
    def student(self) -> Student:
        """As the gradebook knows them; which part of a name is the first is not guessed."""
        last = self.last if self.first or self.last else self.full
        return Student(self.id, self.first, last, self.email, self.canvas)


def read_roster(path: Path) -> list[Person]:
    """The students that a CSV lists, each once."""
    try:
        text = _decoded(path.read_bytes())
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    rows = _rows(path, text)
    head = [squeeze(cell) for cell in rows[0]]
    if len(rows) == 1:
        raise UserError(f"{path} lists no students below its first line")
    columns = _columns(head, rows[1:])
    if not columns.keys() & {"id", "email", "full", "last"}:
        raise UserError(f"{path} has no column for a student's id, name or email address; its columns: {rows[0]}")
    people: dict[str, tuple[int, Person]] = {}
    for line, row in enumerate(rows[1:], start=2):
        one = {name: row[place].strip() if place < len(row) else "" for name, place in columns.items()}
        if not any(one.values()) or squeeze(one.get("full", "")) in NO_STUDENT:
            continue
        person = _person(path, line, one)
        earlier_line, earlier = people.get(person.id, (line, person))
        if earlier.name != person.name:
            raise UserError(f"{path}, lines {earlier_line} and {line}: two students have the id {person.id}")
        groups = tuple(dict.fromkeys([*earlier.groups, *person.groups]))
        people[person.id] = earlier_line, replace(person, groups=groups)
    if not people:
        raise UserError(f"{path} lists no students")
    return [person for _, person in people.values()]


def keep_roster(path: Path, people: Sequence[Person]) -> None:
    """Keep a roster in the class, for later runs."""
    kept = [{name: value for name, value in asdict(one).items() if name not in OF_ONE} for one in people]
    write_whole(path, json.dumps(kept, indent=1, ensure_ascii=False).encode() + b"\n", 0o600)


def kept_roster(path: Path) -> list[Person]:
    """The roster that the class was given last; nobody, if none."""
    try:
        people = json.loads(path.read_text(encoding="utf-8"))
        return [Person(**{**one, "groups": tuple(one["groups"])}) for one in people]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UserError(f"{path} cannot be read ({error}); give the roster again: --roster FILE") from None


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")  # Excel's, in western Europe


def _rows(path: Path, text: str) -> list[list[str]]:
    """The lines of the table, by the delimiter that finds most columns we know."""
    text = re.sub(r"\Asep=.\r?\n", "", text)
    known = {name for names in COLUMNS.values() for name in names}

    def parsed(delimiter: str) -> list[list[str]]:
        try:
            return [row for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter) if any(row)]
        except csv.Error as error:
            raise UserError(f"{path} is no CSV: {error}") from None

    tables = [parsed(delimiter) for delimiter in DELIMITERS]
    best = max(tables, key=lambda rows: len(known & {squeeze(cell) for cell in rows[0]}) if rows else 0)
    if not best:
        raise UserError(f"{path} is empty")
    return best


def _columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Where each thing we know of stands."""

    def is_filled(place: int) -> bool:
        return any(place < len(row) and row[place].strip() for row in rows)

    def values(place: int) -> Iterator[str]:
        return (row[place].strip() for row in rows if place < len(row) and row[place].strip())

    columns: dict[str, int] = {}
    taken: set[int] = set()
    if set(head) >= OF_CANVAS:
        columns["canvas"] = head.index("id")
        taken = {columns["canvas"]}
    elif "identifiant" in head and all(map(WORKSHEET.fullmatch, values(head.index("identifiant")))):
        columns["moodle"] = head.index("identifiant")
        taken = {columns["moodle"]}
    for what, names in COLUMNS.items():
        places = (head.index(name) for name in names if name in head)
        for place in places:
            if what not in columns and place not in taken and is_filled(place):
                columns[what] = place
    return columns


def _person(path: Path, line: int, one: Mapping[str, str]) -> Person:
    first, last, full = one.get("first", ""), one.get("last", ""), one.get("full", "")
    if full and not first and not last and "," in full:  # "Student, One", as Canvas sorts them
        last, first = (part.strip() for part in full.split(",", 1))
        full = f"{first} {last}"
    name = full or f"{first} {last}".strip()
    missing = "id" if "id" in one else "email" if "email" in one else ""
    chosen = one.get("id") or (one.get("email", "") if "id" not in one else "")
    if not chosen and one.get("canvas"):
        chosen = one["canvas"]
    elif not chosen and missing:
        raise UserError(f"{path}, line {line}: {name or 'a student'} has no {missing}")
    chosen = chosen or student_id(name)
    if chosen != safe_name(chosen) or chosen != chosen.strip() or len(chosen) > 128:
        raise UserError(f"{path}, line {line}: {chosen!r} cannot be a student's id, since it cannot name a folder")
    moodle = PARTICIPANT.fullmatch(one.get("moodle", ""))
    groups = tuple(part.strip() for part in re.split(r"[,;|]", one.get("groups", "")) if part.strip())
    return Person(
        chosen,
        first,
        last,
        full,
        one.get("email", ""),
        moodle[1] if moodle else "",
        one.get("canvas", ""),
        groups,
        parse_time(one.get("handed_in", "")),
        is_late(one.get("status", "")),
    )
