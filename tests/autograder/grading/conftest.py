"""Small classes: of the course's first lesson, and of assignments made by hand; and students who hand in things."""

import copy
import shutil
from pathlib import Path

import pytest
from graded_class import LESSON, Class
from nbformat import NotebookNode

from autograder.cli import main

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def made_by_init(tmp_path_factory):
    """A class of the course's first lesson alone, as init makes it."""
    course = tmp_path_factory.mktemp("course")
    solutions = course / "solutions"
    solutions.mkdir()
    shutil.copy(ROOT / "solutions" / f"{LESSON}.py", solutions)
    shutil.copy(ROOT / "solutions/course.toml", solutions)
    shutil.copytree(ROOT / "solutions/locale", solutions / "locale", ignore=shutil.ignore_patterns("0[1-9]*", "1*"))
    folder = tmp_path_factory.mktemp("class") / "biology"
    assert main(["init", str(folder), "--course", str(course)]) == 0
    return folder


@pytest.fixture
def lesson_class(made_by_init, tmp_path):
    """A fresh class, with limits that suit a test."""
    folder = tmp_path / "class"
    shutil.copytree(made_by_init, folder)
    with (folder / "autograder.toml").open("a") as file:
        file.write("\n[limits]\ncell_seconds = 10\n")
    return Class(folder)


@pytest.fixture
def notebook_of():
    """A notebook of these cells."""

    def notebook_of(*cells):
        return NotebookNode(nbformat=4, nbformat_minor=5, metadata=NotebookNode(), cells=copy.deepcopy(list(cells)))

    return notebook_of
