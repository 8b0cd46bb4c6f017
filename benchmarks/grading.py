"""Measures how fast a class is graded: by stock `nbgrader autograde`, and by `autograder grade`.

Both grade fresh copies of one class, one after the other, on the same two processors; a run counts from the start of
the command to its end, imports and all, and their scores must be equal. Memory is read in a further run that is not
timed. With --scale, classes of several sizes are graded by `autograder grade` alone.
"""

import argparse
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from benchmarks import classes
from benchmarks.memory import Watch

PROCESSORS = 2
CLASSES: dict[str, Callable[[Path, int], str]] = {"assertions": classes.assertions, "lesson": classes.lesson}
WRONG = 1  # the status of `autograder grade` where a person must look


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=40, metavar="N", help="in each class")
    parser.add_argument("--jobs", type=int, default=4, metavar="N", help="notebooks that we grade at the same time")
    parser.add_argument("--rounds", type=int, default=1, help="how often both grade each class")
    parser.add_argument("--only", choices=CLASSES, help="this class alone")
    parser.add_argument("--scale", type=int, nargs="+", metavar="N", help="grade classes of these sizes, by ours alone")
    parser.add_argument("--no-memory", action="store_true", help="measure times alone")
    options = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:PROCESSORS])
    chosen = [options.only] if options.only else list(CLASSES)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        if options.scale:
            lines = scaling(Path(scratch), options.only or "assertions", options.scale, options.jobs)
        else:
            lines = comparison(Path(scratch), chosen, options)
        for line in lines:
            print(line, flush=True)


def comparison(scratch: Path, chosen: Sequence[str], options: argparse.Namespace) -> Iterator[str]:
    """A row a class: the best time of each, and the median of the ratios of a round."""
    yield _row("class", "notebooks", "nbgrader s", "autograder s", "ratio", "kernels MB", "grader and judges MB")
    yield _row("---", *["---:"] * 6)
    for name in chosen:
        original = scratch / name
        assignment = CLASSES[name](original, options.students)
        stock, ours = [], []
        for number in range(1, options.rounds + 1):
            _say(f"{name}, round {number} of {options.rounds}: nbgrader")
            folder = classes.copy(original, scratch / f"{name}-stock-{number}")
            stock.append(seconds(stock_command(assignment), folder))
            expected = scores(folder)
            _say(f"{name}, round {number} of {options.rounds}: autograder")
            folder = classes.copy(original, scratch / f"{name}-ours-{number}")
            ours.append(seconds(our_command(options.jobs), folder))
            if scores(folder) != expected:
                sys.exit(f"the scores of {name} differ: {sorted(set(expected) ^ set(scores(folder)))[:6]}")
        ratio = statistics.median(one / other for one, other in zip(stock, ours, strict=True))
        sizes = ["", ""]
        if not options.no_memory:
            watch = watched(our_command(options.jobs), classes.copy(original, scratch / f"{name}-watched"))
            sizes = [f"{watch.kernels / 1e6:.0f}", f"{watch.others / 1e6:.0f}"]
        yield _row(name, str(options.students), f"{min(stock):.1f}", f"{min(ours):.1f}", f"{ratio:.1f}", *sizes)


def scaling(scratch: Path, name: str, sizes: Sequence[int], jobs: int) -> Iterator[str]:
    """A row a size of the class."""
    yield _row("class", "notebooks", "autograder s", "s a notebook")
    yield _row("---", "---:", "---:", "---:")
    for students in sizes:
        folder = scratch / str(students)
        CLASSES[name](folder, students)
        _say(f"{name}, {students} notebooks")
        took = seconds(our_command(jobs), folder)
        yield _row(name, str(students), f"{took:.1f}", f"{took / students:.3f}")


def stock_command(assignment: str) -> list[str]:
    return [sys.executable, "-m", "nbgrader", "autograde", assignment, "--log-level=ERROR"]


def our_command(jobs: int) -> list[str]:
    return [sys.executable, "-m", "autograder", "grade", ".", "--jobs", str(jobs)]


def seconds(command: Sequence[str], folder: Path) -> float:
    """How long a command takes in a class's folder; one that fails ends the benchmark."""
    started = time.perf_counter()
    _end(_start(command, folder))
    return time.perf_counter() - started


def watched(command: Sequence[str], folder: Path) -> Watch:
    """The memory that a command and all it starts take."""
    process = _start(command, folder)
    with Watch(process.pid) as watch:
        _end(process)
    return watch


def scores(folder: Path) -> list[tuple[str, str, float]]:
    """(student, cell, score), as a gradebook has them."""
    query = """
        select a.student_id, c.name, g.auto_score from grade g
        join submitted_notebook n on n.id = g.notebook_id join submitted_assignment a on a.id = n.assignment_id
        join base_cell c on c.id = g.cell_id where g.auto_score is not null"""
    with closing(sqlite3.connect(folder / "gradebook.db")) as database:
        return sorted(database.execute(query).fetchall())


def _start(command: Sequence[str], folder: Path) -> subprocess.Popen[str]:
    path = os.pathsep.join(filter(None, [str(classes.ROOT), os.environ.get("PYTHONPATH", "")]))
    environment = {**classes.environment(), "PYTHONPATH": path}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=pipe, stderr=subprocess.STDOUT, text=True)


def _end(process: subprocess.Popen[str]) -> None:
    printed, _ = process.communicate()
    if process.returncode not in (0, WRONG):
        sys.exit(f"{process.args!r} failed:\n{printed[-2000:]}")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
