"""What a check cell came to, read from its output as stock nbgrader reads it."""

from dataclasses import dataclass
from enum import Enum

from nbformat import NotebookNode

from autograder.checking.lesson import CheckFailed
from autograder.checking.words import WORDS
from autograder.proving.run import error_of


class State(Enum):
    FULL = "full"
    PARTLY = "partly"
    NOTHING = "nothing"
    NOT_WRITTEN = "not written"
    RAISED = "raised"  # the cell itself raised, so nothing was checked
    NOT_RUN = "not run"


@dataclass(frozen=True)
class Score:
    """The points that a check cell earns, of how many, and what it raised, if it did."""

    name: str
    state: State
    points: float
    of: float
    said: str = ""


def is_check(cell: NotebookNode) -> bool:
    about = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and bool(about.get("grade")) and not about.get("solution")


def score(cell: NotebookNode) -> Score:
    """The score of an executed check cell."""
    about = cell.metadata.nbgrader
    name, of = about.grade_id.removesuffix("-check"), float(about.points)
    raised = error_of(cell)
    if raised is not None:
        error, said = raised
        if error != CheckFailed.__name__:
            return Score(name, State.RAISED, 0.0, of, f"{error}: {said}".removesuffix(": "))
        blank = any(words in said for words in WORDS["not written"])
        return Score(name, State.NOT_WRITTEN if blank else State.NOTHING, 0.0, of)
    if cell.get("execution_count") is None:
        return Score(name, State.NOT_RUN, 0.0, of)
    points = _value(cell)
    return Score(name, State.FULL, of, of) if points is None else Score(name, State.PARTLY, min(points, of), of)


def _value(cell: NotebookNode) -> float | None:
    """The number that the cell ends in: a check that is partly right gives its points."""
    for output in cell.outputs:
        if output.output_type == "execute_result":
            try:
                return max(float(output.data.get("text/plain", "")), 0.0)
            except ValueError:
                return None
    return None
