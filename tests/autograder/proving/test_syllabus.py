"""The syllabus, the source and the checks of a lesson name the same exercises."""

import pytest

from autograder.lessons.course import load_course
from autograder.proving.syllabus import syllabus_misses

from .conftest import CHECKS

COURSE = "solutions/course.toml"
APART = {
    "unlisted": ((COURSE, '["twice"]', "[]"), "solutions/81_doubling.py has 'twice' among the exercises, course.toml"),
    "unwritten": ((COURSE, '["twice"]', '["twice", "thrice"]'), "course.toml lists 'thrice' among the exercises"),
    "a prediction as an exercise": (
        (COURSE, 'exercises = ["twice"]\npredictions = ["seven"]', 'exercises = ["twice", "seven"]\npredictions = []'),
        "course.toml lists 'seven' among the exercises, solutions/81_doubling.py does not",
    ),
    "undeclared": ((CHECKS, "(seven, twice)", "(seven,)"), "lists 'twice' among the exercises, autograder/exercises"),
    "in another order": ((CHECKS, "(seven, twice)", "(twice, seven)"), "have the exercises in different orders"),
    "another version": ((CHECKS, "VERSION = 1", "VERSION = 2"), "course.toml has version 1, autograder/exercises"),
}


def test_a_lesson_that_holds_together(tiny):
    assert list(syllabus_misses(tiny, tiny.lessons[0])) == []


@pytest.mark.parametrize(("edit", "told"), APART.values(), ids=APART.keys())
def test_a_lesson_that_does_not(tiny, change, edit, told):
    change(*edit)
    course = load_course(tiny.folder)
    misses = list(syllabus_misses(course, course.lessons[0]))
    assert any(told in miss for miss in misses), misses
