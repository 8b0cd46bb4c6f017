"""Holds together the three places where a lesson's exercises stand: the syllabus, the source, the checks."""

from collections.abc import Iterator, Sequence

from autograder.lessons.course import Course, Lesson
from autograder.lessons.source import read_lesson, tasks
from autograder.proving.declared import exercises_module


def syllabus_misses(course: Course, lesson: Lesson) -> Iterator[str]:
    """Where the three disagree."""
    module = exercises_module(course, lesson)
    asked = tasks(read_lesson(course.source(lesson)))
    exercises = [task.name for task in asked if task.kind == "exercise"]
    predictions = [task.name for task in asked if task.kind == "predict"]
    source, checks = f"solutions/{lesson.id}.py", f"autograder/exercises/{lesson.id}"
    yield from _unequal("exercises", "course.toml", lesson.exercises, source, exercises)
    yield from _unequal("predictions", "course.toml", lesson.predictions, source, predictions)
    in_order = [task.name for task in asked if task.kind in ("exercise", "predict")]
    yield from _unequal("exercises", source, in_order, checks, [exercise.name for exercise in module.EXERCISES])
    if lesson.version != module.VERSION:
        yield f"course.toml has version {lesson.version}, {checks} has VERSION = {module.VERSION}"


def _unequal(what: str, one: str, ones: Sequence[str], other: str, others: Sequence[str]) -> Iterator[str]:
    yield from (f"{one} lists {name!r} among the {what}, {other} does not" for name in ones if name not in others)
    yield from (f"{other} has {name!r} among the {what}, {one} does not" for name in others if name not in ones)
    if sorted(ones) == sorted(others) and list(ones) != list(others):
        yield f"{one} and {other} have the {what} in different orders"
