"""Puts back what a student may not change: the locked cells, and what nbgrader's metadata says of each cell."""

from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.grading.master import Master, MasterCell

NEW_CELL = {"code": new_code_cell, "markdown": new_markdown_cell}


@dataclass(frozen=True)
class Restored:
    """A notebook as it will run, with the master of each named cell by its position, and what was mended."""

    notebook: NotebookNode
    masters: dict[int, MasterCell]
    mended: tuple[str, ...]


def restore(handed_in: NotebookNode, master: Master) -> Restored:
    """The student's notebook with the master's locked cells, whatever became of those."""
    mended: list[str] = []
    cells = [_unmarked(cell) for cell in handed_in.cells]
    places = _find(handed_in.cells, master, mended)
    for cell in master.cells:
        if cell.name in places:
            _overwrite(cells[places[cell.name]], cell, mended)
    placed: list[tuple[NotebookNode, MasterCell | None]] = [(cell, None) for cell in cells]
    for cell in master.cells:
        if cell.name in places:
            placed[places[cell.name]] = (cells[places[cell.name]], cell)
    _put_back(placed, master, places, mended)
    notebook = NotebookNode(nbformat=4, nbformat_minor=5, metadata=_metadata(handed_in, master))
    notebook.cells = [cell for cell, _ in placed]
    _make_ids_unique(notebook)
    named = {number: cell for number, (_, cell) in enumerate(placed) if cell is not None}
    return Restored(notebook, named, tuple(mended))


def _unmarked(cell: NotebookNode) -> NotebookNode:
    """The cell without what might steer its running or its grading: tags, and nbgrader's metadata."""
    cell = NotebookNode(cell)
    cell.metadata = NotebookNode({k: v for k, v in cell.metadata.items() if k not in ("nbgrader", "tags")})
    return cell


def _find(cells: list[NotebookNode], master: Master, mended: list[str]) -> dict[str, int]:
    """Where each named cell is: by nbgrader's id, of which the last counts, else by the cell's own id or its text."""
    names = {cell.name for cell in master.cells}
    places: dict[str, int] = {}
    for number, cell in enumerate(cells):
        name = _grade_id(cell)
        if name not in names:
            continue
        if name in places:
            mended.append(f"{name}: there are several cells of this name; the last counts")
        places[name] = number
    for wanted in master.cells:
        if wanted.name not in places:
            free = (n for n in range(len(cells)) if n not in places.values() and _resembles(cells[n], wanted))
            if (found := next(free, None)) is not None:
                places[wanted.name] = found
                mended.append(f"{wanted.name}: had lost its name")
    return places


def _grade_id(cell: NotebookNode) -> Any:
    about = cell.metadata.get("nbgrader")
    name = about.get("grade_id") if isinstance(about, dict) else None
    return name if isinstance(name, str) else None


def _resembles(cell: NotebookNode, wanted: MasterCell) -> bool:
    if cell.cell_type != wanted.cell_type:
        return False
    same_text = wanted.locked and cell.source.strip() == wanted.source.strip() != ""
    return same_text or cell.get("id") == wanted.name


def _overwrite(cell: NotebookNode, master: MasterCell, mended: list[str]) -> None:
    if cell.cell_type != master.cell_type:
        mended.append(f"{master.name}: was a {cell.cell_type} cell")
        cell.cell_type = master.cell_type
        if master.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            cell.pop("attachments", None)
        else:
            cell.pop("outputs", None)
            cell.pop("execution_count", None)
    if master.locked and cell.source != master.source:
        mended.append(f"{master.name}: its locked text was changed")
        cell.source = master.source
    _mark(cell, master)


def _mark(cell: NotebookNode, master: MasterCell) -> None:
    cell.metadata.nbgrader = master.metadata()
    cell.metadata.deletable = False
    if master.locked:
        cell.metadata.editable = False
    else:
        cell.metadata.pop("editable", None)


def _put_back(
    placed: list[tuple[NotebookNode, MasterCell | None]], master: Master, places: dict[str, int], mended: list[str]
) -> None:
    """Put each missing cell that is locked or graded after the one that it followed."""
    after = -1
    for cell in master.cells:
        if cell.name in places:
            after = next(number for number, (_, named) in enumerate(placed) if named is cell)
        elif cell.locked or cell.grade or cell.task:
            new = NEW_CELL[cell.cell_type](cell.source)
            _mark(new, cell)
            after += 1
            placed.insert(after, (new, cell))
            mended.append(f"{cell.name}: was missing and was put back")


def _metadata(handed_in: NotebookNode, master: Master) -> NotebookNode:
    metadata = NotebookNode({key: handed_in.metadata[key] for key in ("lesson",) if key in handed_in.metadata})
    metadata.kernelspec = NotebookNode(
        master.kernelspec or {"display_name": "Python 3", "language": "python", "name": "python3"}
    )
    return metadata


def _make_ids_unique(notebook: NotebookNode) -> None:
    taken: set[str] = set()
    for number, cell in enumerate(notebook.cells):
        name = cell.metadata.get("nbgrader", {}).get("grade_id", cell.get("id"))
        cell.id = name if name not in taken and _is_id(name) else f"unnamed-{number}"
        taken.add(cell.id)


def _is_id(name: Any) -> bool:
    return isinstance(name, str) and 0 < len(name) <= 64 and name.replace("-", "").replace("_", "").isalnum()
