"""A class in a test's hands: students hand in the course's first lesson."""

import json
import shutil
from pathlib import Path

import nbformat

from autograder.cli import main
from autograder.grading.classroom import Classroom

LESSON = "00_start"
RIGHT = "def double(x):\n    return 2 * x"
ADDS_TWO = "def double(x):\n    return x + 2"
ROOT = Path(__file__).parents[1]


def make_course(folder):
    """A course of the first lesson alone."""
    solutions = folder / "solutions"
    solutions.mkdir()
    shutil.copy(ROOT / "solutions" / f"{LESSON}.py", solutions)
    shutil.copy(ROOT / "solutions/course.toml", solutions)
    shutil.copytree(ROOT / "solutions/locale", solutions / "locale", ignore=shutil.ignore_patterns("0[1-9]*", "1*"))
    return folder


class Class:
    """A class folder in a test's hands."""

    def __init__(self, folder):
        self.folder = folder

    def released(self, language="en"):
        return nbformat.read(self.folder / f".autograder/editions/{LESSON}/{language}.ipynb", as_version=4)

    def hand_in(self, student, answer=None, *, language="en", change=None):
        """A copy of the lesson with `answer` written for its exercise, after `change` was made to it."""
        notebook = self.released(language)
        for cell in notebook.cells:
            if cell.id == "double" and answer is not None:
                cell.source = answer
        if change is not None:
            change(notebook)
        self.put(student, f"{LESSON}.ipynb", json.dumps(notebook))
        return notebook

    def put(self, student, name, content, assignment=LESSON):
        """Put a file into a student's submission."""
        path = self.folder / "submitted" / student / assignment / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def grade(self, capsys, *options, rc=None):
        """Grade by the command; the rows by student."""
        status = main(["grade", str(self.folder), "--json", "--jobs", "2", *options])
        rows = json.loads(capsys.readouterr().out)
        if rc is not None:
            assert status == rc, rows
        return {row["student"]: row for row in rows}

    def result(self, student, assignment=LESSON):
        return Classroom(self.folder).results.latest(assignment, student)
