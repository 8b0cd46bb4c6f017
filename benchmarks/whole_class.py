"""Takes a made-up class from an empty folder to exported marks, and measures each command.

Students hand in what students do: right answers in several ways, the mistakes that the exercises know, slips, gaps,
files cut off, loops without end, late and renamed files, earlier versions (`students.py` says how many). Each command
runs by itself; seconds are from its start to its end, processor seconds are of all that it starts, and memory is the
highest sum over its processes, each with its share of what it shares (PSS), read four times a second meanwhile.

With --graded, only so many students are graded; the others hand in the same files as these, and get copies of their
results. That is for the figures of report, feedback and export in classes that take long to grade.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from autograder.grading.classroom import Classroom
from autograder.grading.gradebook import Book
from autograder.grading.own_settings import OWN
from autograder.grading.plan import assignments, key_of, plan
from autograder.lessons.course import load_course
from autograder.reports.formats import FORMATS
from benchmarks import classes
from benchmarks.memory import Watch
from benchmarks.students import DUE, Student, make_students, write_roster, write_zip

CLASS, ROSTER = "class", "roster.csv"
LESSONS = ("01", "02", "03")
RULES = '\n[late]\npolicy = "per day"\npercent = 10\ncap_percent = 50\n\n[deadlines]\ntimezone = "UTC"\n'
Command = tuple[str, ...]
Step = tuple[Callable[[], None], Sequence[Command]]  # what is to be there before, and what is measured
FOUND_WANTING = 1  # the status of a command that has something to tell a person


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=300, metavar="N")
    parser.add_argument("--lessons", nargs="+", default=LESSONS, metavar="LESSON")
    parser.add_argument("--language", default="fr", help="of the class, and so of its report")
    parser.add_argument(
        "--jobs", type=int, default=2, metavar="N", help="notebooks graded, pages made, at the same time"
    )
    parser.add_argument("--graded", type=int, metavar="N", help="so many students are graded, the others are copies")
    parser.add_argument("--in", dest="folder", type=Path, metavar="DIR", help="a folder to make and keep the class in")
    parser.add_argument("--only", nargs="+", metavar="STEP", help="these steps alone, in a class that --in has kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        room = (options.folder or Path(scratch)).resolve()
        room.mkdir(parents=True, exist_ok=True)
        for line in table(room, options):
            print(line, flush=True)


def table(room: Path, options: argparse.Namespace) -> Iterator[str]:
    """A row a step, as soon as it is done."""
    steps = make_steps(room, options)
    if unknown := sorted(set(options.only or ()) - set(steps)):
        sys.exit(f"there is no step {unknown[0]!r}; there are: {', '.join(steps)}")
    yield _row("step", "s", "processor s", "memory MB", "written MB")
    yield _row("---", *["---:"] * 4)
    for name, (prepare, commands) in steps.items():
        if options.only and name not in options.only:
            continue
        prepare()
        held = _size(room / CLASS)
        measured = [_measured(command, room) for command in commands]
        seconds, processor = (sum(column) for column in list(zip(*measured, strict=True))[:2])
        memory = max(one[2] for one in measured)
        written = _size(room / CLASS) - held
        yield _row(name, f"{seconds:.1f}", f"{processor:.1f}", f"{memory / 1e6:.0f}", f"{written / 1e6:.1f}")


def make_steps(room: Path, options: argparse.Namespace) -> dict[str, Step]:
    """From an empty folder to exported marks."""
    course = load_course(classes.ROOT)
    lessons = course.select(options.lessons)
    graded = min(options.graded or options.students, options.students)
    students = make_students(options.students, graded)
    jobs = ("--jobs", str(options.jobs))
    collect = [("collect", CLASS, f"{one.id}.zip", "--from", "moodle", "--roster", ROSTER) for one in lessons]

    def hand_in(who: Sequence[Student]) -> None:
        write_roster(room / ROSTER, students)
        for lesson in lessons:
            write_zip(room / f"{lesson.id}.zip", course, lesson, who)

    def begin() -> None:
        with (room / CLASS / OWN).open("a", encoding="utf-8") as file:
            file.write(RULES + "".join(f"{one.id} = {DUE.isoformat()}\n" for one in lessons))
        hand_in(students[:graded])

    steps: dict[str, Step] = {
        "init": (_nothing, [("init", CLASS, "--course", str(classes.ROOT), "--language", options.language)]),
        "collect": (begin, collect),
        "grade": (_nothing, [("grade", CLASS, *jobs)]),
    }
    if graded < options.students:
        steps["collect copies"] = (lambda: hand_in(students[graded:]), collect)
    return steps | {
        "grade again": (lambda: copy_results(room / CLASS, students, graded), [("grade", CLASS, *jobs)]),
        "report": (_nothing, [("report", CLASS, *jobs)]),
        "feedback": (_nothing, [("feedback", CLASS, *jobs)]),
        "feedback again": (_nothing, [("feedback", CLASS, *jobs)]),
        "export": (_nothing, [("export", CLASS, "--to", name) for name in FORMATS]),
    }


def copy_results(folder: Path, students: Sequence[Student], graded: int) -> None:
    """Give whoever is not graded the results of who handed in the same."""
    classroom = Classroom(folder)
    ids = {one.id: students[one.draw].id for one in students[graded:]}
    if not ids:
        return
    with Book(classroom) as book:
        for planned in plan(classroom, assignments(classroom, book, []), None, force=False):
            task = planned.task
            if task.student not in ids:
                continue
            name = task.assignment.name
            result = classroom.results.latest(name, ids[task.student])
            assert result is not None
            own = {"student": task.student, "attempt": task.attempt, "inputs": dict(task.inputs), "key": key_of(task)}
            classroom.results.write({**result, **own})
            book.record({**result, **own}, result["timestamp"])
            if (run := classroom.autograded(ids[task.student], name)).is_dir():
                shutil.copytree(run, classroom.autograded(task.student, name))


def _measured(command: Sequence[str], room: Path) -> tuple[float, float, int]:
    """Seconds, processor seconds, and bytes of memory; a command that fails ends the benchmark."""
    print(f"autograder {' '.join(command)}", file=sys.stderr, flush=True)
    path = os.pathsep.join(filter(None, [str(classes.ROOT), os.environ.get("PYTHONPATH", "")]))
    environment = {**classes.environment(), "PYTHONPATH": path}
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with (room / "said.txt").open("a", encoding="utf-8") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "autograder", *command], cwd=room, env=environment, stdout=said, stderr=said
        )
        with Watch(process.pid) as watch:
            status = process.wait()
    seconds, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    if status not in (0, FOUND_WANTING):
        sys.exit(f"autograder {' '.join(command)} failed:\n{(room / 'said.txt').read_text()[-2000:]}")
    waited_for = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return seconds, max(waited_for, watch.processor_seconds), watch.kernels + watch.others


def _size(folder: Path) -> int:
    """The bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _nothing() -> None:
    pass


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
