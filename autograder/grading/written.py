"""What a student wrote for a check, for the rules that are kept by reading."""

from collections.abc import Mapping
from functools import lru_cache

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

from autograder.grading.master import MasterCell
from autograder.grading.names import behind


def written_for(check: str, notebook: NotebookNode, masters: Mapping[int, MasterCell]) -> str:
    """The student's own cells on which the cell `check` relies, as plain Python.

    Cells that it does not rely on are the student's to experiment in.
    """
    own = [
        plain_python(cell.source)
        for number, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and not (number in masters and masters[number].locked)
    ]
    return "\n\n".join(behind(check, [source for source in own if _is_python(source)]))


@lru_cache(4096)
def plain_python(source: str) -> str:
    """A cell without IPython's shorthands; what stands below a cell magic is taken as Python."""
    if source.lstrip().startswith("%%"):
        source = source.lstrip().partition("\n")[2]
    try:
        return TransformerManager().transform_cell(source)
    except Exception:  # a cell that IPython cannot read, it does not run either
        return ""


def _is_python(source: str) -> bool:
    try:
        compile(source, "cell", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True
