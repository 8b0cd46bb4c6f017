"""Grades one submission: reads, restores, runs and scores its notebooks. Knows neither the class nor its gradebook."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.grading.master import Assignment, Master, Seed
from autograder.grading.match import match
from autograder.grading.restore import Restored, restore
from autograder.grading.results import FORMAT, Result
from autograder.grading.run import Ran, run_notebook
from autograder.grading.score import Score, score
from autograder.grading.submission import Handed, Unreadable, files_in, read_notebook, submission_files
from autograder.grading.tampering import suspicions
from autograder.kernel import folders
from autograder.kernel.protection import IN_SIGHT, Protection
from autograder.kernel.settings import Settings

MOST_LINES = 1000  # of a stream or a traceback that is kept


@dataclass(frozen=True)
class Task:
    """A submission to grade, and what its result depends on."""

    student: str
    assignment: Assignment
    folder: Path
    inputs: Mapping[str, str]
    attempt: int = 1
    why: str = "new"

    def handed(self) -> list[Handed]:
        """The files that were handed in."""
        return submission_files(self.folder)


@dataclass(frozen=True)
class Graded:
    """A result, and the notebooks with their outputs."""

    result: Result
    notebooks: Mapping[str, NotebookNode]


async def grade_submission(task: Task, settings: Settings, seed: Seed) -> Graded:
    """Grade one submission. Whatever was handed in gives a result."""
    notebooks: dict[str, NotebookNode] = {}
    results: list[dict[str, Any]] = []
    notes: list[str] = []
    with folders.private() as work:
        try:
            handed = task.handed()
            notes += [f"{one.name} {one.fault}" for one in handed if one.fault]
            furnish(work, handed, task.assignment)
            found = match(handed, task.assignment, notes)
        except Unreadable as fault:
            found = dict.fromkeys(task.assignment.notebooks, fault)
        for name, editions in task.assignment.notebooks.items():
            result, notebook = await _grade_notebook(editions, found.get(name), settings, work, seed)
            results.append(result)
            if notebook is not None:
                notebooks[name] = notebook
    return Graded(summary(task, results, notes), notebooks)


async def _grade_notebook(
    editions: Mapping[str, Master], found: Handed | Unreadable | None, settings: Settings, work: Path, seed: Seed
) -> tuple[dict[str, Any], NotebookNode | None]:
    master = next(iter(editions.values()))
    if master.kernel_fault is not None:
        return _without(master, "unreadable", f"{master.name} {master.kernel_fault}"), None
    try:
        if found is None:
            return _without(master, "missing", "was not handed in"), None
        if isinstance(found, Unreadable):
            raise found
        handed_in = read_notebook(found)
    except Unreadable as fault:
        return _without(master, "unreadable", str(fault)), None
    language = handed_in.metadata.get("lesson", {}).get("language")
    master = editions.get(language, master) if isinstance(language, str) else master
    restored = restore(handed_in, master)
    ran = await run_notebook(restored, master, settings, work, seed)
    result = _scored(master, restored, ran)
    result["file"] = found.name
    return result, _with_outputs(restored, ran)


def _without(master: Master, state: str, reason: str) -> dict[str, Any]:
    """The result of a notebook that is missing (nothing is earned) or unreadable (a person decides)."""
    points = 0.0 if state == "missing" else None
    cells = [
        {"name": cell.name, "points": points, "max": cell.points, "reason": reason}
        for cell in master.cells
        if cell.grade or cell.task
    ]
    return {"name": master.name, "state": state, "reason": reason, "cells": cells, "max": master.max_score}


def _scored(master: Master, restored: Restored, ran: Ran) -> dict[str, Any]:
    cells, review = [], []
    for number, cell in sorted(restored.masters.items()):
        if not (cell.grade or cell.task):
            continue
        run, outcome, exercise = ran.cells[number], ran.outcomes.get(number), master.exercise(cell)
        earned = score(cell, run, restored.notebook.cells[number].source, outcome, exercise)
        review += [earned.review] if earned.review else []
        cells.append(_cell_result(cell.name, cell.points, earned, run.seconds, exercise, outcome))
    if master.lesson is not None and (found := list(suspicions(restored.notebook, restored.masters, master))):
        review += found
        for one in cells:  # what was earned is what a person has to decide on
            one["by_hand"] = one["by_hand"] or ("exercise" in one and one["points"] != 0)
    unanswered = [
        cell.name
        for number, cell in restored.masters.items()
        if cell.solution and restored.notebook.cells[number].source == cell.source
    ]
    return {
        "name": master.name,
        "state": "graded",
        "language": master.language if master.lesson else None,
        "lesson": master.lesson,
        "max": master.max_score,
        "cells": cells,
        "unanswered": unanswered,
        "mended": list(restored.mended),
        "review": review,
        "died": [run.reason for run in ran.cells if run.state == "died"],
        "protection": ran.protection,
        "seconds": round(ran.seconds, 3),
    }


def _cell_result(
    name: str, most: float, earned: Score, seconds: float, exercise: str | None, outcome: dict[str, Any] | None
) -> dict[str, Any]:
    result: dict[str, Any] = {
        "name": name,
        "points": earned.points,
        "max": most,
        "reason": earned.reason,
        "by_hand": earned.needs_a_person,
        "seconds": round(seconds, 3),
    }
    if exercise is not None:
        result |= {"exercise": exercise, "outcome": outcome}
    return result


def summary(task: Task, notebooks: list[dict[str, Any]], notes: list[str]) -> Result:
    """The result of a submission, from those of its notebooks."""
    states = {notebook["state"] for notebook in notebooks}
    review = [line for notebook in notebooks for line in notebook.get("review", [])]
    if "unreadable" in states:
        state = "could not be read"
    elif review:
        state = "needs a human eye"
    else:
        state = "incomplete" if "missing" in states else "graded"
    notes = notes + [f"{one['name']} {one['reason']}" for one in notebooks if one["state"] == "missing"]
    notes += [one["reason"] for one in notebooks if one["state"] == "unreadable"]
    notes += [IN_SIGHT for one in notebooks if one.get("lesson") and _in_sight(one["protection"])]
    return {
        "format": FORMAT,
        "student": task.student,
        "assignment": task.assignment.name,
        "attempt": task.attempt,
        "why": task.why,
        "inputs": dict(task.inputs),
        "state": state,
        "notes": list(dict.fromkeys(notes + review)),
        "score": sum(cell["points"] or 0.0 for notebook in notebooks for cell in notebook["cells"]),
        "max": task.assignment.max_score,
        "by_hand": sum(bool(cell.get("by_hand")) for notebook in notebooks for cell in notebook["cells"]),
        "notebooks": notebooks,
    }


def _in_sight(layers: dict[str, str]) -> bool:
    """Whether a kernel ran that was not kept from what answers are compared with."""
    return bool(layers) and not Protection(layers).hides


def furnish(work: Path, handed: list[Handed], assignment: Assignment) -> None:
    """Put the student's files into a folder, and over them those of the assignment; notebooks stay out."""
    for one in handed:
        if one.fault is None and not one.name.endswith(".ipynb"):
            _copy(one.path, work / one.name)
    for one in assignment_files(assignment):
        if not (one.name in assignment.students_own and (work / one.name).exists()):
            _copy(one.path, work / one.name)


def assignment_files(assignment: Assignment) -> list[Handed]:
    """What was handed out beside the notebooks."""
    folder = assignment.files
    files = files_in(folder) if folder is not None and folder.is_dir() else []
    return [one for one in files if one.fault is None and not one.name.endswith(".ipynb")]


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _with_outputs(restored: Restored, ran: Ran) -> NotebookNode:
    """The notebook as a person reads it afterwards; a check shows what the judge said, whatever the cell printed."""
    for number, cell in enumerate(restored.notebook.cells):
        if cell.cell_type == "code":
            cell.outputs = [_shortened(output) for output in ran.cells[number].outputs]
            cell.execution_count = ran.cells[number].count
            shown = ran.outcomes.get(number, {}).get("shown")
            if shown is not None:
                data = {"text/html": shown["html"], "text/plain": shown["text"]}
                cell.outputs = [new_output("display_data", data)]
    return restored.notebook


def _shortened(output: NotebookNode) -> NotebookNode:
    if output.output_type == "stream":
        lines = output.text.split("\n")
        if len(lines) > MOST_LINES:
            output.text = "\n".join([*lines[:MOST_LINES], "… shortened …"])
    elif output.output_type == "error":
        output.traceback = output.traceback[-MOST_LINES:]
    return output
