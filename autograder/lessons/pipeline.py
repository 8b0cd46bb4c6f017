"""The order of the build: what happens to a lesson between its source and a notebook."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.lessons.catalogue import read_catalogue, translations
from autograder.lessons.course import Course, Lesson
from autograder.lessons.edition import Edition, Step
from autograder.lessons.source import read_lesson
from autograder.lessons.steps.clear import clear
from autograder.lessons.steps.execute import execute
from autograder.lessons.steps.expand import expand
from autograder.lessons.steps.identify import identify
from autograder.lessons.steps.map_course import map_course
from autograder.lessons.steps.open_lesson import open_lesson
from autograder.lessons.steps.reveal import reveal
from autograder.lessons.steps.steady import steady
from autograder.lessons.steps.strip import strip
from autograder.lessons.steps.translate import translate

RELEASE: list[Step] = [
    identify,  # from the English text, so that both languages have the same ids
    translate,  # while the cells are those of the source; the build's own words come translated
    map_course,  # in the language, from the syllabus; ids and translations do not depend on it
    open_lesson,
    expand,
    clear,  # signs the cells, so nothing changes a source after it
    strip,  # the markers have done their work
]
SOLVED: list[Step] = [identify, translate, map_course, open_lesson, expand, reveal, strip]
EXECUTED: list[Step] = [*SOLVED, execute, steady]


def released(course: Course, lesson: Lesson, language: str) -> NotebookNode:
    """What students get."""
    return _run(RELEASE, course, lesson, language)


def solved(course: Course, lesson: Lesson, language: str) -> NotebookNode:
    """The same with its solutions, not executed."""
    return _run(SOLVED, course, lesson, language)


def executed(course: Course, lesson: Lesson) -> NotebookNode:
    """What an instructor reads: in English, solved, with its outputs and the hash of its source."""
    notebook = _run(EXECUTED, course, lesson, course.languages[0])
    notebook.metadata.lesson.source = source_hash(course, lesson)
    return notebook


def source_hash(course: Course, lesson: Lesson) -> str:
    return hashlib.sha256(course.source(lesson).read_bytes()).hexdigest()


def to_text(notebook: NotebookNode) -> str:
    """The file of a notebook: keys in order, checked against nbformat's schema."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook, version=4) + "\n"


def _run(steps: Sequence[Step], course: Course, lesson: Lesson, language: str) -> NotebookNode:
    translation = _translation(course.catalogue(lesson, language), course, language)
    edition = Edition(course, lesson, language, translation)
    notebook = read_lesson(course.source(lesson))
    for step in steps:
        notebook = step(notebook, edition)
    return notebook


def _translation(path: Path, course: Course, language: str) -> dict[str, str]:
    return {} if language == course.languages[0] else dict(translations(read_catalogue(path)))
