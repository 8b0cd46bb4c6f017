"""What `nbgrader validate` says to a student who runs it on the way to handing in a real lesson."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.lessons.course import load_course
from autograder.lessons.pipeline import released, solved, to_text

COURSE = load_course(Path(__file__).parents[2])
LESSON = COURSE.select(["01"])[0]


@pytest.fixture
def validate(tmp_path):
    """The exit status of the command, and what it prints."""

    def validate(notebook):
        path = tmp_path / f"{LESSON.id}.ipynb"
        path.write_text(to_text(notebook), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", "validate", path.name],
            cwd=tmp_path,
            env={**os.environ, "HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path / "config")},
            capture_output=True,
            text=True,
            timeout=300,
        )
        return done.returncode, done.stdout

    return validate


def test_a_blank_lesson_fails_in_every_check_and_nowhere_else(validate):
    blank = released(COURSE, LESSON, "en")
    status, said = validate(blank)
    graded = [cell for cell in blank.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert f"VALIDATION FAILED ON {len(graded)} CELL(S)" in said
    assert all(cell.source.splitlines()[0].strip("*") in said for cell in graded)
    assert status == 0  # nbgrader's own: it reports, and leaves the status alone


def test_a_solved_lesson_passes(validate):
    answers = {cell.id: cell.source for cell in solved(COURSE, LESSON, "fr").cells}
    notebook = released(COURSE, LESSON, "fr")
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = answers[cell.id]
    assert validate(notebook) == (0, "Success! Your notebook passes all the tests.\n")
