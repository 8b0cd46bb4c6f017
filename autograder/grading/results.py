"""The results of a class on disk: one file for each attempt, written whole or not at all."""

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Result = dict[str, Any]
FORMAT = 1


class Results:
    """Results under a folder: ASSIGNMENT/STUDENT/0001.json and so on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def attempts(self, assignment: str, student: str) -> list[Path]:
        """The files of a student's attempts, the oldest first."""
        return sorted((self.folder / assignment / student).glob("[0-9][0-9][0-9][0-9].json"))

    def latest(self, assignment: str, student: str) -> Result | None:
        """The newest result that can be read."""
        return next(self.newest_first(assignment, student), None)

    def newest_first(self, assignment: str, student: str) -> Iterator[Result]:
        """The results that can be read."""
        for path in reversed(self.attempts(assignment, student)):
            try:
                result: Result = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
            if result.get("format") == FORMAT:
                yield result

    def next_attempt(self, assignment: str, student: str) -> int:
        """The number of the next attempt."""
        attempts = self.attempts(assignment, student)
        return int(attempts[-1].stem) + 1 if attempts else 1

    def write(self, result: Result) -> Path:
        """Keep a result, beside those of earlier attempts."""
        path = self.folder / result["assignment"] / result["student"] / f"{result['attempt']:04}.json"
        write_whole(path, json.dumps(result, indent=1, sort_keys=True).encode() + b"\n")
        return path


def write_whole(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file so that it is there with all of its content, or as it was before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
