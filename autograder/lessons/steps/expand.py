"""Turns each marker into nbgrader's metadata; a question becomes two cells.

The id of what a student writes is the marker's name; its check has `-check` after it, its prompt `-prompt`.
"""

import copy
from collections.abc import Callable
from typing import Any

from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_markdown_cell

from autograder.lessons.edition import Edition
from autograder.lessons.regions import split_solution
from autograder.lessons.steps.steady import IGNORED_BY_NBVAL
from autograder.lessons.words import WORDS

SCHEMA = 3  # nbgrader's, held to the installed one by a test


def expand(notebook: NotebookNode, edition: Edition) -> NotebookNode:
    """Expand the marker of every cell."""
    notebook = copy.deepcopy(notebook)
    points = {
        cell.metadata.marker.name: cell.metadata.marker.points
        for cell in notebook.cells
        if cell.metadata.marker.kind in ("exercise", "predict")
    }
    cells = []
    for cell in notebook.cells:
        kind = cell.metadata.marker.kind
        if kind == "check":
            cells.append(_graded(cell, points[cell.metadata.marker.name]))
        else:
            cells.extend(EXPAND[kind](cell, edition))
    notebook.cells = cells
    return notebook


def _plain(cell: NotebookNode, edition: Edition) -> list[NotebookNode]:
    return [cell]


def _opening(cell: NotebookNode, edition: Edition) -> list[NotebookNode]:
    return [_nbgrader(cell, "lesson", locked=True)]


def _answer(cell: NotebookNode, edition: Edition) -> list[NotebookNode]:
    return [_nbgrader(cell, cell.metadata.marker.name, solution=True)]


def _question(cell: NotebookNode, edition: Edition) -> list[NotebookNode]:
    words, name = WORDS[edition.language], cell.metadata.marker.name
    points = cell.metadata.marker.get("points")
    prompt, model = split_solution(cell.source)
    marker = from_dict({"marker": {**cell.metadata.marker, "model": model}})
    answer = new_markdown_cell(words.answer_stub, id=name, metadata=marker)
    if points is not None:
        _nbgrader(answer, name, points=points, grade=True, solution=True)
    cell.source, cell.id = prompt, f"{name}-prompt"
    return [_nbgrader(cell, f"{name}-prompt", locked=True), answer]


def _show(cell: NotebookNode, edition: Edition) -> list[NotebookNode]:
    cell.metadata.tags = ["show"]
    return [cell]


def _varies(cell: NotebookNode, edition: Edition) -> list[NotebookNode]:
    """A training adds up what a processor rounds: two of them draw two curves."""
    cell.metadata.tags = ["show", IGNORED_BY_NBVAL]
    return [cell]


EXPAND: dict[str, Callable[[NotebookNode, Edition], list[NotebookNode]]] = {
    "": _plain,
    "lesson": _opening,
    "exercise": _answer,
    "predict": _answer,
    "question": _question,
    "show": _show,
    "varies": _varies,
}


def _graded(check: NotebookNode, points: float) -> NotebookNode:
    """A check cell; a failing one must not stop "Run all"."""
    check.metadata.tags = ["raises-exception"]
    return _nbgrader(check, f"{check.metadata.marker.name}-check", points=points, grade=True, locked=True)


def _nbgrader(cell: NotebookNode, grade_id: str, **said: Any) -> NotebookNode:
    about = {
        "grade": False,
        "grade_id": grade_id,
        "locked": False,
        "schema_version": SCHEMA,
        "solution": False,
    }
    cell.metadata.nbgrader = from_dict({**about, "task": False, **said})
    return cell
