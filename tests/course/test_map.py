"""The map of the course is current where people look for it."""

from pathlib import Path

from autograder.cli import main
from autograder.lessons.course import load_course
from autograder.lessons.course_map import course_map
from autograder.lessons.pipeline import released

FOLDER = Path(__file__).parents[2]


def test_the_map_in_the_readme_is_current():
    assert main(["map", str(FOLDER / "README.md"), "--check", "--course", str(FOLDER)]) == 0


def test_the_first_lesson_shows_the_map_in_each_language():
    course = load_course(FOLDER)
    for language in course.languages:
        sources = [cell.source for cell in released(course, course.lessons[0], language).cells]
        assert sum(course_map(course, language) in source for source in sources) == 1, language
