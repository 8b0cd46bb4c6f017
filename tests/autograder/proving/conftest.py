"""The tiny course, fresh for each test, with checks that any kernel can import."""

import shutil
import sys
from pathlib import Path

import pytest

import autograder.exercises
from autograder.lessons.course import load_course

TINY = Path(__file__).parent / "tiny_course"
CHECKS = "tiny_checks/exercises/81_doubling.py"
SOURCE = "solutions/81_doubling.py"


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A copy of the tiny course; its only lesson is `tiny.lessons[0]`."""
    folder = tmp_path / "tiny"
    shutil.copytree(TINY, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(autograder.exercises, "__path__", list(autograder.exercises.__path__))
    yield load_course(folder)
    for name in ("tiny_checks", "autograder.exercises.81_doubling"):
        sys.modules.pop(name, None)


@pytest.fixture
def change(tiny):
    """Replace a text that stands once in a file of the tiny course."""

    def change(name, old, new):
        path = tiny.folder / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    return change
