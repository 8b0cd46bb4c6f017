"""Measures how long it takes to export a large class, from the start of the command to its end.

The gradebook is made up: every student handed in every assignment, each with as many graded cells and comments as a
lesson of the course has. stock is nbgrader's own `nbgrader export` to CSV, of the same gradebook.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

from nbgrader import api
from sqlalchemy import insert

from autograder.grading.classroom import Classroom
from autograder.grading.gradebook import Book
from autograder.grading.master import Assignment, Master, MasterCell
from autograder.reports.formats import FORMATS

CELLS = 10  # graded ones of an assignment, half of them with an answer that can be commented
RULES = '[deadlines]\ntimezone = "UTC"\n00_made_up = 2026-10-05\n\n[late]\npolicy = "per day"\npercent = 10\n'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=1000, metavar="N")
    parser.add_argument("--assignments", type=int, default=14, metavar="N")
    parser.add_argument("--stock", action="store_true", help="time nbgrader's own export as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        folder = Path(scratch)
        make_class(folder, options.students, options.assignments)
        print(f"{options.students} students, {options.assignments} assignments, {CELLS} graded cells each")
        for name in FORMATS:
            print(f"autograder export --to {name}: {_timed('autograder', 'export', scratch, '--to', name):.1f} s")
        if options.stock:
            print(f"nbgrader export: {_timed('nbgrader', 'export', '--to', 'stock.csv', folder=folder):.1f} s")


def make_class(folder: Path, students: int, assignments: int) -> None:
    """A class whose gradebook is full."""
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'large'\n")
    (folder / "autograder.toml").write_text(RULES)
    classroom, rng = Classroom(folder), Random(0)
    names = [f"{number:02}_made_up" for number in range(assignments)]
    cells = [MasterCell(f"cell-{n}", "code", "", grade=True, solution=n % 2 == 0, points=2) for n in range(CELLS)]
    with Book(classroom) as book:
        for name in names:
            book.release(Assignment(name, {name: {"": Master(name, tuple(cells))}}))
    with api.Gradebook(classroom.db_url, "large") as book:
        ids = [f"student{number:05}" for number in range(students)]
        book.db.execute(insert(api.Student), [{"id": one, "last_name": "Été", "email": f"{one}@x"} for one in ids])
        for notebook in book.db.query(api.Notebook).all():
            submitted = [
                {"id": f"{notebook.id[:20]}{n:08}", "assignment_id": notebook.assignment_id, "student_id": one}
                for n, one in enumerate(ids)
            ]
            book.db.execute(insert(api.SubmittedAssignment), submitted)
            own = [{"id": one["id"], "notebook_id": notebook.id, "assignment_id": one["id"]} for one in submitted]
            book.db.execute(insert(api.SubmittedNotebook), own)
            for table, found in ((api.Grade, notebook.grade_cells), (api.Comment, notebook.solution_cells)):
                about = [(one["id"], cell.id) for one in own for cell in found]
                rows = [{"id": f"{rng.getrandbits(128):032x}", "notebook_id": n, "cell_id": c} for n, c in about]
                if table is api.Grade:
                    rows = [{**row, "auto_score": rng.choice((0.0, 2.0)), "needs_manual_grade": False} for row in rows]
                book.db.execute(insert(table), rows)
        book.db.commit()


def _timed(*command: str, folder: Path | None = None) -> float:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    begun = time.perf_counter()
    _run([sys.executable, "-m", *command], folder, {**os.environ, "PATH": path})
    return time.perf_counter() - begun


def _run(command: Sequence[str], folder: Path | None, environment: dict[str, str]) -> None:
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)


if __name__ == "__main__":
    main()
