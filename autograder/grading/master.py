"""A notebook as it was released: which cells are graded, which are locked, and what stood in those to fill in."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, from_dict

SCHEMA = 3  # of nbgrader's metadata
CHECK = "-check"  # ends the id of the cell that checks an exercise
Seed = Callable[[str, str], int]  # of a lesson and an exercise: what its cases are drawn from
DEMONSTRATION = "show"  # the tag of cells that are there to be looked at


@dataclass(frozen=True)
class MasterCell:
    """A cell that nbgrader knows by name."""

    name: str
    cell_type: str
    source: str
    grade: bool = False
    solution: bool = False
    locked: bool = False
    task: bool = False
    points: float = 0.0
    checksum: str | None = None

    @property
    def is_test(self) -> bool:
        """Whether running it gives its points."""
        return self.grade and not self.solution and self.cell_type == "code"

    @property
    def is_manual(self) -> bool:
        """Whether a person gives its points."""
        return self.task or (self.grade and not self.is_test)

    def metadata(self) -> NotebookNode:
        """What nbgrader finds in the metadata of such a cell."""
        about: dict[str, Any] = {
            "cell_type": self.cell_type,
            "checksum": self.checksum,
            "grade": self.grade,
            "grade_id": self.name,
            "locked": self.locked,
            "schema_version": SCHEMA,
            "solution": self.solution,
            "task": self.task,
        }
        if self.grade or self.task:
            about["points"] = self.points
        return from_dict({name: value for name, value in about.items() if value is not None})


@dataclass(frozen=True)
class Master:
    """A released notebook; `lesson` and `language` where it is one of a course with checks."""

    name: str
    cells: tuple[MasterCell, ...]
    kernelspec: Mapping[str, Any] = field(default_factory=dict)
    lesson: str | None = None
    language: str = "en"
    demonstrations: tuple[str, ...] = ()

    def exercise(self, cell: MasterCell) -> str | None:
        """The exercise whose verdict is the score of a cell, where it is a check."""
        if self.lesson is not None and cell.is_test and cell.name.endswith(CHECK):
            return cell.name.removesuffix(CHECK)
        return None

    @property
    def max_score(self) -> float:
        return sum(cell.points for cell in self.cells if cell.grade or cell.task)

    @property
    def kernel_fault(self) -> str | None:
        """Why it cannot run here, if it cannot."""
        language = self.kernelspec.get("language", "python")
        return None if language == "python" else f"is written in {language}, and only Python runs here"

    @property
    def digest(self) -> str:
        """The same for the same content."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Assignment:
    """What was handed out together: its notebooks, each in the languages it was released in, and its other files."""

    name: str
    notebooks: Mapping[str, Mapping[str, Master]]
    files: Path | None = None
    students_own: tuple[str, ...] = ()  # of the files, those that a student may replace

    @property
    def lessons(self) -> list[str]:
        """The lessons of a course with checks that are in it."""
        editions = [master for one in self.notebooks.values() for master in one.values()]
        return sorted({master.lesson for master in editions if master.lesson is not None})

    @property
    def exercises(self) -> list[tuple[str, str]]:
        """The checks in it, as lesson and exercise."""
        editions = [master for one in self.notebooks.values() for master in one.values()]
        found = {(master.lesson, master.exercise(cell)): None for master in editions for cell in master.cells}
        return [(lesson, exercise) for lesson, exercise in found if lesson is not None and exercise is not None]

    @property
    def max_score(self) -> float:
        return sum(next(iter(editions.values())).max_score for editions in self.notebooks.values())


def master_of(name: str, released: NotebookNode) -> Master:
    """The master of a released notebook."""
    cells = [_master_cell(cell) for cell in released.cells if cell.metadata.get("nbgrader", {}).get("grade_id")]
    lesson = released.metadata.get("lesson", {})
    return Master(
        name,
        tuple(cells),
        dict(released.metadata.get("kernelspec", {})),
        lesson.get("id"),
        lesson.get("language", "en"),
        tuple(cell.source for cell in released.cells if DEMONSTRATION in cell.metadata.get("tags", [])),
    )


def _master_cell(cell: NotebookNode) -> MasterCell:
    about = cell.metadata.nbgrader
    solution, grade = bool(about.get("solution")), bool(about.get("grade"))
    return MasterCell(
        name=about["grade_id"],
        cell_type=cell.cell_type,
        source=cell.source,
        grade=grade,
        solution=solution,
        locked=not solution and (grade or bool(about.get("locked"))),
        task=bool(about.get("task")),
        points=float(about.get("points", 0.0)),
        checksum=about.get("checksum"),
    )
