"""`autograder demo`: makes a sample class of students who never were, and grades it."""

import argparse
import os
import re
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from types import ModuleType

from autograder.demo.students import KINDS, kind_of, sheet
from autograder.errors import UserError
from autograder.grading import grade, init
from autograder.grading.results import write_whole
from autograder.lessons.course import Course, load_course

Say = Callable[[str], object]

OURS = re.compile(r"student\d+")
STUDENTS = 24
LESSONS = ("00", "01")
EVERY = 3  # so many students, one hands in another language


def configure(parser: argparse.ArgumentParser) -> None:
    default = Path("build/demo")
    parser.add_argument("folder", nargs="?", type=Path, default=default, metavar="DIR", help=f"{default} if not said")
    parser.add_argument("--students", type=int, default=STUDENTS, metavar="N", help=f"{STUDENTS} if not said")
    parser.add_argument("--lessons", nargs="+", default=LESSONS, metavar="LESSON", help="00 and 01 if not said")
    parser.add_argument("--course", type=Path, default=Path(), metavar="DIR", help="where solutions/ lies")


def run(options: argparse.Namespace, say: Say) -> int:
    if options.students < 1:
        raise UserError("--students must be at least 1")
    folder: Path = options.folder
    students = {f"student{number + 1:02}": number for number in range(options.students)}
    _refuse_strangers(folder)
    _call(init, [str(folder), "--course", str(options.course)], lambda line: None)
    hand_in(folder, load_course(options.course), options.lessons, students)
    for what, kind in KINDS.items():
        names = [name for name, number in students.items() if kind_of(number) is kind]
        if names:
            say(f"{', '.join(names)}: {what}")
    say("")
    _call(grade, [str(folder)], say)  # damaged files are part of it, so its status is no fault
    say("")
    for line in where(folder):
        say(line)
    return 0


def hand_in(folder: Path, course: Course, lessons: Sequence[str], students: Mapping[str, int]) -> None:
    """Write what the students hand in: always the same for the same course."""
    for lesson in course.select(lessons):
        sheets = [sheet(course, lesson, language) for language in course.languages]
        for name, number in students.items():
            given = sheets[-1 if number % EVERY == EVERY - 1 else 0]
            content = kind_of(number)(given, Random(f"{lesson.id} {name}"))
            write_whole(folder / "submitted" / name / lesson.id / f"{lesson.id}.ipynb", content.encode())


def where(folder: Path) -> list[str]:
    """Where all of it lies, and how it is looked at."""
    jupyter = os.path.relpath(Path(sys.executable).with_name("jupyter"), folder)
    return [
        f"gradebook   {folder / 'gradebook.db'}",
        f"handed in   {folder / 'submitted'}",
        f"graded      {folder / 'autograded'}, with what each check said",
        f"formgrader  cd {shlex.quote(str(folder))} && {shlex.quote(jupyter)} lab, then the menu Nbgrader, Formgrader",
    ]


def _refuse_strangers(folder: Path) -> None:
    """A class of real students gets no made-up ones."""
    submitted = folder / "submitted"
    names = sorted(path.name for path in submitted.iterdir()) if submitted.is_dir() else []
    strangers = [name for name in names if not OURS.fullmatch(name)]
    if strangers:
        raise UserError(f"{folder} is a class of somebody else ({strangers[0]} has handed in); name a new folder")


def _call(command: ModuleType, arguments: Sequence[str], say: Say) -> None:
    """Run another command."""
    parser = argparse.ArgumentParser()
    command.configure(parser)
    command.run(parser.parse_args(arguments), say)
