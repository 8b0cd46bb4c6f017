"""Writes what was run under autograded/, as nbgrader's next steps expect it."""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from nbformat import v4

from autograder.grading.classroom import STATE, Classroom
from autograder.grading.grader import Graded, Task, furnish
from autograder.grading.submission import Unreadable, submission_files


def write(classroom: Classroom, task: Task, graded: Graded) -> None:
    """Replace a student's autograded folder by a new one, as a whole."""
    target = classroom.autograded(task.student, task.assignment.name)
    (classroom.folder / STATE).mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="new-", dir=classroom.folder / STATE) as scratch:
        new, old = Path(scratch, "new"), Path(scratch, "old")
        if graded.notebooks:
            new.mkdir()
            with suppress(Unreadable):  # told in the result
                furnish(new, submission_files(task.folder), task.assignment)
            for name, notebook in graded.notebooks.items():
                text = v4.writes(notebook)
                (new / f"{name}.ipynb").write_bytes(text.encode("utf-8", "replace"))
        if target.is_dir():
            os.rename(target, old)
        if new.is_dir():
            target.parent.mkdir(parents=True, exist_ok=True)
            os.rename(new, target)
        shutil.rmtree(old, ignore_errors=True)
