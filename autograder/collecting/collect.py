"""`autograder collect`: puts what Moodle or Canvas hands out, or a folder, into a class's submitted/."""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from autograder.collecting import canvas, folder, moodle
from autograder.collecting.gather import Gathering, Submission
from autograder.collecting.people import Finder, People
from autograder.collecting.piece import Piece
from autograder.collecting.recognise import Released
from autograder.collecting.report import lines
from autograder.collecting.roster import Person, keep_roster, kept_roster, read_roster
from autograder.collecting.shelf import Put, Shelf
from autograder.collecting.unpack import Found, Unpacker
from autograder.errors import UserError
from autograder.grading.classroom import STATE, Classroom
from autograder.imports import import_command

Say = Callable[[str], object]

SYSTEMS = ("moodle", "canvas", "folder")
ROSTER = "roster.json"
ON_THE_FLY = timedelta(hours=1)  # a zip that is made while it is downloaded marks all files with that moment


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder made by init, or any nbgrader course")
    parser.add_argument("source", type=Path, metavar="SOURCE", help="the zip as it was downloaded, or a folder")
    parser.add_argument("--from", dest="system", choices=SYSTEMS, required=True, help="who made SOURCE")
    parser.add_argument("--roster", type=Path, metavar="FILE", help="a CSV of the class; it is kept for later runs")
    parser.add_argument("--assignment", metavar="NAME", help="what was handed in, where a file cannot tell it")
    parser.add_argument("--db", metavar="URL", help="the gradebook, if not the course's own")
    parser.add_argument("--json", action="store_true", help="print what was collected as JSON")


def run(options: argparse.Namespace, say: Say) -> int:
    classroom = Classroom(options.folder, options.db)
    trouble = None
    with classroom.alone():
        people = _roster(classroom, options.roster)
        report = collect(classroom, options.source, options.system, people, options.assignment)
        if options.roster is not None:
            trouble = _enrol(classroom, people)
    if options.json:
        say(json.dumps(report, indent=1, ensure_ascii=False))
    else:
        for line in lines(report):
            say(line)
    if trouble is not None:
        print(f"autograder collect: {trouble}", file=sys.stderr)
    return 1 if trouble or report["unmatched"] or not report["submissions"] else 0


def collect(
    classroom: Classroom, source: Path, system: str, roster: Sequence[Person], assignment: str | None
) -> dict[str, Any]:
    """Put all that a source holds where it belongs; what came of each file."""
    released = Released(classroom)
    if assignment is not None and assignment not in released.assignments:
        raise UserError(f"there is no assignment {assignment}; there are: {', '.join(released.assignments)}")
    people = People(roster)
    room = Path(tempfile.mkdtemp(prefix="new-", dir=classroom.folder / STATE))
    try:
        files = list(Unpacker(room).files(source))
        read, find, unknown = _system(system, files, released, people)
        gathering = Gathering(released, find, assignment)
        gathering.take(files, read, unknown)
        told = {one.id: one for one in people.roster}
        for submission in gathering.submissions:
            submission.told = told.get(submission.student)
        shelf = Shelf(classroom, source, system, room)
        trust = system == "moodle" and _have_times(gathering.submissions)
        rows = [_row(one, shelf.put(one, trust_times=trust)) for one in gathering.submissions]
        strays = [{"file": one.found.name, "why": one.why, "kept": shelf.keep(one)} for one in gathering.strays]
        lost = {id(one.found) for one in gathering.strays}
        for found in files:
            if id(found) not in lost:
                shelf.forget(found)
    except OSError as error:
        where = f" ({error.filename})" * bool(error.filename)
        why = error.strerror or type(error).__name__
        raise UserError(f"stopped: {why}{where}; what was collected is in its place, run this again to go on") from None
    finally:
        shutil.rmtree(room, ignore_errors=True)
    return {"submissions": rows, "unmatched": strays, **_compared(classroom, roster, gathering.submissions)}


def _roster(classroom: Classroom, path: Path | None) -> Sequence[Person]:
    """The roster that was given, which is kept from now on; else the one that was kept."""
    kept = classroom.folder / STATE / ROSTER
    if path is None:
        return kept_roster(kept)
    people = read_roster(path)
    keep_roster(kept, people)
    return people


def _enrol(classroom: Classroom, people: Sequence[Person]) -> str | None:
    """Let the gradebook know the students; why it does not, if it does not."""
    try:
        with import_command("autograder.grading.gradebook").Book(classroom) as book:
            book.enrol([one.student for one in people])
    except UserError as error:
        return str(error)
    return None


def _system(
    system: str, files: Sequence[Found], released: Released, people: People
) -> tuple[Callable[[Found], Piece | None], Finder, str]:
    """What reads the system's names, what finds the people behind them, and what is said of other names."""
    if system == "moodle":
        return moodle.piece, people.of_moodle, moodle.UNKNOWN
    if system == "canvas":
        return canvas.piece, people.of_canvas, canvas.UNKNOWN
    names = [found.name for found in files]
    return folder.reader(names, released.assignments, people.is_known), people.of_folder, folder.UNKNOWN


def _have_times(submissions: Sequence[Submission]) -> bool:
    """Whether the times of the files are their own, and not that of the download."""
    versions = [version for one in submissions for version in one.newest().values()]
    times = [version.piece.found.time for version in versions if version.piece.found.time is not None]
    return bool(times) and max(times) - min(times) > ON_THE_FLY


def _row(submission: Submission, put: Put) -> dict[str, Any]:
    notes = list(dict.fromkeys(submission.notes))
    for name, version in submission.newest().items():
        given = version.piece.name
        if version.recognised.doubt is not None:
            notes.append(version.recognised.doubt)
        elif given != f"{name}.ipynb":
            notes.append(f"{name}.ipynb was handed in as {given}")
    notes += [f"{one.piece.name} is an earlier version, and was kept aside" for one in submission.older()]
    if put.state == "older":
        notes.append("a later one is here already; this one was kept aside")
    return {
        "student": submission.student,
        "assignment": submission.assignment,
        "state": put.state,
        "late": put.late,
        "handed_in": put.handed_in,
        "notes": notes,
    }


def _compared(
    classroom: Classroom, roster: Sequence[Person], submissions: Sequence[Submission]
) -> dict[str, dict[str, list[str]]]:
    """Who of the roster has handed in nothing, and who is not of it, for each assignment that came."""
    ids = [one.id for one in roster]
    missing, unlisted = {}, {}
    for assignment in sorted({one.assignment for one in submissions}) if ids else []:
        there = {student for student, _ in classroom.submissions(assignment)}
        missing[assignment] = [one for one in ids if one not in there]
        unlisted[assignment] = sorted(there - set(ids))
    return {"missing": missing, "unlisted": unlisted}
