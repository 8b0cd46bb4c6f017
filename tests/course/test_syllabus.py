"""Every lesson that is written keeps what the syllabus promises, in each language."""

import re
import tomllib
from pathlib import Path

import pytest

from autograder.lessons.course import load_course
from autograder.lessons.pipeline import solved
from autograder.lessons.source import read_lesson, tasks

COURSE = load_course(Path(__file__).parents[2])
WRITTEN = COURSE.written()
IN_EACH_LANGUAGE = [(lesson, language) for lesson in WRITTEN for language in COURSE.languages]

IN_WORDS = {(15, "en"): "fifteen", (15, "fr"): "quinze"}

by_lesson = pytest.mark.parametrize("lesson", WRITTEN, ids=lambda lesson: lesson.id)
by_language = pytest.mark.parametrize(
    ("lesson", "language"), IN_EACH_LANGUAGE, ids=[f"{lesson.id}-{language}" for lesson, language in IN_EACH_LANGUAGE]
)


def prose(lesson, language):
    cells = solved(COURSE, lesson, language).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return re.sub("[\u00a0\u202f]", " ", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


def headings(text, level):
    return re.findall(rf"^#{{{level}}} +(.+?) *$", text, re.MULTILINE)


def test_the_course_has_fourteen_lessons():
    assert [lesson.id[:3] for lesson in COURSE.lessons] == [f"{number:02}_" for number in range(14)]


def test_no_name_of_an_exercise_or_prediction_stands_twice_in_a_lesson():
    for lesson in COURSE.lessons:
        names = [*lesson.exercises, *lesson.predictions]
        assert len(names) == len(set(names)), lesson.id


def test_titles_and_summaries_differ_by_language():
    data = tomllib.loads((COURSE.folder / "solutions" / "course.toml").read_text(encoding="utf-8"))
    for lesson in data["lessons"]:
        for texts in (lesson["title"], lesson["summary"]):
            assert texts["en"] != texts["fr"], lesson["id"]


@by_language
def test_the_title_and_the_minutes_open_the_lesson(lesson, language):
    text = prose(lesson, language)
    assert headings(text, 1) == [f"{lesson.id[:2]} · {lesson.title[language]}"]
    opening = text.partition("\n## ")[0]
    said = IN_WORDS.get((lesson.minutes, language), lesson.minutes)
    assert re.search(rf"\b(?:{lesson.minutes}|{said}) minutes", opening, re.IGNORECASE)


@by_language
def test_the_sections_are_there_in_their_order(lesson, language):
    wanted = [section[language] for section in lesson.sections]
    found = [heading for heading in headings(prose(lesson, language), 2) if heading in wanted]
    assert found == wanted


@by_lesson
def test_the_exercises_and_predictions_are_there_in_their_order(lesson):
    asked = tasks(read_lesson(COURSE.source(lesson)))
    assert tuple(task.name for task in asked if task.kind == "exercise") == lesson.exercises
    assert tuple(task.name for task in asked if task.kind == "predict") == lesson.predictions


@by_lesson
def test_the_tasks_fit_in_the_lessons_time(lesson):
    asked = tasks(read_lesson(COURSE.source(lesson)))
    assert sum(task.minutes or 0 for task in asked) <= lesson.minutes
