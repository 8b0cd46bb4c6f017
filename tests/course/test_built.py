"""The notebooks in the repository are what their sources make, and none is left of a lesson that is gone."""

from pathlib import Path

from autograder.lessons.build import find_stale
from autograder.lessons.course import load_course

COURSE = load_course(Path(__file__).parents[2])


def test_every_notebook_is_current():
    assert list(find_stale(COURSE, COURSE.written())) == []
