"""Runs a lesson as students have it: solved it earns all points, untouched none, and its cells run either way."""

from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.lessons.course import Course, Lesson
from autograder.lessons.pipeline import released, solved
from autograder.proving.run import error_of, run_notebook
from autograder.proving.score import State, is_check, score

SECONDS_A_CELL = 120


@dataclass(frozen=True)
class NotebookProof:
    """How a notebook ran: the points of each exercise, those whose check did what it must, and what was wrong."""

    language: str
    points: dict[str, float]
    as_wanted: frozenset[str]
    misses: tuple[str, ...]


def prove_solved(course: Course, lesson: Lesson, language: str) -> NotebookProof:
    """The solved lesson: full marks at every check, and no cell raises."""
    notebook = run_notebook(solved(course, lesson, language), seconds=SECONDS_A_CELL)
    raised = [f"solution, {language}: {_place(cell)} raises {_error(cell)}" for cell in _failed(notebook)]
    return _proof(notebook, language, State.FULL, "solution", raised)


def prove_released(course: Course, lesson: Lesson, language: str) -> NotebookProof:
    """The untouched lesson: nothing at any check, and no other cell raises for want of an exercise."""
    notebook = run_notebook(released(course, lesson, language), seconds=SECONDS_A_CELL)
    first = next((n for n, cell in enumerate(notebook.cells) if _is_answer(cell)), len(notebook.cells))
    opening = {cell.id for cell in notebook.cells[:first]}
    raised = [
        f"blank, {language}: {_place(cell)} raises {_error(cell)}"
        + ("" if cell.id in opening else "; exercises may not fall together: use cnnlib there, not an earlier answer")
        for cell in _failed(notebook)
    ]
    return _proof(notebook, language, State.NOT_WRITTEN, "blank", raised)


def _proof(notebook: NotebookNode, language: str, wanted: State, which: str, raised: list[str]) -> NotebookProof:
    scores = [score(cell) for cell in notebook.cells if is_check(cell)]
    wrong = [
        f"{which}, {language}: the check of {one.name} should end as {wanted.value!r}, but is {one.state.value!r}"
        + (f" ({one.said})" if one.said else "")
        for one in scores
        if one.state != wanted
    ]
    return NotebookProof(
        language,
        {one.name: one.of for one in scores},
        frozenset(one.name for one in scores if one.state == wanted),
        tuple(raised + wrong),
    )


def _failed(notebook: NotebookNode) -> Iterator[NotebookNode]:
    """The cells that raised and are no checks."""
    return (cell for cell in notebook.cells if not is_check(cell) and error_of(cell) is not None)


def _is_answer(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _place(cell: NotebookNode) -> str:
    name = cell.metadata.get("nbgrader", {}).get("grade_id", cell.id)
    return f"cell {name} ({cell.source.strip().splitlines()[0][:60]})"


def _error(cell: NotebookNode) -> str:
    name, message = error_of(cell) or ("", "")
    return f"{name}: {message}".strip(": ").partition("\n")[0]
