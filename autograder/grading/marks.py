"""What the gradebook holds of a submission: what a run gave, what a person gave, and what was taken off."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Mark:
    """The points of one cell, as nbgrader keeps them."""

    auto: float | None = None
    manual: float | None = None
    extra: float = 0.0
    waits: bool = False  # for a person

    @property
    def points(self) -> float:
        """What counts: a person's word before a run's."""
        given = self.auto if self.manual is None else self.manual
        return (given or 0.0) + self.extra


@dataclass(frozen=True)
class NotebookMarks:
    """One notebook of a submission: its cells' points by name, what a person wrote to them, the late penalty."""

    cells: Mapping[str, Mark] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    penalty: float = 0.0

    @property
    def raw(self) -> float:
        """All points, before the penalty."""
        return sum(mark.points for mark in self.cells.values())

    @property
    def points(self) -> float:
        """All points, less the penalty."""
        return self.raw - self.penalty


@dataclass(frozen=True)
class Marks:
    """One submission; `result` names the result that its scores come from, where there is one."""

    notebooks: Mapping[str, NotebookMarks]
    result: str | None = None
    handed_in: datetime | None = None
    seconds_late: float = 0.0
