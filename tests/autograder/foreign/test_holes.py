"""Each hole of stock nbgrader through which points come: shown there to be open, and to be closed with us.

docs/differences-from-nbgrader.md lists them.
"""

import contextlib
import io
import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import nbformat
import nbformat.v4 as v4
import pytest
import stock_nbgrader as stock
from graded_cells import cell

from autograder.cli import main

pytestmark = pytest.mark.sandbox

DOCUMENT = Path(__file__).parents[3] / "docs/differences-from-nbgrader.md"
CELLS = [
    cell("total", "def total(xs):\n    ### BEGIN SOLUTION\n    return sum(xs)\n    ### END SOLUTION", solution=True),
    cell("asserted", "total([1, 1])\nassert total([1, 1]) == 2", points=2, locked=True),
    cell("credit", "total([2])", points=2, locked=True),
]
RIGHT = "return sum(xs)"


def unchanged(notebook):
    pass


def skip_tests(notebook):
    for one in notebook.cells[1:]:
        one.metadata.tags = ["skip-execution"]


def show_every_value(notebook):
    notebook.cells.insert(0, v4.new_code_cell("get_ipython().ast_node_interactivity = 'all'"))


def delete_tests(notebook):
    del notebook.cells[1:]


def claim_a_newer_format(notebook):
    notebook.cells[0].metadata.nbgrader.schema_version = 99


@dataclass(frozen=True)
class Hole:
    """What is handed in, and what its two test cells earn there and here; None is no score at all."""

    answer: str
    theirs: tuple[float | None, float | None]
    ours: tuple[float, float]
    change: object = unchanged
    after_a_right_one: bool = False


HOLES = {
    "skip-execution": Hole("return 0", (2, 2), (0, 0), skip_tests),
    "value before the error": Hole("return 1", (1, 1), (0, 1), show_every_value),
    "NaN": Hole("return float('nan')", (0, 2), (0, 0)),
    "negative": Hole("return -1", (0, 2), (0, 0)),
    "not a number": Hole("return 'two'", (0, 2), (0, 0)),
    "numpy number": Hole("import numpy; return numpy.float64(0.5)", (0, 2), (0, 0.5)),
    "too much": Hole("return 99", (0, None), (0, 0)),
    "dead kernel": Hole("import os; os._exit(0)", (2, 2), (0, 0), after_a_right_one=True),
    "deleted cell": Hole("return 0", (2, 2), (0, 0), delete_tests, after_a_right_one=True),
    "one stops the class": Hole(RIGHT, (None, None), (2, 2), claim_a_newer_format),
    "the next one": Hole(RIGHT, (None, None), (2, 2)),
}
# Stock grades them in the order of their names.
STUDENTS = {f"{number:02}-{name.replace(' ', '-')}": hole for number, (name, hole) in enumerate(HOLES.items())}
REGRADED = [["rename", "submitted", "earlier"], ["rename", "later", "submitted"]]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The course, with a right submission of those who hand in again, and with what all hand in later."""
    folder = tmp_path_factory.mktemp("holes") / "ours"
    (folder / "source/work").mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text("c = get_config()\n")
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(v4.new_notebook(cells=CELLS, metadata={"kernelspec": kernel}), folder / "source/work/work.ipynb")
    (made,) = stock.run((folder, [["generate_assignment", "work"]]))
    assert made[1], made[2]
    for student, hole in STUDENTS.items():
        if hole.after_a_right_one:
            hand_in(folder, "submitted", student, Hole(RIGHT, (2, 2), (2, 2)))
        hand_in(folder, "later", student, hole)
    return folder


@pytest.fixture(scope="module")
def theirs(course):
    """What nbgrader's gradebook holds in the end, and what nbgrader says of the last run."""
    folder = shutil.copytree(course, course.with_name("theirs"))
    first, last = stock.run((folder, [["autograde", "work", "*"], *REGRADED, ["autograde", "work", "*"]]))
    assert first[1], first[2]
    return scores(folder), last


@pytest.fixture(scope="module")
def ours(course, theirs):
    """What ours holds, and the rows of the last run."""
    folder = shutil.copytree(course, course.with_name("again"))
    assert main(["grade", str(folder)]) == 0
    for _, *names in REGRADED:
        os.rename(*(folder / name for name in names))
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        main(["grade", str(folder), "--json"])
    return scores(folder), {row["student"]: row for row in json.loads(printed.getvalue())}


def hand_in(folder, where, student, hole):
    notebook = nbformat.read(folder / "release/work/work.ipynb", as_version=4)
    notebook.cells[0].source = f"def total(xs):\n    {hole.answer}"
    hole.change(notebook)
    target = folder / where / student / "work"
    target.mkdir(parents=True)
    (target / "work.ipynb").write_text(json.dumps(notebook))


def scores(folder):
    found = stock.grades(folder)
    return {
        student: tuple(found.get((student, "work", name), (None,))[0] for name in ("asserted", "credit"))
        for student in STUDENTS
    }


@pytest.mark.parametrize("student", STUDENTS)
def test_the_hole_is_open_there_and_closed_here(student, theirs, ours):
    assert theirs[0][student] == STUDENTS[student].theirs
    assert ours[0][student] == STUDENTS[student].ours


def test_one_notebook_stops_their_class_and_not_ours(theirs, ours):
    _, content, log = theirs[1]
    assert not content
    assert "newer version" in log.replace("\n", " ")
    rows = ours[1]
    assert len(rows) == len(STUDENTS)


def test_a_value_that_is_no_credit_is_shown_to_a_person(ours):
    marked = {STUDENTS[name] for name, row in ours[1].items() if row["state"] == "needs a human eye"}
    assert marked == {HOLES[name] for name in ("NaN", "negative", "not a number", "too much")}


def test_the_document_lists_each():
    text = DOCUMENT.read_text(encoding="utf-8")
    listed = re.findall(r"^\| ([^|]+?) \|", text, re.MULTILINE)
    assert set(HOLES) - {"the next one"} <= set(listed)
