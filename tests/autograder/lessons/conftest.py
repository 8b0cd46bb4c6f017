"""The tiny course, fresh for each test, and short ways to a lesson written on the spot."""

import shutil
import textwrap
from pathlib import Path

import pytest

from autograder.lessons.course import Course, Lesson, load_course
from autograder.lessons.edition import Edition
from autograder.lessons.source import read_lesson

TINY = Path(__file__).parent / "tiny_course"


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A copy of the tiny course, whose fake check any kernel can import."""
    folder = tmp_path / "tiny"
    shutil.copytree(TINY, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return load_course(folder)


@pytest.fixture
def read(tmp_path):
    """Read a source given as text."""

    def read(text):
        path = tmp_path / "01_written.py"
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return read_lesson(path)

    return read


@pytest.fixture
def edition(tmp_path):
    """An edition of a lesson that is listed nowhere."""

    def edition(language="en", **translation):
        texts = {"en": "Written", "fr": "Écrite"}
        lesson = Lesson("01_written", 4, 5, texts, texts, (), (), ())
        return Edition(Course(tmp_path, texts, ("en", "fr"), "tiny_check", (lesson,)), lesson, language, translation)

    return edition
