"""Small classes: of the course's first lesson, and of assignments made by hand; and students who hand in things."""

import copy
import shutil

import pytest
from graded_class import Class, make_course
from nbformat import NotebookNode

from autograder.cli import main


@pytest.fixture(scope="session")
def made_by_init(tmp_path_factory):
    """A class of the course's first lesson alone, as init makes it."""
    course = make_course(tmp_path_factory.mktemp("course"))
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
