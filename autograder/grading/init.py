"""`autograder init`: makes an instructor's folder, which is a stock nbgrader course too."""

import argparse
from collections.abc import Callable
from pathlib import Path

from autograder.errors import UserError
from autograder.grading.address import full_url, without_password
from autograder.grading.classroom import CONFIG, Classroom
from autograder.grading.editions import edition
from autograder.grading.gradebook import Book
from autograder.grading.own_settings import OWN
from autograder.grading.results import write_whole
from autograder.lessons.course import Course, Lesson, load_course
from autograder.lessons.pipeline import released, solved, to_text

Say = Callable[[str], object]

CONFIG_TEXT = """\
# nbgrader's settings for this course; nbgrader's documentation lists all there are.
c = get_config()
c.CourseDirectory.course_id = "{course_id}"
"""
DATABASE_TEXT = """\
# The gradebook. A password that the server asks for is no business of this file: keep it in ~/.pgpass.
c.CourseDirectory.db_url = {url!r}
"""
OWN_TEXT = """\
# The autograder's settings for this class.
language = "{language}"  # of what is released; each student is answered in the language they handed in

# How much one notebook may use; these are the defaults.
# [limits]
# cell_seconds = 60
# notebook_seconds = 600
# memory_bytes = 2147483648

# When work is due; docs/exporting-and-regrading.md also has late penalties, extensions and excuses.
# [deadlines]
# timezone = "Europe/Paris"
# 01_convolution = 2026-10-05T18:00:00
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder, or one made by init before")
    parser.add_argument("--language", help="of what students get (en if not said)")
    parser.add_argument("--course", type=Path, default=Path(), metavar="DIR", help="where solutions/ lies")
    parser.add_argument("--db", metavar="URL", help="the gradebook, if not gradebook.db in DIR; its settings keep it")


def run(options: argparse.Namespace, say: Say) -> int:
    course = load_course(options.course)
    _furnish(options.folder, course, options.language, options.db)
    classroom = Classroom(options.folder, options.db)
    classroom.secret()
    with Book(classroom) as book:
        for lesson in course.written():
            changed = _put_lesson(classroom, book, course, lesson)
            say(f"{lesson.id}: {'written' if changed else 'as it was'}")
    (classroom.folder / "submitted").mkdir(exist_ok=True)
    say(f"{classroom.folder} is ready: hand out release/, take in what comes back with autograder collect")
    say("(or put it under submitted/STUDENT/ASSIGNMENT/), then run autograder grade")
    return 0


def _furnish(folder: Path, course: Course, language: str | None, db: str | None) -> None:
    """Make the folder and its settings; one that holds something else is left alone."""
    is_ours = (folder / OWN).is_file() and (folder / CONFIG).is_file()
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is a file")
    if folder.is_dir() and any(folder.iterdir()) and not is_ours:
        raise UserError(f"{folder} is not empty and was not made by init; name a new folder")
    if language is not None and language not in course.languages:
        raise UserError(f"the course has no language {language!r}; it has {', '.join(course.languages)}")
    if is_ours:
        if language not in (None, Classroom(folder).language):
            raise UserError(f"{folder} was made with language {Classroom(folder).language}; edit {folder / OWN}")
        return
    config = CONFIG_TEXT.format(course_id=folder.resolve().name.replace('"', ""))
    if db is not None:
        config += DATABASE_TEXT.format(url=without_password(full_url(db, folder.resolve())))
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / CONFIG, config.encode())
    write_whole(folder / OWN, OWN_TEXT.format(language=language or course.languages[0]).encode())


def _put_lesson(classroom: Classroom, book: Book, course: Course, lesson: Lesson) -> bool:
    """Write a lesson's source, release and editions, and what the gradebook knows of it; whether any changed."""
    own = classroom.language
    texts = {classroom.edition(lesson.id, name): to_text(released(course, lesson, name)) for name in course.languages}
    editions = {name: classroom.edition(lesson.id, name) for name in (own, *course.languages)}
    texts[classroom.release(lesson.id) / f"{lesson.id}.ipynb"] = texts[editions[own]]
    texts[classroom.source(lesson.id) / f"{lesson.id}.ipynb"] = to_text(solved(course, lesson, own))
    changed = {path: text for path, text in texts.items() if not _holds(path, text)}
    before = {path: path.read_bytes() if path.exists() else None for path in changed}
    for path, text in changed.items():
        write_whole(path, text.encode())
    try:
        book.release(edition(classroom, lesson.id, editions))
    except UserError:
        for path, content in before.items():
            if content is not None:
                write_whole(path, content)
        raise
    return bool(changed)


def _holds(path: Path, text: str) -> bool:
    return path.exists() and path.read_bytes() == text.encode()
