"""A class of one lesson, and of one assignment that is no lesson."""

import shutil

import pytest
from graded_by_hand import FOREIGN
from graded_class import Class, make_course
from nbformat import NotebookNode

from autograder.cli import main
from autograder.grading.classroom import Classroom
from autograder.grading.gradebook import Book
from autograder.grading.master import Assignment, master_of


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """A class of one lesson, and of one assignment that is no lesson."""
    folder = tmp_path_factory.mktemp("class") / "biology"
    assert main(["init", str(folder), "--course", str(make_course(tmp_path_factory.mktemp("course")))]) == 0
    foreign = NotebookNode(nbformat=4, nbformat_minor=5, metadata=NotebookNode(), cells=FOREIGN)
    with Book(Classroom(folder)) as book:
        book.release(Assignment("other", {"squares": {"": master_of("squares", foreign)}}))
    return folder


@pytest.fixture
def biology(template, tmp_path):
    return Class(shutil.copytree(template, tmp_path / "biology"))
