"""Any nbgrader course is graded as it stands: score for score what stock nbgrader gives, but for its holes."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys

import nbformat
import nbformat.v4 as v4
import pytest
from graded_cells import cell
from graded_class import Class

pytestmark = pytest.mark.sandbox

CONFIG = """\
import os, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
c = get_config()
c.CourseDirectory.course_id = "small"
c.AssignLatePenalties.plugin_class = "small_penalty.OnePointAnHour"
"""
PENALTY = """\
from nbgrader.plugins import BasePlugin

class OnePointAnHour(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return total_seconds_late / 3600
"""
SOLVED = "def total(xs):\n    ### BEGIN SOLUTION\n    return {}\n    ### END SOLUTION"
SUM, REDUCE = SOLVED.format("sum(xs)"), SOLVED.format("reduce(lambda a, b: a + b, xs, 0)")
TESTS = "assert total([1, 2]) == 3\n### BEGIN HIDDEN TESTS\nassert total([]) == 0\n### END HIDDEN TESTS"
PARTIAL = "points = 0\nif total([1]) == 1: points += 1.5\nif total([-1]) == -1: points += 1.5\npoints"
DATA = "assert total(map(int, open('data.txt'))) == 6"
NOTEBOOKS = {
    "one": [
        cell("sum", SUM, solution=True),
        cell("sum-test", TESTS, points=2, locked=True),
        cell("sum-partial", PARTIAL, points=3, locked=True),
        cell("why", "Your answer", kind="markdown", points=4, solution=True),
        cell("task", "Do as you like", kind="markdown", points=5, task=True, locked=True),
    ],
    "two": [
        cell("setup", "from functools import reduce", locked=True),
        cell("again", REDUCE, solution=True),
        cell("data-test", DATA, points=1, locked=True),
        cell("by-hand", "### BEGIN SOLUTION\n1\n### END SOLUTION", points=2, solution=True),
    ],
}
PLAIN = "def total(xs): return sum(xs)"
ANSWERS = {
    "right": {"sum": PLAIN, "again": PLAIN, "why": "Because", "by-hand": "2"},
    "hard-coded": {"sum": "def total(xs): return 3 if len(xs) == 2 else 1", "again": "def total(xs): return 6"},
    "noisy": {"sum": "import sys\ndef total(xs):\n    print('!', file=sys.stderr)\n    return sum(xs)"},
    "blank": {},
}


def nbgrader(folder, *arguments):
    """Run a stock command in a course folder."""
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A small course, released by stock nbgrader, with what some students handed in."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "nbgrader_config.py").write_text(CONFIG)
    (folder / "small_penalty.py").write_text(PENALTY)
    source = folder / "source/work"
    source.mkdir(parents=True)
    (source / "data.txt").write_text("1\n2\n3\n")
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    for name, cells in NOTEBOOKS.items():
        nbformat.write(v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), source / f"{name}.ipynb")
    nbgrader(folder, "generate_assignment", "work", "--quiet")
    with sqlite3.connect(folder / "gradebook.db") as database:
        database.execute("update assignment set duedate = '2026-01-01 12:00:00'")
    database.close()
    for student, answers in ANSWERS.items():
        hand_in(folder, student, answers)
    (folder / "submitted/right/work/timestamp.txt").write_text("2026-01-01 14:00:00 UTC")
    (folder / "submitted/blank/work/timestamp.txt").write_text("2026-01-01 11:00:00 UTC")
    return folder


def hand_in(folder, student, answers, change=lambda notebook: None):
    target = folder / "submitted" / student / "work"
    target.mkdir(parents=True)
    for name in NOTEBOOKS:
        notebook = nbformat.read(folder / f"release/work/{name}.ipynb", as_version=4)
        for one in notebook.cells:
            one.source = answers.get(one.metadata.nbgrader.grade_id, one.source)
        change(notebook)
        (target / f"{name}.ipynb").write_text(json.dumps(notebook))


def recorded(folder):
    query = """
        select a.student_id, c.name, c.type, g.auto_score, g.manual_score, g.needs_manual_grade from grade g
        join submitted_notebook n on n.id = g.notebook_id join submitted_assignment a on a.id = n.assignment_id
        join base_cell c on c.id = g.cell_id"""
    comments = """
        select a.student_id, c.name, m.auto_comment from comment m
        join submitted_notebook n on n.id = m.notebook_id join submitted_assignment a on a.id = n.assignment_id
        join base_cell c on c.id = m.cell_id"""
    penalties = """
        select a.student_id, a.timestamp, s.name, n.late_submission_penalty from submitted_notebook n
        join submitted_assignment a on a.id = n.assignment_id join notebook s on s.id = n.notebook_id"""
    with sqlite3.connect(folder / "gradebook.db") as database:
        rows = [sorted(database.execute(each).fetchall(), key=str) for each in (query, comments, penalties)]
    database.close()
    return rows


def test_side_by_side_with_stock(course, tmp_path, capsys):
    stock, ours = tmp_path / "stock", tmp_path / "ours"
    shutil.copytree(course, stock)
    shutil.copytree(course, ours)
    nbgrader(stock, "autograde", "work", "--quiet")
    rows = Class(ours).grade(capsys, rc=0)
    assert recorded(ours) == recorded(stock)
    assert {name: row["score"] for name, row in rows.items()} == {"right": 6, "hard-coded": 2.5, "noisy": 0, "blank": 0}
    assert rows["right"]["by_hand"] == 3

    nbgrader(ours, "generate_feedback", "work", "--quiet")
    assert len(list((ours / "feedback").glob("*/work/*.html"))) == len(ANSWERS) * len(NOTEBOOKS)
    nbgrader(ours, "export")
    assert "work,2026-01-01 12:00:00,2026-01-01 14:00:00,right" in (ours / "grades.csv").read_text()


FIRST = {
    "shows-first": "get_ipython().ast_node_interactivity = 'all'",
    "hides-errors": "get_ipython().showtraceback = lambda *args, **kwargs: None",
    "dies": "import os\nos._exit(0)",
}


def put_first(source):
    """Change: a cell before all others."""
    return lambda notebook: notebook.cells.insert(0, v4.new_code_cell(source, id="first"))


HOLES = {name: put_first(source) for name, source in FIRST.items()} | {
    "skips": lambda notebook: [one.metadata.update(tags=["skip-execution"]) for one in notebook.cells],
    "deletes": lambda notebook: notebook.cells.clear(),
}


def test_holes_earn_nothing_and_stop_nobody(course, tmp_path, capsys):
    ours = tmp_path / "ours"
    shutil.copytree(course, ours)
    shutil.rmtree(ours / "submitted")
    hand_in(ours, "right", ANSWERS["right"])
    for name, change in HOLES.items():
        hand_in(ours, name, {}, change)
    rows = Class(ours).grade(capsys)
    earned = {name: row["score"] for name, row in rows.items()}
    assert earned.pop("right") == 6
    assert earned == dict.fromkeys(HOLES, 0)


def test_a_course_that_was_never_released_is_taken_from_its_source(course, tmp_path, capsys):
    ours = tmp_path / "ours"
    shutil.copytree(course, ours)
    (ours / "gradebook.db").unlink()
    before = (ours / "release/work/one.ipynb").read_bytes()
    rows = Class(ours).grade(capsys, "--student", "right", rc=0)
    assert rows["right"]["score"] == 6
    assert (ours / "release/work/one.ipynb").read_bytes() == before


def test_a_manual_score_outlives_a_regrade_and_is_asked_for_again(course, tmp_path, capsys):
    ours = tmp_path / "ours"
    shutil.copytree(course, ours)
    Class(ours).grade(capsys, "--student", "right", rc=0)
    with sqlite3.connect(ours / "gradebook.db") as database:
        database.execute("update grade set manual_score = 1.5, needs_manual_grade = 0 where auto_score is null")
    database.close()
    Class(ours).grade(capsys, "--student", "right", rc=0)
    assert [row[4:] for row in recorded(ours)[0] if row[1] == "why"] == [(1.5, 0)]
    Class(ours).grade(capsys, "--student", "right", "--force", rc=0)
    assert [row[4:] for row in recorded(ours)[0] if row[1] == "why"] == [(1.5, 1)]
