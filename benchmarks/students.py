"""A made-up class: who is in it, and what each of its students hands in, as Moodle's zip has it."""

import ast
import csv
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

from autograder.demo.students import Sheet, cheats, damages, hangs, leaves_blank, sheet
from autograder.lessons.course import Course, Lesson

# First names with and without accents; family names are plants, so that nobody real is meant.
FIRST = "Aïcha Ana Ben Camille Chloé Dounia Éva Félix Hugo Inès Jade Kenza Léo Lina Maël Noé Olga Paul Rayan Zoé"
LAST = (
    "Acacia Amarante Anémone Aubépine Bambou Bégonia Bleuet Bouleau Bruyère Camélia Cèdre Charme Chêne Cyprès Dahlia "
    "Érable Figuier Fougère Frêne Genêt Genévrier Glycine Hêtre Houx Iris Jasmin Jonc Laurier Lavande Lierre Lilas "
    "Magnolia Marronnier Mélèze Mimosa Muguet Myrte Narcisse Noyer Olivier Orme Peuplier Pivoine Platane Romarin "
    "Roseau Sapin Saule Tilleul Thuya"
)
DUE = datetime(2026, 10, 5, 18)
GROUPS = 4
# Of a hundred submissions; the rest are as good as their student.
NEVER, BLANK, DAMAGED, HUNG, CHEATED = 4, 2, 1, 1, 0.5
LATE, AGAIN, RENAMED = 0.08, 0.05, 0.15


@dataclass(frozen=True)
class Student:
    """`skill` is how likely an answer of average difficulty is right; who has the same `draw` hands in the same."""

    draw: int
    id: str
    first: str
    last: str
    group: str
    skill: float

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"


def make_students(number: int, different: int) -> list[Student]:
    """As many as wanted, always the same, of which so many hand in files of their own; no two have one name."""
    names = [(first, last) for first in FIRST.split() for last in LAST.split()]
    if number > len(names):
        raise ValueError(f"{number} students, but only {len(names)} names")
    Random("names").shuffle(names)
    students = []
    for place, (first, last) in enumerate(names[:number]):
        draw = place % different
        skill = Random(f"skill {draw}").betavariate(4, 1.6)
        students.append(Student(draw, f"s{place + 1:04}", first, last, f"Groupe {place % GROUPS + 1}", skill))
    return students


def write_roster(path: Path, students: Sequence[Student]) -> None:
    """A list of participants, as Moodle has it."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["First name", "Last name", "ID number", "Email address", "Groups"])
        for one in students:
            table.writerow([one.first, one.last, one.id, f"{one.id}@example.org", one.group])


def write_zip(path: Path, course: Course, lesson: Lesson, students: Sequence[Student]) -> None:
    """What the students hand in for a lesson, as "Download all submissions" packs it."""
    sheets = [sheet(course, lesson, language) for language in course.languages]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, student in enumerate(students):
            rng = Random(f"{lesson.id} {student.draw}")
            given = sheets[-1 if student.draw % 3 else 0]  # every third one in English
            text = _text(given, student, lesson, rng)
            if text is None:
                continue
            folder = f"{student.name}_{70000 + number}_assignsubmission_file_"
            when = DUE + timedelta(hours=rng.uniform(0.1, 60) if rng.random() < LATE else -rng.uniform(0.1, 150))
            name = f"{lesson.id} ({rng.randint(1, 3)})" if rng.random() < RENAMED else lesson.id
            if rng.random() < AGAIN:
                earlier = _entry(f"{folder}/brouillon.ipynb", when - timedelta(hours=9))
                archive.writestr(earlier, leaves_blank(given, rng))
            archive.writestr(_entry(f"{folder}/{name}.ipynb", when), text)


def _entry(name: str, when: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, when.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _text(given: Sheet, student: Student, lesson: Lesson, rng: Random) -> str | None:
    """The file that a student hands in; nothing, where they do not."""
    kinds = {
        lambda *_: None: NEVER,
        leaves_blank: BLANK,
        damages: DAMAGED,
        hangs: HUNG,
        cheats: CHEATED,
    }
    usual = partial(_tries, skill=student.skill, lesson=lesson.id)
    (kind,) = rng.choices([*kinds, usual], [*kinds.values(), 100 - sum(kinds.values())])
    return kind(given, rng)


def _tries(given: Sheet, rng: Random, skill: float, lesson: str) -> str:
    """Right answers in several ways, known mistakes, slips that are none, and gaps."""
    answers = {}
    for name, right in given.right.items():
        easy = Random(f"{lesson} {name}").uniform(-0.25, 0.2)
        if rng.random() < skill + easy:
            answers[name] = rng.choice(right)
            continue
        draw = rng.random()
        if draw < 0.65 and given.mistakes[name]:
            often = [2.0**-place for place in range(len(given.mistakes[name]))]
            (answers[name],) = rng.choices(given.mistakes[name], often)
        elif draw < 0.85:
            answers[name] = _slip(rng.choice(right), rng)
    return given.filled_in(answers)


def _slip(answer: str, rng: Random) -> str:
    """An answer that is broken in a way of its own: not Python, a name that does not exist, nothing returned."""
    if rng.random() < 0.3:
        return answer.replace("(", "((", 1)
    tree = ast.parse(answer)
    returns = [node for node in ast.walk(tree) if isinstance(node, ast.Return) and node.value is not None]
    if not returns:
        return f"{answer}\nresult"
    broken = rng.choice(returns)
    broken.value = ast.Name("result") if rng.random() < 0.5 else None
    return ast.unparse(tree)
