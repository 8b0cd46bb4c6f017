"""Keeps of the metadata only what is listed here."""

import copy

from nbformat import NotebookNode

from autograder.lessons.edition import Edition

OF_NOTEBOOK = ("kernelspec", "language_info", "lesson")
OF_CELL = ("deletable", "editable", "nbgrader", "tags")


def strip(notebook: NotebookNode, edition: Edition) -> NotebookNode:
    """Drop all metadata that is not allowed for."""
    notebook = copy.deepcopy(notebook)
    notebook.metadata = _allowed(notebook.metadata, OF_NOTEBOOK)
    for cell in notebook.cells:
        cell.metadata = _allowed(cell.metadata, OF_CELL)
    return notebook


def _allowed(metadata: NotebookNode, keys: tuple[str, ...]) -> NotebookNode:
    return NotebookNode({key: metadata[key] for key in keys if key in metadata})
