"""Puts a lesson into the language of its edition."""

import copy

from nbformat import NotebookNode

from autograder.errors import UserError
from autograder.lessons.code import same_code
from autograder.lessons.edition import Edition
from autograder.lessons.messages import pieces_of
from autograder.lessons.typography import typeset


def translate(notebook: NotebookNode, edition: Edition) -> NotebookNode:
    """Replace each message that has a translation; code, math and links pass untouched."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        source = "".join(
            piece.render(typeset(edition.translation[piece.message], edition.language))
            if piece.message in edition.translation
            else piece.text
            for piece in pieces_of(cell)
        )
        if cell.cell_type == "code" and not same_code(cell.source, source):
            raise UserError(f"{edition.lesson.id}, cell {cell.id}: a translation ({edition.language}) breaks its code")
        cell.source = source
    return notebook
