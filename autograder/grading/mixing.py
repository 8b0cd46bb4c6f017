"""One exercise scored anew, the others as they were: a result of several attempts, which says so cell by cell."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from nbformat.v4 import new_output

from autograder.grading.grader import Graded, Task, summary
from autograder.grading.results import Result

Cell = dict[str, Any]


def is_of_same_answers(one: Result, other: Result) -> bool:
    """Whether two results differ, if at all, in how was graded, and not in what was handed in."""
    return bool(one["inputs"]["submission"] == other["inputs"]["submission"])


def exercise_of(cell: Cell) -> str:
    """What a person calls a graded cell."""
    name: str = cell.get("exercise") or cell["name"]
    return name


def pairs(before: Result, after: Result) -> Iterator[tuple[str, Cell, Cell]]:
    """The cells that two results have in common, with their notebook's name."""
    known = {(notebook["name"], cell["name"]): cell for notebook in before["notebooks"] for cell in notebook["cells"]}
    for notebook in after["notebooks"]:
        for cell in notebook["cells"]:
            if (old := known.get((notebook["name"], cell["name"]))) is not None:
                yield notebook["name"], old, cell


def differs(old: Cell, new: Cell) -> bool:
    """Whether a cell counts otherwise than before."""
    return old["points"] != new["points"] or bool(old.get("by_hand")) != bool(new.get("by_hand"))


def settled(before: Result, graded: Graded) -> Graded:
    """The result with a mark on each cell that counts as before, so that a person's decision on it stands."""
    for _, old, new in pairs(before, graded.result):
        if not differs(old, new):
            new["settled"] = True
    return graded


def mixed(before: Result, graded: Graded, task: Task, exercise: str) -> Graded:
    """The new result where it is about the exercise, the old one elsewhere; the new one alone if that is the same."""
    after = graded.result
    others = [(name, old, new) for name, old, new in pairs(before, after) if _can_stay(old, new, exercise)]
    readable = all(one["state"] == "graded" for result in (before, after) for one in result["notebooks"])
    if not readable or not any(differs(old, new) for _, old, new in others):
        return graded
    kept = {(name, new["name"]): _kept(old, before) for name, old, new in others}
    earlier = {one["name"]: one for one in before["notebooks"]}
    notebooks = [_notebook(earlier[one["name"]], one, kept, after["attempt"]) for one in after["notebooks"]]
    reviews = {line for one in after["notebooks"] for line in one["review"]}
    notes = [line for line in after["notes"] if line not in reviews]
    notes.append(f"{exercise} was scored anew in attempt {after['attempt']}, {_told(kept)}")
    told = {**after, **summary(task, notebooks, notes)}
    # What counts as up to date are the inputs of the older cells: the next grade run scores these anew too.
    told |= {"inputs": before["inputs"], "mixed": {"exercise": exercise, "inputs": dict(task.inputs)}}
    return _with_outputs(replace(graded, result=told), kept)


def attempt_of(cell: Cell, result: Result) -> int:
    """The attempt that a cell's points come from."""
    attempt: int = cell["attempt"] if "attempt" in cell else result["attempt"]
    return attempt


def _can_stay(old: Cell, new: Cell, exercise: str) -> bool:
    return exercise_of(new) != exercise and old["max"] == new["max"]


def _kept(cell: Cell, result: Result) -> Cell:
    return {**cell, "attempt": attempt_of(cell, result), "settled": True}


def _notebook(before: dict[str, Any], after: dict[str, Any], kept: dict[tuple[str, str], Cell], attempt: int) -> Any:
    cells = [kept.get((after["name"], cell["name"]), {**cell, "attempt": attempt}) for cell in after["cells"]]
    names = [cell["name"] for cell in cells if (after["name"], cell["name"]) in kept]

    def is_about_kept(line: str) -> bool:
        return any(line.startswith(f"{name}: ") for name in names)

    review = [line for line in after["review"] if not is_about_kept(line)]
    review += [line for line in before["review"] if is_about_kept(line)]
    return {**after, "cells": cells, "review": review}


def _told(kept: dict[tuple[str, str], Cell]) -> str:
    """Which cells come from which attempt, for a person."""
    by_attempt: dict[int, list[str]] = {}
    for cell in kept.values():
        by_attempt.setdefault(cell["attempt"], []).append(exercise_of(cell))
    return "; ".join(f"{', '.join(names)} in attempt {attempt}" for attempt, names in sorted(by_attempt.items()))


def _with_outputs(graded: Graded, kept: dict[tuple[str, str], Cell]) -> Graded:
    """The notebooks show of each check what counts."""
    for name, notebook in graded.notebooks.items():
        for cell in notebook.cells:
            old = kept.get((name, cell.metadata.get("nbgrader", {}).get("grade_id", "")), {})
            shown = (old.get("outcome") or {}).get("shown")
            if shown is not None:
                data = {"text/html": shown["html"], "text/plain": shown["text"]}
                cell.outputs = [new_output("display_data", data)]
    return graded
