"""The map of a course, drawn from its syllabus; `autograder map` keeps the one in a README current."""

import argparse
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from autograder.errors import UserError
from autograder.lessons.course import Course, Lesson, load_course
from autograder.lessons.typography import NO_BREAK, typeset
from autograder.lessons.words import WORDS

Say = Callable[[str], object]

BEGIN, END = "<!-- map -->", "<!-- /map -->"
PLACE = re.compile(rf"^{BEGIN}\n.*?^{END}$", re.DOTALL | re.MULTILINE)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help=f"a markdown file with lines {BEGIN} and {END}")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the map is stale")
    parser.add_argument("--course", type=Path, default=Path(), metavar="DIR", help="where solutions/ lies")


def run(options: argparse.Namespace, say: Say) -> int:
    path: Path = options.file
    text = _read(path)
    course = load_course(options.course)
    table = course_map(course, course.languages[0], linked_from=path.parent)
    mapped, found = PLACE.subn(lambda _: f"{BEGIN}\n{table}\n{END}", text)
    if found != 1:
        raise UserError(f"{path} has {found} places for the map; write the lines {BEGIN} and {END} once, in this order")
    if mapped == text:
        return 0
    if options.check:
        say(f"the map in {path} is stale: run autograder map {path}")
        return 1
    path.write_text(mapped, encoding="utf-8", newline="\n")
    say(f"wrote the map in {path}")
    return 0


def course_map(course: Course, language: str, *, linked_from: Path | None = None) -> str:
    """A markdown table of the lessons, those not written yet marked as such, and their time together.

    With `linked_from`, the folder of the text around it, the written ones link to their notebooks.
    """
    words = WORDS[language]
    written = {lesson.id for lesson in course.written()}
    rows = [words.map_head, ("--:", ":--", ":--", "--:")]
    for lesson in course.lessons:
        title, summary = (typeset(texts[language], language) for texts in (lesson.title, lesson.summary))
        if lesson.id not in written:
            summary += f" *{words.not_written.replace(' ', NO_BREAK)}*"
        elif linked_from is not None:
            title = " · ".join(_links(course, lesson, language, title, linked_from))
        rows.append((lesson.id.partition("_")[0], title, summary, str(lesson.minutes)))
    hours, minutes = divmod(sum(lesson.minutes for lesson in course.lessons), 60)
    time = f"{hours} h {minutes:02} min".replace(" ", NO_BREAK)
    rows.append(("", f"**{words.in_all}**", "", f"**{time}**"))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _links(course: Course, lesson: Lesson, language: str, title: str, folder: Path) -> Iterator[str]:
    """The lesson by its title in the map's language, and by their codes in the others."""
    for other in (language, *(other for other in course.languages if other != language)):
        target = Path(os.path.relpath(course.released(lesson, other), folder)).as_posix()
        yield f"[{title if other == language else other}]({target})"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None
