"""A class that was given two lessons."""

import shutil

import pytest
from collected_class import LANGUAGES, LESSONS, Course, notebook

from autograder.grading.classroom import Classroom
from autograder.grading.gradebook import Book


@pytest.fixture(scope="session")
def untouched(tmp_path_factory):
    """The class before anything came back."""
    folder = tmp_path_factory.mktemp("untouched") / "class"
    for lesson in LESSONS:
        for language in LANGUAGES:
            path = folder / f".autograder/editions/{lesson}/{language}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(notebook(lesson, language))
    (folder / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "small"\n')
    with Book(Classroom(folder)):
        return folder


@pytest.fixture
def course(untouched, tmp_path, capsys):
    return Course(shutil.copytree(untouched, tmp_path / "class"), capsys)
