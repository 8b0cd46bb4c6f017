"""Reads the source of a lesson, in jupytext's percent format, into cells that carry their marker.

    # %% exercise="conv1d" points=3 minutes=10    what a student writes
    # %% check="conv1d"                           what judges it
    # %% predict="seven_values" points=1          worked out by hand; released as `seven_values = None`
    # %% [markdown] question="why_flip"           a free answer, graded by a person if it has points
    # %% show                                     a demonstration; not run in grading when unchanged
    # %% varies                                   one whose output differs a little from processor to processor

`cell.metadata.marker` holds `kind`, `name`, `points`, `minutes`, and the `line` where the cell starts.
"""

import ast
import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.errors import UserError
from autograder.lessons.regions import RegionError, solution_lines

# What each kind must and may have beside it.
MARKERS: dict[str, tuple[set[str], set[str]]] = {
    "exercise": ({"points"}, {"minutes"}),
    "check": (set(), set()),
    "predict": ({"points"}, {"minutes"}),
    "question": (set(), {"points", "minutes"}),
    "show": (set(), set()),
    "varies": (set(), set()),
}
NAMELESS = ("", "show", "varies")
FOR_TOOLS = re.compile(r"  # (?:fmt|noqa|ruff|type):?[^\n]*$", re.MULTILINE)  # remarks that mean nothing to a reader
RESERVED = ("lesson",)  # the id of the generated first cell


@dataclass(frozen=True)
class Task:
    """What a lesson asks of a student; points are None where nobody grades the answer."""

    kind: str
    name: str
    points: float | None
    minutes: float | None


def read_lesson(path: Path) -> NotebookNode:
    """The notebook in the source at `path`, each cell with its marker; every fault is named at once."""
    text = path.read_text(encoding="utf-8")
    cells = jupytext.reads(text, fmt="py:percent").cells
    lines = [number for number, line in enumerate(text.splitlines(), 1) if re.match(r"# %%(?!%)", line)]
    if len(lines) != len(cells):
        raise UserError(f"{path}: {len(cells)} cells but {len(lines)} `# %%` lines; start the file with a cell")
    notebook = new_notebook(cells=[_marked(path, cell, line) for cell, line in zip(cells, lines, strict=True)])
    faults = list(_faults(notebook))
    if faults:
        raise UserError("\n".join(f"{path}:{line}: {fault}" for line, fault in sorted(faults)))
    return notebook


def tasks(notebook: NotebookNode) -> list[Task]:
    """The exercises, predictions and questions of a lesson, in order."""
    markers = [cell.metadata.marker for cell in notebook.cells]
    return [
        Task(marker.kind, marker.name, marker.get("points"), marker.get("minutes"))
        for marker in markers
        if marker.kind in ("exercise", "predict", "question")
    ]


def _marked(path: Path, cell: NotebookNode, line: int) -> NotebookNode:
    options = {key: value for key, value in cell.metadata.items() if key != "lines_to_next_cell"}
    bare = options.pop("title", None)
    if bare is not None:
        options[bare] = ""
    kinds = [key for key in options if key in MARKERS]
    marker: dict[str, Any] = {"kind": kinds[0] if kinds else "", "line": line}
    if kinds:
        marker["name"] = options.pop(kinds[0])
    marker.update(options)
    new_cell = {"code": new_code_cell, "markdown": new_markdown_cell}.get(cell.cell_type)
    if new_cell is None:
        raise UserError(f"{path}:{line}: a {cell.cell_type} cell; lessons have code and markdown cells")
    return new_cell(FOR_TOOLS.sub("", cell.source), metadata=from_dict({"marker": marker}))


def _faults(notebook: NotebookNode) -> Iterator[tuple[int, str]]:
    for cell in notebook.cells:
        for fault in [*_marker_faults(cell), *_region_faults(cell), *_code_faults(cell)]:
            yield cell.metadata.marker.line, fault
    yield from _faults_between(notebook)


def _marker_faults(cell: NotebookNode) -> Iterator[str]:
    marker = cell.metadata.marker
    options = set(marker) - {"kind", "name", "line"}
    if "incorrectly_encoded_metadata" in options:
        yield f'{marker.incorrectly_encoded_metadata} cannot be read; write name="text" or name=3'
        return
    if not marker.kind:
        for option in sorted(options):
            close = difflib.get_close_matches(option, MARKERS, n=1)
            hint = f"; did you mean {close[0]}?" if close else f"; the markers are {', '.join(MARKERS)}"
            yield f"unknown marker {option!r}{hint}"
        return
    label = f'{marker.kind}="{marker.name}"' if marker.name else marker.kind
    required, optional = MARKERS[marker.kind]
    for option in sorted(required - options):
        yield f"{label} has no {option}; write {label} {option}=1"
    for option in sorted(options - required - optional):
        yield f"{label} takes no {option}; {' and '.join(sorted(required | optional)) or 'nothing'} fits"
    for option in sorted(options & (required | optional)):
        if isinstance(marker[option], bool) or not isinstance(marker[option], int | float) or marker[option] <= 0:
            yield f"{label} has {option}={marker[option]!r}; a number above 0 fits"
    if marker.kind not in NAMELESS and not re.fullmatch(r"[a-z][a-z0-9_]{0,49}", str(marker.name)):
        yield f'{label} needs a name in small letters, digits and _, such as {marker.kind}="conv1d"'
    if marker.name in RESERVED:
        yield f"{label}: the name {marker.name!r} is the build's own; choose another"
    wanted = "markdown" if marker.kind == "question" else "code"
    if cell.cell_type != wanted:
        yield f"{label} is a {cell.cell_type} cell; it must be a {wanted} cell"


def _region_faults(cell: NotebookNode) -> Iterator[str]:
    kind = cell.metadata.marker.kind
    try:
        lines = solution_lines(cell.source)
    except RegionError as error:
        yield str(error)
        return
    if kind == "exercise" and not lines:
        yield "the exercise has no solution; put it between ### BEGIN SOLUTION and ### END SOLUTION"
    if kind not in ("exercise", "question") and lines:
        yield "a solution stands in a cell that is no exercise; mark the cell, or remove ### BEGIN SOLUTION"


def _code_faults(cell: NotebookNode) -> Iterator[str]:
    if cell.cell_type != "code":
        return
    try:
        tree = ast.parse(cell.source)
    except SyntaxError as error:
        yield f"not Python ({error.msg}, line {error.lineno} of the cell); magics do not fit in a lesson"
        return
    marker = cell.metadata.marker
    if marker.kind == "predict" and not _assigns_only(tree, marker.name):
        yield f"predict={marker.name!r} must hold one statement, {marker.name} = …"
    if marker.kind == "check" and not _ends_in_check(tree, marker.name):
        yield f'check={marker.name!r} must end in check("{marker.name}", …)'


def _assigns_only(tree: ast.Module, name: str) -> bool:
    if len(tree.body) != 1 or not isinstance(tree.body[0], ast.Assign):
        return False
    targets = tree.body[0].targets
    return len(targets) == 1 and isinstance(targets[0], ast.Name) and targets[0].id == name


def _ends_in_check(tree: ast.Module, name: str) -> bool:
    match tree.body[-1:]:
        case [ast.Expr(ast.Call(ast.Name("check"), [ast.Constant(value), _, *_]))]:
            return bool(value == name)
    return False


def _faults_between(notebook: NotebookNode) -> Iterator[tuple[int, str]]:
    seen: dict[str, int] = {}
    checks: dict[str, int] = {}
    unchecked: dict[str, NotebookNode] = {}
    for marker in (cell.metadata.marker for cell in notebook.cells):
        if marker.kind in ("exercise", "predict", "question"):
            if marker.name in seen:
                yield marker.line, f"{marker.name!r} is taken by the cell at line {seen[marker.name]}"
            seen.setdefault(marker.name, marker.line)
        if marker.kind in ("exercise", "predict"):
            unchecked[marker.name] = marker
        if marker.kind == "check":
            if marker.name in checks:
                yield marker.line, f"check={marker.name!r} stands at line {checks[marker.name]} already"
            elif marker.name not in unchecked:
                yield marker.line, f"check={marker.name!r} has no exercise or prediction of that name above it"
            unchecked.pop(marker.name, None)
            checks.setdefault(marker.name, marker.line)
    for name, marker in unchecked.items():
        yield marker.line, f'{marker.kind}={name!r} has no check; add a cell # %% check="{name}"'
