"""Which assignment a notebook belongs to, told by its cells and not by its name."""

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from autograder.collecting.naming import squeeze
from autograder.errors import UserError
from autograder.grading.classroom import Classroom
from autograder.grading.master import master_of
from autograder.grading.match import ENOUGH
from autograder.grading.submission import Handed, Unreadable, read_data

LESSON = re.compile(r"""\blesson\(\s*["']([\w-]+)["']""")
RENAMED = (".ipynb", ".ipynb.txt", ".ipynb.json", ".json", ".txt")  # browsers and phones add to a notebook's name
MARK = re.compile(rb'"nbformat"\s*:')


@dataclass(frozen=True)
class Place:
    """A notebook of an assignment."""

    assignment: str
    notebook: str


@dataclass(frozen=True)
class Recognised:
    """Where a file belongs; `doubt` is why that is not sure, if it is not."""

    place: Place
    doubt: str | None = None


class Unknown(Exception):
    """A file that is none of the class's notebooks; the text says why."""


class Released:
    """What a class was given: the cells of every notebook."""

    def __init__(self, classroom: Classroom) -> None:
        self._cells: dict[Place, set[str]] = {}
        for assignment, editions in classroom.editions().items():
            for path in editions.values():
                self._read(Place(assignment, assignment), path)
        for folder in (classroom.release("x").parent, classroom.source("x").parent):
            for path in sorted(folder.glob("*/*.ipynb")):
                if path.parent.name not in classroom.editions():
                    self._read(Place(path.parent.name, path.stem), path)
        if not self._cells:
            raise UserError(f"{classroom.folder} has released nothing yet, so nothing can have come back")

    @property
    def assignments(self) -> list[str]:
        return sorted({place.assignment for place in self._cells})

    def place(self, name: str, path: Path, chosen: str | None) -> Recognised:
        """Where a notebook belongs; `chosen` is the assignment that was asked for, if one was."""
        try:
            cells = [cell for cell in read_data(Handed(name, path))["cells"] if isinstance(cell, dict)]
        except Unreadable as fault:
            found = self._by_name(name, chosen) or self._only(chosen)
            if found is None:
                raise Unknown(str(fault)) from None
            return Recognised(found, f"taken for {found.notebook}.ipynb, though {fault}")
        doubt = None
        found = self._by_cells(cells) or _lesson(cells, self._cells)
        if found is None and (found := self._by_name(name, chosen)):
            doubt = f"{name} was taken for {found.notebook}.ipynb by its name alone"
        if found is None:
            raise Unknown("is none of the notebooks that the class was given")
        if chosen not in (None, found.assignment):
            raise Unknown(f"is {found.notebook}.ipynb of {found.assignment}, and not of {chosen}")
        return Recognised(found, doubt)

    def _by_cells(self, cells: Sequence[dict[str, Any]]) -> Place | None:
        """The one it shares most named cells with, if it is most of them."""
        ids = {str(cell.get("id")) for cell in cells} | set(map(_grade_id, cells))
        shares = {place: len(names & ids) / len(names) for place, names in self._cells.items() if names}
        best = max(shares.values(), default=0.0)
        found = [place for place, share in shares.items() if share == best]
        if best < ENOUGH:
            return None
        return found[0] if len(found) == 1 else _lesson(cells, found)

    def _by_name(self, name: str, chosen: str | None) -> Place | None:
        named = [
            place
            for place in self._cells
            if chosen in (None, place.assignment) and squeeze(place.notebook) in squeeze(name)
        ]
        longest = [place for place in named if len(place.notebook) == max(len(one.notebook) for one in named)]
        return longest[0] if len(longest) == 1 else None

    def _only(self, chosen: str | None) -> Place | None:
        places = [place for place in self._cells if place.assignment == chosen]
        return places[0] if len(places) == 1 else None

    def _read(self, place: Place, path: Path) -> None:
        try:
            notebook = nbformat.read(path, as_version=4)
        except (OSError, ValueError) as error:
            raise UserError(f"{path} cannot be read ({error}); run autograder init again") from None
        names = {cell.name for cell in master_of(place.notebook, notebook).cells}
        self._cells[place] = self._cells.get(place, set()) | names


def _lesson(cells: Iterable[dict[str, Any]], places: Container[Place]) -> Place | None:
    """The place that the cell which opens a lesson names, if it is one of these."""
    for cell in cells:
        source = cell.get("source", "")
        text = "".join(map(str, source)) if isinstance(source, list) else str(source)
        if cell.get("cell_type") == "code" and (matched := LESSON.search(text)):
            place = Place(matched[1], matched[1])
            return place if place in places else None
    return None


def _grade_id(cell: dict[str, Any]) -> str:
    metadata = cell.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return str(mark.get("grade_id")) if isinstance(mark, dict) else ""


def is_notebook(name: str, path: Path) -> bool:
    """Whether a file means to be one, also where its name has lost or got an ending."""
    low = name.lower()
    if low.endswith(".ipynb"):
        return True
    if not low.endswith(RENAMED) and "." in low.rsplit("/", 1)[-1]:
        return False
    with path.open("rb") as file:
        head = file.read(1)
        file.seek(0, 2)
        file.seek(max(file.tell() - 65536, 0))
        return head == b"{" and MARK.search(file.read()) is not None
