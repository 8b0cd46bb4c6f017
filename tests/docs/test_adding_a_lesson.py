"""The guide for whoever adds a lesson: its own blocks make a lesson, and its commands build and prove it."""

import shutil
import sys

import pytest
from documents import ROOT, blocks, commands

import autograder.exercises

PAGE = ROOT / "docs/adding-a-lesson.md"
NAME = "14_smoothing"
# A course of this lesson alone, with checks that find its exercises in the course's own folder.
COURSE = 'languages = ["en", "fr"]\nchecks = "own_checks"\ntitle = { en = "A course", fr = "Un cours" }\n\n'
CHECKS = ROOT / "tests/autograder/proving/tiny_course/tiny_checks/__init__.py"


@pytest.fixture
def course(tmp_path, monkeypatch):
    """The folder of the course, where the page's blocks go."""
    (tmp_path / "solutions").mkdir()
    (tmp_path / "own_checks").mkdir()
    shutil.copy(CHECKS, tmp_path / "own_checks")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(autograder.exercises, "__path__", list(autograder.exercises.__path__))
    yield tmp_path
    for name in ("own_checks", f"autograder.exercises.{NAME}"):
        sys.modules.pop(name, None)


def write(course, block):
    """Put a block into the file that it names."""
    path = course / block.file.replace("autograder/exercises", "own_checks/exercises")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(COURSE * (path.suffix == ".toml") + block.text, encoding="utf-8")


def test_the_lesson_of_the_guide_is_built_and_proved(course, reader):
    said = {}
    for block in blocks(PAGE):
        if block.file:
            write(course, block)
        for command in commands(block):
            said[command.typed.split(" #")[0].strip()] = reader.type(command, course)
    assert "6 to mend in solutions/locale/fr" in said["autograder translate 14"]
    assert said["autograder translate 14 --check"] == ""
    assert said["autograder build 14"].count("wrote ") == 3
    (promised,) = (block.text for block in blocks(PAGE) if block.kind == "text")
    assert said["autograder prove 14"].startswith(promised)  # a slow machine adds a line below
