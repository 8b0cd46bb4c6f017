"""`autograder regrade`: grades an assignment anew after a check was corrected, and says whose score changed and why."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from autograder.errors import UserError
from autograder.grading.own_settings import kernel_settings
from autograder.grading.wide import options as wide
from autograder.imports import import_command
from autograder.kernel import server
from autograder.printing import shown

Say = Callable[[str], object]


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder made by init, or any nbgrader course")
    parser.add_argument("assignment", metavar="ASSIGNMENT")
    parser.add_argument("--exercise", metavar="NAME", help="score only this one anew; the others keep their scores")
    parser.add_argument("--student", metavar="ID", help="this student only")
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    parser.add_argument("--force", action="store_true", help="grade even what the present checks have graded")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="at the same time; as many as processors")
    parser.add_argument("--db", metavar="URL", help="the gradebook, if not the course's own")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    wide.configure(parser)


def run(options: argparse.Namespace, say: Say) -> int:
    if options.jobs < 0:
        raise UserError("--jobs must be at least 1")
    if wide.scheduler_of(options) is None and options.folder.is_dir() and server.missing() is None:
        server.fork_server(kernel_settings(options.folder).preload)
    regrading = import_command("autograder.grading.regrading")
    report = regrading.regrade(options)
    if options.json:
        say(json.dumps(report.as_dict(), indent=1))
    else:
        for line in regrading.lines(report):
            say(shown(line))
    if report.trouble:
        print(f"autograder regrade: {report.trouble}", file=sys.stderr)
    return 1 if report.trouble or report.failed else 0
