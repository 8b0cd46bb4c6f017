"""`autograder translate`: makes and updates the catalogues, and reports what a translator has left to do."""

import argparse
from collections.abc import Callable
from pathlib import Path

from autograder.lessons.catalogue import Fault, faults, read_catalogue, update_catalogue
from autograder.lessons.course import Course, Lesson, load_course
from autograder.lessons.messages import messages_of
from autograder.lessons.source import read_lesson

Say = Callable[[str], object]


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="ids or numbers, such as 01; all if none")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a message lacks its translation")
    parser.add_argument("--course", type=Path, default=Path(), metavar="DIR", help="where solutions/ lies")


def run(options: argparse.Namespace, say: Say) -> int:
    course = load_course(options.course)
    wanting = 0
    for lesson in course.select(options.lessons):
        for language in course.languages[1:]:
            if not options.check:
                update(course, lesson, language)
            left = untranslated(course, lesson, language)
            for fault in left:
                say(f"{lesson.id}.py:{fault.line}: {language}: {fault.what}: {_short(fault.message)}")
            if left:
                mend = course.catalogue(lesson, language).relative_to(course.folder)
                say(f"{lesson.id}: {len(left)} to mend in {mend}")
            wanting += len(left)
    return 1 if options.check and wanting else 0


def update(course: Course, lesson: Lesson, language: str) -> None:
    """Write the lesson's catalogue, with what it held before."""
    path = course.catalogue(lesson, language)
    source = course.source(lesson)
    new = update_catalogue(read_catalogue(path), messages_of(read_lesson(source)), source.name, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(str(new).rstrip("\n") + "\n", encoding="utf-8", newline="\n")


def untranslated(course: Course, lesson: Lesson, language: str) -> list[Fault]:
    """What keeps this lesson from release in `language`."""
    messages = messages_of(read_lesson(course.source(lesson)))
    return faults(read_catalogue(course.catalogue(lesson, language)), messages)


def _short(message: str) -> str:
    line = message.replace("\n", " ")
    return line if len(line) <= 70 else line[:69] + "…"
