"""Whether the cells that a student must leave alone are all there, once each, and as they were."""

import ast
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence

from nbformat import NotebookNode

from autograder.proving.words import say


def warnings(notebook: NotebookNode, exercises: Sequence[str], language: str) -> Iterator[str]:
    """A line for each cell that was edited, deleted or duplicated."""
    cells = [cell for cell in notebook.cells if "grade_id" in cell.metadata.get("nbgrader", {})]
    count = Counter(cell.metadata.nbgrader.grade_id for cell in cells)
    there = {cell.get("id") for cell in notebook.cells} | set(count)  # a free answer without points has an id alone
    for name in expected(exercises, count):
        if name not in there:
            yield say("deleted", language, name=name)
    for name, times in count.items():
        if times > 1:
            yield say("duplicated", language, name=name, count=times)
    for cell in cells:
        about = cell.metadata.nbgrader
        if about.get("locked") and about.get("checksum", "") not in ("", checksum(cell)):
            yield say("edited", language, name=about.grade_id)


def expected(exercises: Sequence[str], there: Counter[str]) -> Iterator[str]:
    """The cells that every copy of the lesson has."""
    yield "lesson"
    for name in exercises:
        yield from (name, f"{name}-check")
    for name in there:  # a question's prompt and its answer come together
        if name.endswith("-prompt"):
            yield name.removesuffix("-prompt")


def points_listed(notebook: NotebookNode) -> dict[str, float]:
    """The points of every exercise, as the lesson's first cell lists them."""
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") != "lesson":
            continue
        try:
            calls = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call)]
            listed = [ast.literal_eval(word.value) for call in calls for word in call.keywords if word.arg == "points"]
            return {str(name): float(points) for name, points in listed[0].items()}
        except (SyntaxError, ValueError, TypeError, AttributeError, IndexError):
            return {}
    return {}


def checksum(cell: NotebookNode) -> str:
    """What nbgrader signs a cell with; a student has no nbgrader, so it is computed here."""
    about = cell.metadata.nbgrader
    said = [cell.source, cell.cell_type, *(str(bool(about.get(key))) for key in ("grade", "solution", "locked"))]
    said.append(about.grade_id)
    if about.get("grade"):
        said.append(str(float(about.points)))
    return hashlib.md5("".join(said).encode(), usedforsecurity=False).hexdigest()
