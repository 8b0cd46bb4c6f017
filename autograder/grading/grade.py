"""`autograder grade`: grades what a class handed in, and records it in the class's gradebook."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from autograder.errors import UserError
from autograder.grading.own_settings import kernel_settings
from autograder.grading.table import table
from autograder.grading.wide import options as wide
from autograder.imports import import_command
from autograder.kernel import server

Say = Callable[[str], object]
FINE = ("graded",)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder made by init, or any nbgrader course")
    parser.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="all that were handed in, if none")
    parser.add_argument("--student", metavar="ID", help="this student only")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="at the same time; as many as processors")
    parser.add_argument("--force", action="store_true", help="grade even what did not change")
    parser.add_argument("--db", metavar="URL", help="the gradebook, if not the course's own")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    wide.configure(parser)


def run(options: argparse.Namespace, say: Say) -> int:
    if options.jobs < 0:
        raise UserError("--jobs must be at least 1")
    if wide.scheduler_of(options) is None and options.folder.is_dir() and server.missing() is None:
        server.fork_server(kernel_settings(options.folder).preload)
    # While the fork server imports on one processor, this process does on another.
    rows, trouble = import_command("autograder.grading.session").grade(options)
    if options.json:
        say(json.dumps(rows, indent=1))
    else:
        for line in table(rows):
            say(line)
    if trouble:
        print(f"autograder grade: {trouble}", file=sys.stderr)
    return 0 if not trouble and all(row["state"] in FINE for row in rows) else 1
