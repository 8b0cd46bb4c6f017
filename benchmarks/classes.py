"""Classes to grade: course folders as both `nbgrader autograde` and `autograder grade` read them."""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import nbformat.v4 as v4
from nbformat import NotebookNode

from autograder.grading import init

ROOT = Path(__file__).parents[1]
ASSIGNMENT, LESSON = "work", "01_convolution"

OPENING = "import matplotlib.pyplot as plt\nimport numpy as np\nimport torch"
PLOT = "x = np.linspace(0, 1, 100)\nplt.plot(x, double(x))\nplt.show()"
EXERCISE = 'def double(x):\n    """Twice x."""\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION'
TESTS = (
    "assert double(3) == 6",
    "np.testing.assert_allclose(double(np.arange(5.0)), [0, 2, 4, 6, 8])",
    "assert torch.equal(double(torch.ones(3)), torch.full((3,), 2.0))",
    "assert double(np.zeros((2, 3))).shape == (2, 3)",
    "assert double(-1) == -2\n### BEGIN HIDDEN TESTS\nassert double(0) == 0\n### END HIDDEN TESTS",
)


def environment() -> dict[str, str]:
    """This Python's programs are found first: nbgrader starts alembic by name."""
    return {**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}


def assertions(folder: Path, students: int) -> str:
    """Notebooks that import numpy, torch and matplotlib, with one plot and five cells of assertions."""
    source = folder / "source" / ASSIGNMENT
    source.mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text("c = get_config()\n")
    cells = [_locked("imports", OPENING), _answer("double", EXERCISE), v4.new_code_cell(PLOT, id="plot")]
    cells += [_locked(f"test-{number}", test, points=1) for number, test in enumerate(TESTS, 1)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), source / f"{ASSIGNMENT}.ipynb")
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", ASSIGNMENT, "--quiet"]
    subprocess.run(command, cwd=folder, env=environment(), check=True)
    notebook = nbformat.read(folder / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    for number in range(students):
        notebook.cells[1].source = f"def double(x):\n    return {number % 3 and 2} * x"  # a third of them wrong
        _hand_in(folder, number, ASSIGNMENT, notebook)
    return ASSIGNMENT


def lesson(folder: Path, students: int) -> str:
    """Solved notebooks of one lesson of the course."""
    parser = argparse.ArgumentParser()
    init.configure(parser)
    init.run(parser.parse_args([str(folder), "--course", str(ROOT)]), lambda line: None)
    solved = nbformat.read(folder / "source" / LESSON / f"{LESSON}.ipynb", as_version=4)
    for number in range(students):
        _hand_in(folder, number, LESSON, solved)
    return LESSON


def copy(folder: Path, target: Path) -> Path:
    """A fresh copy of a class, of which nothing is graded yet."""
    shutil.copytree(folder, target)
    return target


def _hand_in(folder: Path, number: int, assignment: str, notebook: NotebookNode) -> None:
    target = folder / "submitted" / f"student{number:04}" / assignment
    target.mkdir(parents=True)
    (target / f"{assignment}.ipynb").write_text(json.dumps(notebook))


def _locked(name: str, source: str, points: float | None = None) -> NotebookNode:
    return _cell(name, source, grade=points is not None, points=points, locked=True)


def _answer(name: str, source: str) -> NotebookNode:
    return _cell(name, source, solution=True)


def _cell(
    name: str,
    source: str,
    *,
    grade: bool = False,
    solution: bool = False,
    locked: bool = False,
    points: float | None = None,
) -> NotebookNode:
    about = {"grade_id": name, "schema_version": 3, "grade": grade, "solution": solution, "locked": locked}
    about |= {"task": False} | ({} if points is None else {"points": points})
    return v4.new_code_cell(source, id=name, metadata={"nbgrader": about})
