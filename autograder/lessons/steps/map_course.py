"""Draws the map of the course where a lesson asks for it."""

import copy

from nbformat import NotebookNode

from autograder.lessons.course_map import course_map
from autograder.lessons.edition import Edition

MARKER = "<!-- map of the course -->"  # a line of its own, with an empty one before and after


def map_course(notebook: NotebookNode, edition: Edition) -> NotebookNode:
    """Put the table of all lessons in place of each marker; without links, since a notebook may travel alone."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = "\n".join(
                course_map(edition.course, edition.language) if line == MARKER else line
                for line in cell.source.split("\n")
            )
    return notebook
