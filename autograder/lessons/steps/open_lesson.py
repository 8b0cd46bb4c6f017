"""Puts the generated, locked first cell before a lesson, and says in the metadata which lesson it is."""

import copy
import textwrap
from collections.abc import Mapping

from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_code_cell

from autograder.lessons.edition import Edition
from autograder.lessons.typography import NO_BREAK

WIDTH, INDENT = 80, "    "
KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}


def open_lesson(notebook: NotebookNode, edition: Edition) -> NotebookNode:
    """Prepend the cell that makes `check`."""
    notebook = copy.deepcopy(notebook)
    lesson = edition.lesson
    markers = [cell.metadata.marker for cell in notebook.cells]
    points = {marker.name: marker.points for marker in markers if marker.kind in ("exercise", "predict")}
    marker = from_dict({"marker": {"kind": "lesson", "name": "lesson", "line": 0}})
    notebook.cells.insert(0, new_code_cell(_source(edition, points), id="lesson", metadata=marker))
    name = {"id": lesson.id, "language": edition.language, "version": lesson.version}
    notebook.metadata = from_dict({**KERNEL, "lesson": name})
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def _source(edition: Edition, points: Mapping[str, float]) -> str:
    lesson, entries = edition.lesson, (f'"{name}":{NO_BREAK}{worth}' for name, worth in points.items())
    listed = textwrap.fill(", ".join(entries), WIDTH, initial_indent=INDENT, subsequent_indent=INDENT)
    return (
        f"from {edition.course.checks} import lesson\n\n"
        f'check = lesson("{lesson.id}", language="{edition.language}", version={lesson.version}, points={{\n'
        f"{listed.replace(NO_BREAK, ' ')}\n"
        "})"
    )
