"""`autograder report`: writes one page about a class, for those who teach it."""

import argparse
import importlib.util
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from autograder.checking.lesson import LessonError, load_exercises
from autograder.checking.words import Text
from autograder.errors import UserError
from autograder.grading.classroom import Classroom
from autograder.grading.gradebook import Book
from autograder.grading.master import Assignment
from autograder.grading.plan import assignments
from autograder.grading.results import write_whole
from autograder.reports.answers import likenesses
from autograder.reports.class_facts import read_class
from autograder.reports.class_numbers import MistakeNumbers, count
from autograder.reports.report_page import Sentences, page

Say = Callable[[str], object]

LIBRARY = "copydetect"  # which conda-forge does not have


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder made by init, or any nbgrader course")
    parser.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="all that were handed in, if none")
    parser.add_argument("--output", type=Path, metavar="FILE", help="where to; report.html in DIR")
    parser.add_argument("--no-similarity", action="store_true", help="do not compare answers with each other")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="notebooks read at the same time; as many as "
                        "processors")  # fmt: skip
    parser.add_argument("--db", metavar="URL", help="the gradebook, if not the course's own")


def run(options: argparse.Namespace, say: Say) -> int:
    if options.jobs < 0:
        raise UserError("--jobs must be at least 1")
    classroom = Classroom(options.folder, options.db)
    with Book(classroom) as book:
        chosen = assignments(classroom, book, options.assignments)
        facts = read_class(classroom, book, chosen)
    numbers = count(facts)
    alike = None
    if importlib.util.find_spec(LIBRARY) is None:
        print(f"autograder report: answers are not compared: {LIBRARY} is not installed (pip has it)", file=sys.stderr)
    elif not options.no_similarity:
        alike = likenesses(classroom, facts, chosen, options.jobs)
    language = "fr" if classroom.language == "fr" else "en"
    text = page(facts, numbers, alike, sentences(chosen, numbers.mistakes), language)
    output = options.output or classroom.folder / "report.html"
    try:
        write_whole(output, text.encode("utf-8", "replace"))
    except OSError as error:
        raise UserError(f"{output} cannot be written: {error.strerror}") from None
    say(f"{output}: students: {len(facts.sheet.students)}, assignments: {len(chosen)}, "
        f"known mistakes: {len(numbers.mistakes)}, submissions to look at: {len(numbers.concerns)}")  # fmt: skip
    return 0


def sentences(chosen: Iterable[Assignment], mistakes: Iterable[MistakeNumbers]) -> Sentences:
    """What the mistakes that were made are, in both languages; lessons that nobody erred in are not loaded."""
    wanted = {row.item.assignment for row in mistakes if row.name}
    found: dict[tuple[str, str, str], Text] = {}
    for assignment in chosen:
        for master in [next(iter(editions.values())) for editions in assignment.notebooks.values()]:
            if assignment.name not in wanted or master.lesson is None:
                continue
            try:
                exercises = load_exercises(master.lesson, "en").EXERCISES
            except (LessonError, ImportError):  # a lesson of an earlier course
                continue
            for one in exercises:
                found |= {(assignment.name, one.name, mistake.name): mistake.says for mistake in one.mistakes}
    return found
