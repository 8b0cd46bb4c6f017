"""nbgrader's own example course, as `nbgrader quickstart` makes it, is graded as nbgrader grades it."""

import shutil
import subprocess
import sys

import nbformat
import pytest
import stock_nbgrader as stock
from graded_class import Class

pytestmark = pytest.mark.sandbox

NOTEBOOKS = ("problem1", "problem2")
PARTLY = "def squares(n):\n    return [i**2 for i in range(1, n + 1)]"  # takes any n


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The course twice, with the same submissions: graded by nbgrader, and not yet graded."""
    home = tmp_path_factory.mktemp("quickstart")
    command = [sys.executable, "-m", "nbgrader", "quickstart", "course"]
    subprocess.run(command, cwd=home, check=True, capture_output=True)
    ours = home / "course"
    for name in NOTEBOOKS:
        path = ours / f"source/ps1/{name}.ipynb"
        solved = nbformat.read(path, as_version=4)
        _hand_in(ours, "solved", name, solved)
        for cell in solved.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == "squares":
                cell.source = PARTLY
        _hand_in(ours, "partly", name, solved)
    (generated,) = stock.run((ours, [["generate_assignment", "ps1"]]))
    assert generated[1], generated[2]
    _hand_in(ours, "blank", "problem1", nbformat.read(ours / "release/ps1/problem1.ipynb", as_version=4))
    theirs = shutil.copytree(ours, home / "stock")
    (graded,) = stock.run((theirs, [["autograde", "ps1", "*"]]))
    assert graded[1], graded[2]
    return theirs, ours


def _hand_in(course, student, name, notebook):
    folder = course / "submitted" / student / "ps1"
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / f"{name}.ipynb")


def test_score_for_score(both, capsys):
    theirs, ours = both
    rows = Class(ours).grade(capsys)
    assert stock.grades(ours) == stock.grades(theirs)
    assert {name: row["score"] for name, row in rows.items()} == {"solved": 3, "partly": 2, "blank": 0}
    assert rows["blank"]["notes"] == ["problem2 was not handed in"]
    assert {row["max"] for row in rows.values()} == {13}
