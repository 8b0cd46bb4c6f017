"""The command line: parse, call, print.

A command is a module with `configure(parser)` and `run(options, say) -> exit status`; only the one asked for
is imported.
"""

import argparse
import sys
from collections.abc import Sequence

from autograder.errors import UserError
from autograder.imports import import_command

COMMANDS = {
    "archive": ("autograder.lessons.archive", "pack each lesson for students, with the package it imports"),
    "build": ("autograder.lessons.build", "write the notebooks of the lessons from their sources"),
    "check": ("autograder.proving.check", "say what a notebook would earn, before it is handed in"),
    "collect": ("autograder.collecting.collect", "put what Moodle or Canvas hands out into a class"),
    "demo": ("autograder.demo.demo", "make a sample class, and grade it"),
    "doctor": ("autograder.kernel.doctor", "say what this machine offers to keep students' notebooks in"),
    "export": ("autograder.reports.export", "write the scores for Moodle, Canvas, a spreadsheet or a program"),
    "feedback": ("autograder.reports.feedback", "write a page for each student: the score, and why"),
    "grade": ("autograder.grading.grade", "grade what a class handed in, and record it in its gradebook"),
    "init": ("autograder.grading.init", "make an instructor's folder, which is also an nbgrader course"),
    "map": ("autograder.lessons.course_map", "draw the map of the course anew in a README"),
    "mutants": ("autograder.proving.mutants", "plant errors in the solutions, and list those that no check finds"),
    "prove": ("autograder.proving.prove", "show that solutions pass, blanks do not, and every mistake is known"),
    "regrade": ("autograder.grading.regrade", "grade anew after a check was corrected, and say whose score changed"),
    "report": ("autograder.reports.report", "write a page about a class: what to re-teach, and what to look at"),
    "translate": ("autograder.lessons.translate", "make and update the translations of the lessons"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 if all is well, 1 if something was found wanting, 2 if the request does not fit."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="autograder", description="Releases, checks and grades lessons.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (module, purpose) in COMMANDS.items():
        command = commands.add_parser(name, help=purpose, description=purpose)
        if name in arguments[:1]:
            import_command(module).configure(command)
    options = parser.parse_args(arguments)
    module, _ = COMMANDS[options.command]
    try:
        status: int = import_command(module).run(options, print)
    except UserError as error:
        print(f"autograder {options.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"autograder {options.command}: stopped; what was done is kept", file=sys.stderr)
        return 130  # as a shell says it
    return status
