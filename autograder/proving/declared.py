"""The exercises that a lesson's checks know, by name."""

import importlib
import importlib.util
from types import ModuleType

from autograder.checking.exercise import Exercise
from autograder.errors import UserError
from autograder.lessons.course import Course, Lesson


def exercises_module(course: Course, lesson: Lesson) -> ModuleType:
    """The module that declares the lesson's exercises."""
    importlib.import_module(course.checks)  # it may bring exercises of its own
    name = f"autograder.exercises.{lesson.id}"
    if importlib.util.find_spec(name) is None:
        raise UserError(f"lesson {lesson.id} has no exercises: autograder/exercises/{lesson.id}.py is missing")
    return importlib.import_module(name)


def exercises_of(course: Course, lesson: Lesson) -> dict[str, Exercise]:
    """The exercises of a lesson, predictions among them, in their order."""
    return {exercise.name: exercise for exercise in exercises_module(course, lesson).EXERCISES}
