"""What a cell earns: nbgrader's rules, with their holes closed, and the judge's verdict where there is one."""

import math
import re
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from autograder.grading.kernel import CellRun
from autograder.grading.master import MasterCell

NUMPY_NUMBER = re.compile(r"np\.float\d+\((.+)\)")


@dataclass(frozen=True)
class Score:
    """Points, or None where a person gives them; `review` says why a person should look."""

    points: float | None
    reason: str = ""
    review: str | None = None

    @property
    def needs_a_person(self) -> bool:
        return self.points is None or self.review is not None


def score(cell: MasterCell, run: CellRun, source: str, outcome: dict[str, Any] | None, exercise: str | None) -> Score:
    """The score of a graded cell that ran as `run`, of which the judge found `outcome`."""
    if cell.task:
        return Score(None, "a person gives these points")
    if cell.is_manual:
        if source == cell.source:
            return Score(0.0, "no answer")
        return Score(None, "a person gives these points")
    if exercise is not None:
        return _by_verdict(cell, outcome or {"state": "not asked for"}, run)
    return _by_outputs(cell, run)


def _by_verdict(cell: MasterCell, outcome: dict[str, Any], run: CellRun) -> Score:
    state, reason = outcome["state"], str(outcome.get("reason", ""))
    if state == "judged":
        return Score(cell.points * outcome["fraction"], "the judge's verdict")
    if state == "lost":
        late = f"{cell.name}: its time was up, which may be this machine's doing; grade it again with --force"
        return Score(0.0, f"the check was broken off: {reason}", review=late if outcome.get("late") else None)
    if state == "failed":
        return Score(None, f"the check failed: {reason}", review=f"{cell.name}: the check itself failed: {reason}")
    if state == "another exercise":
        return Score(0.0, f"asked for another exercise: {reason}", review=f"{cell.name}: asked for {reason}")
    return Score(0.0, run.reason or "the cell never asked for its check")


def _by_outputs(cell: MasterCell, run: CellRun) -> Score:
    """As nbgrader reads what a test cell has printed; an error anywhere counts, and what never ran earns nothing."""
    if run.state != "ok":
        return Score(0.0, run.reason or f"{run.state}: {_error_in(run.outputs)}")
    if any(output.output_type == "error" for output in run.outputs):
        return Score(0.0, f"error: {_error_in(run.outputs)}")
    if any(output.output_type == "stream" and output.name == "stderr" for output in run.outputs):
        return Score(0.0, "it wrote to stderr")
    results = [output for output in run.outputs if output.output_type == "execute_result"]
    if not results:
        return Score(cell.points, "passed")
    return _partial(cell, results[-1])


def _partial(cell: MasterCell, result: NotebookNode) -> Score:
    text = str(result.get("data", {}).get("text/plain", "")).strip()
    wrapped = NUMPY_NUMBER.fullmatch(text)
    shown = text if len(text) <= 60 else text[:60] + "…"
    try:
        points = float(wrapped[1] if wrapped else text)
    except ValueError:
        return Score(0.0, f"its value is no number: {shown}", review=f"{cell.name}: its value is no number: {shown}")
    if not math.isfinite(points) or not 0 <= points <= cell.points:
        told = f"its value {shown} is not between 0 and {cell.points:g}"
        return Score(0.0, told, review=f"{cell.name}: {told}")
    return Score(points, "partial credit")


def _error_in(outputs: list[NotebookNode]) -> str:
    for output in outputs:
        if output.output_type == "error":
            return f"{output.ename}: {output.evalue}"[:200]
    return ""
