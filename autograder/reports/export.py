"""`autograder export`: writes a class's scores as a learning platform takes them, or a spreadsheet, or a program."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from autograder.errors import UserError
from autograder.grading.classroom import Classroom
from autograder.grading.gradebook import Book
from autograder.grading.own_settings import OWN
from autograder.grading.results import write_whole
from autograder.printing import shown
from autograder.reports.fill import fill
from autograder.reports.formats import FORMATS, Form
from autograder.reports.sheet import read_sheet

Say = Callable[[str], object]
SEPARATORS = {"comma": ",", "semicolon": ";"}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder made by init, or any nbgrader course")
    parser.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="all, if none")
    parser.add_argument("--to", choices=FORMATS, required=True, help="what the scores are for")
    parser.add_argument("--output", type=Path, metavar="FILE", help="where to; scores-FORMAT.csv (or .json) in DIR")
    parser.add_argument("--fill", type=Path, metavar="FILE", help="a grading worksheet from Moodle, or a gradebook "
                        "from Canvas, of which a copy is written with the scores in it")  # fmt: skip
    parser.add_argument("--student", action="append", default=[], metavar="ID", help="only this one; may be repeated")
    parser.add_argument("--bom", action=argparse.BooleanOptionalAction, help="begin with the mark that tells Excel "
                        "it is UTF-8; csv does, unless told otherwise")  # fmt: skip
    parser.add_argument("--separator", choices=SEPARATORS, default="comma", help="semicolon also gives a decimal "
                        "comma, as French spreadsheets expect")  # fmt: skip
    parser.add_argument("--db", metavar="URL", help="the gradebook, if not the course's own")


def run(options: argparse.Namespace, say: Say) -> int:
    classroom = Classroom(options.folder, options.db)
    with Book(classroom) as book:
        sheet = read_sheet(classroom, book, options.assignments, options.student)
    if options.fill is not None:
        content, notes = fill(sheet, options.to, options.fill)
    else:
        content, notes = FORMATS[options.to](sheet, form(classroom, options.bom, options.separator)), []
    suffix = "json" if options.to == "json" else "csv"
    output = options.output or classroom.folder / f"scores-{options.to}.{suffix}"
    try:
        write_whole(output, content)
    except OSError as error:
        raise UserError(f"{output} cannot be written: {error.strerror}") from None
    for note in (*sheet.notes, *notes):
        print(f"autograder export: {shown(note)}", file=sys.stderr)
    say(f"{output}: {len(sheet.students)} students, {len(sheet.assignments)} assignments")
    return 0


def form(classroom: Classroom, bom: bool | None = None, separator: str = "comma") -> Form:
    """How files are written, with what `[canvas]` in the class's settings says."""
    canvas = classroom.own.get("canvas", {})
    if not isinstance(canvas, dict):
        raise UserError(f"{classroom.folder / OWN}: canvas must be a table")
    ids = {name: value for name, value in canvas.items() if name != "section"}
    return Form(bom, SEPARATORS[separator], ids, str(canvas.get("section", "")))
