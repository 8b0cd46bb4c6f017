"""Puts submissions where the class expects them, and keeps all that it replaces or cannot place.

Beside each submission stands a record of where it came from, and whether it was late: what the folder itself cannot
say, in .autograder/collected/ASSIGNMENT/STUDENT.json.
"""

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.collecting.gather import STAMP, Stray, Submission
from autograder.collecting.naming import not_among, safe_path
from autograder.collecting.unpack import Found
from autograder.grading.classroom import STATE, Classroom
from autograder.grading.results import write_whole
from autograder.grading.submission import Unreadable, submission_files

KEPT = "collected"  # in the class's folder: older versions, what was replaced, and what belongs to nobody
WHEN = "%Y-%m-%d %H:%M:%S UTC"  # as nbgrader writes times


@dataclass(frozen=True)
class Put:
    """What became of a submission: it is new, unchanged, replaced another, or is older than what was there."""

    state: str
    late: bool
    handed_in: str | None


class Shelf:
    """Where the submissions of a class stand; `room` is a folder of our own, on the same disk."""

    def __init__(self, classroom: Classroom, source: Path, system: str, room: Path) -> None:
        self._classroom, self._system, self._room = classroom, system, room
        self._source = source
        self._now = datetime.now(UTC)
        self.kept = classroom.folder / KEPT

    def put(self, submission: Submission, *, trust_times: bool) -> Put:
        """Put a submission in its place, unless a later one stands there."""
        target = self._classroom.submitted(submission.student, submission.assignment)
        files = {name: found.path for name, found in submission.files().items() if found.path is not None}
        stamp = _stamp(submission, trust_times=trust_times)
        self._keep_older(submission)
        record = self._record(submission, stamp, files)
        before = self._recorded(submission)
        state = "replaced" if target.exists() or target.is_symlink() else "new"
        if _holds(target, files):
            state = "unchanged"
            record["late"] = record["late"] or before.get("late", False)  # said once, it stays so
            record["handed_in"] = stamp or before.get("handed_in")
            if stamp and _read(target / STAMP) != stamp:
                write_whole(target / STAMP, stamp.encode())
        elif state == "replaced" and _came_before(record, before):
            for name, path in files.items():
                _keep(self._folder("older", submission), name, path)
            return Put("older", record["late"], record["handed_in"])
        else:
            self._swap(submission, target, files, stamp)
        if {**record, "when": ""} != {**before, "when": ""}:
            self._write(submission, record)
        return Put(state, record["late"], record["handed_in"])

    def keep(self, stray: Stray) -> str | None:
        """Keep what belongs to nobody; where, below the class's folder."""
        if stray.found.path is None:
            return None
        path = _keep(self.kept / "unmatched" / _stem(self._source), stray.found.name, stray.found.path)
        return path.relative_to(self._classroom.folder).as_posix()

    def forget(self, found: Found) -> None:
        """What was kept as nobody's by an earlier run, and has found its place now, need not be kept any longer."""
        folder = self.kept / "unmatched" / _stem(self._source)
        path = folder / safe_path(found.name)
        if found.path is not None and path.is_file() and _digest(path) == _digest(found.path):
            path.unlink()
            for parent in path.parents:
                if parent == self._classroom.folder:
                    break
                with contextlib.suppress(OSError):  # something else is kept there
                    parent.rmdir()

    def _swap(self, submission: Submission, target: Path, files: Mapping[str, Path], stamp: str | None) -> None:
        """The new folder in the place of the old one, which is kept."""
        new = self._room / "new"
        shutil.rmtree(new, ignore_errors=True)
        for name, path in files.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, new / name)
        if stamp:
            (new / STAMP).write_text(stamp, encoding="utf-8")
        target.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(target):
            backups = self._folder("replaced", submission)
            backups.mkdir(parents=True, exist_ok=True)
            name = not_among(f"{self._now:%Y-%m-%dT%H-%M-%SZ}", os.listdir(backups))
            shutil.move(target, backups / name)
        shutil.move(new, target)

    def _keep_older(self, submission: Submission) -> None:
        for version in submission.older():
            found = version.piece.found
            if found.path is not None:
                _keep(self._folder("older", submission), found.name, found.path)

    def _folder(self, kind: str, submission: Submission) -> Path:
        return self.kept / kind / submission.assignment / submission.student

    def _record(self, submission: Submission, stamp: str | None, files: Mapping[str, Path]) -> dict[str, Any]:
        origin = {name: found.name for name, found in submission.files().items() if name in files}
        return {
            "student": submission.student,
            "assignment": submission.assignment,
            "from": self._system,
            "source": self._source.name,
            "files": origin,
            "late": submission.late,
            "handed_in": stamp,
            "order": submission.order,
            "notes": submission.notes,
            "when": self._now.isoformat(timespec="seconds"),
        }

    def _path(self, submission: Submission) -> Path:
        return self._classroom.folder / STATE / "collected" / submission.assignment / f"{submission.student}.json"

    def _recorded(self, submission: Submission) -> dict[str, Any]:
        try:
            record = json.loads(self._path(submission).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return record if isinstance(record, dict) else {}

    def _write(self, submission: Submission, record: Mapping[str, Any]) -> None:
        write_whole(self._path(submission), json.dumps(record, indent=1, ensure_ascii=False).encode() + b"\n")


def _stamp(submission: Submission, *, trust_times: bool) -> str | None:
    if submission.stamp is not None and submission.stamp.found.path is not None:
        return _read(submission.stamp.found.path)
    time = submission.time(trust_files=trust_times)
    return None if time is None else time.strftime(WHEN)


def _came_before(record: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Whether what is there came later than this, as far as the system counted."""
    if record["from"] != before.get("from"):
        return False
    return any(record[how] and before.get(how) and record[how] < before[how] for how in ("order", "handed_in"))


def _holds(folder: Path, files: Mapping[str, Path]) -> bool:
    """Whether a folder holds just these files, a note of the time aside."""
    if not folder.is_dir():
        return False
    try:
        there = {one.name: one.path for one in submission_files(folder) if one.name != STAMP and one.fault is None}
    except Unreadable:
        return False
    return there.keys() == files.keys() and all(_digest(there[name]) == _digest(files[name]) for name in files)


def _keep(folder: Path, name: str, content: Path) -> Path:
    """Copy a file to a folder under its own name, or one like it; once only."""
    folder.mkdir(parents=True, exist_ok=True)
    path, digest = folder / safe_path(name), _digest(content)
    if any(parent.is_file() for parent in path.parents):  # a zip can hold a file and a folder of the same name
        path = folder / safe_path(name).replace("/", "_")
    while path.exists():
        if path.is_file() and _digest(path) == digest:
            return path
        path = path.with_name(not_among(path.name, os.listdir(path.parent)))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content.read_bytes())
    return path


def _stem(source: Path) -> str:
    return safe_path(source.resolve().stem)


def _read(path: Path) -> str | None:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(100).strip() or None
    except OSError:
        return None


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
