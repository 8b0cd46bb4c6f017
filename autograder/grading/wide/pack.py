"""A submission, and what those of one assignment share, as bytes: no path, no name of a student, not the secret."""

from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from nbformat import from_dict

from autograder.errors import UserError
from autograder.grading.grader import Graded, Task, assignment_files
from autograder.grading.master import Assignment, Master, MasterCell, Seed
from autograder.grading.submission import MOST_BYTES, Handed, MiB, Unreadable, digest_of
from autograder.grading.wide.blob import opened, seal
from autograder.kernel.settings import Settings

MOST_SENT = 256 * MiB  # of one submission


class NotSent(UserError):
    """A submission that cannot be sent; the text says why, for a person."""


@dataclass(frozen=True)
class Shared:
    """What the submissions of one assignment have in common. `agreed` is what a worker must have as we have it."""

    assignment: Assignment
    files: tuple[tuple[str, bytes], ...]
    settings: Settings
    seeds: dict[str, dict[str, int]]
    agreed: dict[str, Any]

    def seed(self, lesson: str, exercise: str) -> int:
        return self.seeds[lesson][exercise]


@dataclass(frozen=True)
class Delivered(Task):
    """A submission as it arrived: its files, or why those cannot be read."""

    files: tuple[Handed, ...] | str = ()

    def handed(self) -> list[Handed]:
        if isinstance(self.files, str):
            raise Unreadable(self.files)
        return list(self.files)


def shared(assignment: Assignment, settings: Settings, secret: Seed, agreed: dict[str, Any]) -> bytes:
    """Pack what the submissions of an assignment share; of the secret, the seeds of its exercises only."""
    files = assignment_files(assignment)
    notebooks = {
        name: [[language, asdict(master)] for language, master in editions.items()]
        for name, editions in assignment.notebooks.items()
    }
    about = {
        "name": assignment.name,
        "notebooks": notebooks,
        "students_own": assignment.students_own,
        "files": [one.name for one in files],
        "settings": settings.as_json(),
        "seeds": _seeds(assignment, secret),
        "agreed": agreed,
    }
    return seal(about, [one.path.read_bytes() for one in files])


def _seeds(assignment: Assignment, secret: Seed) -> dict[str, dict[str, int]]:
    seeds: dict[str, dict[str, int]] = {}
    for lesson, exercise in assignment.exercises:
        seeds.setdefault(lesson, {})[exercise] = secret(lesson, exercise)
    return seeds


@lru_cache(2)
def open_shared(blob: bytes) -> Shared:
    """What `shared` packed."""
    about, contents = opened(blob)
    notebooks = {
        name: {language: _master(master) for language, master in editions}
        for name, editions in about["notebooks"].items()
    }
    assignment = Assignment(about["name"], notebooks, None, tuple(about["students_own"]))
    files = tuple(zip(about["files"], contents, strict=True))
    return Shared(assignment, files, Settings.from_json(about["settings"]), about["seeds"], about["agreed"])


def _master(about: dict[str, Any]) -> Master:
    cells = tuple(MasterCell(**cell) for cell in about["cells"])
    return Master(**{**about, "cells": cells, "demonstrations": tuple(about["demonstrations"])})


def submission(task: Task) -> bytes:
    """Pack what was handed in. A notebook that is too large to be read is told by its size."""
    try:
        handed = task.handed()
    except Unreadable as fault:
        return seal({"unreadable": str(fault)})
    files: list[dict[str, Any]] = []
    contents: list[bytes] = []
    for one in handed:
        size = one.path.stat().st_size if one.fault is None else 0
        is_sent = one.fault is None and not (one.name.endswith(".ipynb") and size > MOST_BYTES)
        files.append({"name": one.name, "fault": one.fault, "size": size, "sent": is_sent})
        if is_sent:
            contents.append(_content(one, MOST_SENT - sum(map(len, contents))))
    if digest_of(handed) != task.inputs["submission"]:
        raise NotSent("its files changed while they were read; grade again")
    return seal({"files": files}, contents)


def _content(handed: Handed, most: int) -> bytes:
    with handed.path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise NotSent(f"its files have more than the {MOST_SENT // MiB} MiB that are sent to a cluster")
    return content


def deliver(blob: bytes, shared: Shared, folder: Path) -> Delivered:
    """Write the files of a submission, and those of its assignment, below an empty folder."""
    for name, content in shared.files:
        _write(folder / "files" / name, content)
    assignment = replace(shared.assignment, files=folder / "files")
    about, contents = opened(blob)
    work, left = folder / "handed", iter(contents)
    if "unreadable" in about:
        return Delivered("", assignment, work, {}, files=about["unreadable"])
    handed = []
    for one in about["files"]:
        path = work / one["name"]
        if one["sent"]:
            _write(path, next(left))
        elif one["fault"] is None:
            _write(path, b"", size=one["size"])
        handed.append(Handed(one["name"], path, one["fault"]))
    return Delivered("", assignment, work, {}, files=tuple(handed))


def _write(path: Path, content: bytes, size: int | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        if size is not None:
            file.truncate(size)  # it takes no room: nobody reads it


def packed(graded: Graded) -> dict[str, Any]:
    """A result and its notebooks, as JSON can hold them."""
    return {"result": graded.result, "notebooks": graded.notebooks}


def open_graded(about: dict[str, Any], task: Task, worker: str) -> Graded:
    """What came back from a worker, with what it was not told."""
    names = {"student": task.student, "attempt": task.attempt, "why": task.why, "inputs": dict(task.inputs)}
    notebooks = {name: from_dict(notebook) for name, notebook in about["notebooks"].items()}
    return Graded({**about["result"], **names, "worker": worker}, notebooks)
