"""What of a notebook grading runs: all code but the demonstrations that are unchanged, and of no use to the rest.

The imports of those run all the same, since what a student writes below them may rely on it.
"""

import ast
from collections.abc import Collection

from nbformat import NotebookNode

from autograder.grading.names import bound_in
from autograder.grading.outside import taken_from_outside


def sources_to_run(notebook: NotebookNode, demonstrations: Collection[str]) -> list[str]:
    """For each cell the code that grading runs; nothing where it is text."""
    sources = [cell.source if cell.cell_type == "code" else "" for cell in notebook.cells]
    left_out = {number for number, source in enumerate(sources) if source and source in demonstrations}
    kept = [source for number, source in enumerate(sources) if number not in left_out]
    used = set().union(*map(taken_from_outside, kept))
    while needed := {number for number in left_out if used & bound_in(sources[number])}:
        left_out -= needed
        used = used.union(*(taken_from_outside(sources[number]) for number in needed))
    return [_imports(source) if number in left_out else source for number, source in enumerate(sources)]


def _imports(source: str) -> str:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return ""
    return "\n".join(ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom))
