"""Puts the generated, locked first cell before a lesson, and says in the metadata which lesson it is."""

import copy

from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_code_cell

from autograder.lessons.edition import Edition

KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}


def open_lesson(notebook: NotebookNode, edition: Edition) -> NotebookNode:
    """Prepend the cell that makes `check`."""
    notebook = copy.deepcopy(notebook)
    lesson = edition.lesson
    source = (
        f"from {edition.checks} import lesson\n\n"
        f'check = lesson("{lesson.id}", language="{edition.language}", version={lesson.version})'
    )
    marker = {"marker": {"kind": "lesson", "name": "lesson", "line": 0}}
    notebook.cells.insert(0, new_code_cell(source, id="lesson", metadata=from_dict(marker)))
    name = {"id": lesson.id, "language": edition.language, "version": lesson.version}
    notebook.metadata = from_dict({**KERNEL, "lesson": name})
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook
