"""What makes a released notebook of a solved one: nbgrader's own steps, in its own order (generate_assignment).

Left out: headers, generated tests and the gradebook (`IncludeHeaderFooter`, `InstantiateTests`, `SaveCells`),
which our lessons have no use for while they are released.
"""

import ast
import copy

from nbformat import NotebookNode
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)

from autograder.lessons.edition import Edition
from autograder.lessons.words import WORDS


class ClearAnswers(ClearSolutions):
    """Clears solutions as nbgrader does, a prediction to `name = None`; a free answer stays."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        marker = cell.metadata.marker
        if marker.kind == "predict":
            cell.source = blank_prediction(cell.source)
            return cell, resources
        if marker.kind == "question":
            return cell, resources
        return super().preprocess_cell(cell, resources, cell_index)


PREPROCESSORS = [
    LockCells,
    ClearAnswers,
    ClearOutput,
    ClearHiddenTests,
    ClearMarkScheme,
    ComputeChecksums,  # after all that changes a source
    CheckCellMetadata,
]


def clear(notebook: NotebookNode, edition: Edition) -> NotebookNode:
    """Take out what a student must not see, lock what must stay, and sign it with checksums."""
    notebook = copy.deepcopy(notebook)
    stub = {"python": WORDS[edition.language].code_stub}
    resources: dict = {}
    for preprocessor in PREPROCESSORS:
        options = {"code_stub": stub} if preprocessor is ClearAnswers else {}
        notebook, resources = preprocessor(**options).preprocess(notebook, resources)
    return notebook


def blank_prediction(source: str) -> str:
    """The cell with `None` for the predicted value; comments around it stay."""
    value = ast.parse(source).body[0].value  # type: ignore[attr-defined]  # the reader let only an assignment by
    lines = source.encode().split(b"\n")
    before = [*lines[: value.lineno - 1], lines[value.lineno - 1][: value.col_offset]]
    after = [lines[value.end_lineno - 1][value.end_col_offset :], *lines[value.end_lineno :]]
    return (b"\n".join(before) + b"None" + b"\n".join(after)).decode()
