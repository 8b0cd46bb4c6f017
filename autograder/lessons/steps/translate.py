"""Puts a lesson into the language of its edition."""

import copy

from nbformat import NotebookNode

from autograder.lessons.edition import Edition
from autograder.lessons.messages import pieces_of
from autograder.lessons.typography import typeset


def translate(notebook: NotebookNode, edition: Edition) -> NotebookNode:
    """Replace each message that has a translation; code, math and links pass untouched."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        cell.source = "".join(
            piece.render(typeset(edition.translation[piece.message], edition.language))
            if piece.message in edition.translation
            else piece.text
            for piece in pieces_of(cell)
        )
    return notebook
