"""Shows the model answers of the questions, in the instructor's copy."""

import copy

from nbformat import NotebookNode

from autograder.lessons.edition import Edition
from autograder.lessons.words import WORDS


def reveal(notebook: NotebookNode, edition: Edition) -> NotebookNode:
    """Append to each answer cell its model answer, where the source gives one."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        model = cell.metadata.marker.get("model")
        if model:
            cell.source += f"\n\n{WORDS[edition.language].model_answer}\n\n{model}"
    return notebook
