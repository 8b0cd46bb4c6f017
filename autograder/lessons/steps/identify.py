"""Gives each cell an id that is the same on every machine and in every language."""

import copy
import hashlib
from collections import Counter

from nbformat import NotebookNode

from autograder.lessons.edition import Edition
from autograder.lessons.source import NAMELESS


def identify(notebook: NotebookNode, edition: Edition) -> NotebookNode:
    """Name a cell after its marker, or after its English text and how often that stood before."""
    notebook = copy.deepcopy(notebook)
    before: Counter[str] = Counter()
    for cell in notebook.cells:
        marker = cell.metadata.marker
        if marker.kind == "check":
            cell.id = f"{marker.name}-check"
        elif marker.kind not in NAMELESS:
            cell.id = marker.name
        else:
            key = f"{cell.cell_type}\n{cell.source}"
            cell.id = hashlib.sha256(f"{key}\n{before[key]}".encode()).hexdigest()[:12]
            before[key] += 1
    return notebook
