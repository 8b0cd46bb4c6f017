"""A run that is stopped anywhere goes on where it was, and comes to the same grades."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from graded_class import ADDS_TWO, LESSON, RIGHT, Class

from autograder.cli import main
from autograder.grading import gradebook
from autograder.grading.classroom import Classroom
from autograder.grading.desk import Desk
from autograder.grading.results import Results
from autograder.kernel import server
from autograder.kernel.sandbox.watchdog import descendants

pytestmark = pytest.mark.sandbox
STUDENTS = 4


@pytest.fixture
def handed_in(lesson_class):
    for number in range(STUDENTS):
        lesson_class.hand_in(f"s{number}", (RIGHT, ADDS_TWO)[number % 2])
    return lesson_class


def recorded(folder):
    with sqlite3.connect(folder / "gradebook.db") as database:
        rows = database.execute(
            """select a.student_id, c.name, g.auto_score, g.needs_manual_grade from grade g
            join submitted_notebook n on n.id = g.notebook_id join submitted_assignment a on a.id = n.assignment_id
            join base_cell c on c.id = g.cell_id order by 1, 2"""
        ).fetchall()
    database.close()
    return rows


EXPECTED = [(f"s{number}", "double-check", float(number % 2 == 0), 0) for number in range(STUDENTS)]


@pytest.mark.parametrize("after", [1, 3])
def test_the_grader_killed(handed_in, capsys, after):
    command = [sys.executable, "-m", "autograder", "grade", str(handed_in.folder), "--jobs", "2"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while len(list((handed_in.folder / ".autograder/results").rglob("0*.json"))) < after:
            assert process.poll() is None
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
    rows = handed_in.grade(capsys, rc=0)
    assert len(rows) == STUDENTS
    assert recorded(handed_in.folder) == EXPECTED


def name_of(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()


def test_the_grader_interrupted(handed_in, capsys):
    """By Ctrl-C, while a cell runs: its notebook has no result then, and no other is begun."""
    handed_in.hand_in("s0", "import time\ntime.sleep(6)\n" + RIGHT)
    command = [sys.executable, "-m", "autograder", "grade", str(handed_in.folder), "--jobs", "1"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        while "kernel" not in map(name_of, descendants(process.pid)):
            assert process.poll() is None
            time.sleep(0.01)
        time.sleep(1)  # to come to the cell
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
    assert process.returncode == 130
    assert said.splitlines()[-1] == "autograder grade: stopped; what was done is kept"
    assert not list((handed_in.folder / ".autograder/results").rglob("0*.json"))
    handed_in.grade(capsys, rc=0)
    assert recorded(handed_in.folder) == EXPECTED


def test_the_fork_server_killed(handed_in, capsys, monkeypatch):
    write, killed = Results.write, []

    def write_and_kill(self, result):
        if not killed:
            killed.extend(one.pid for one in server._servers.values())
            for pid in killed:
                os.kill(pid, signal.SIGKILL)
        return write(self, result)

    monkeypatch.setattr(Results, "write", write_and_kill)
    handed_in.grade(capsys)
    handed_in.grade(capsys, rc=0)
    assert killed
    assert recorded(handed_in.folder) == EXPECTED


@pytest.mark.parametrize(("times", "states"), [(1, ["graded"] * STUDENTS), (2, ["failed"] + ["graded"] * 3)])
def test_a_judge_killed(handed_in, capsys, monkeypatch, times, states):
    begin, left = Desk.begin, list(range(times))

    async def begin_and_kill(self, check):
        await begin(self, check)
        if left:
            left.pop()
            os.kill(self.judge.pid, signal.SIGKILL)

    monkeypatch.setattr(Desk, "begin", begin_and_kill)
    rows = handed_in.grade(capsys, "--jobs", "1")
    assert [row["state"] for row in rows.values()] == states
    handed_in.grade(capsys, rc=0)
    assert recorded(handed_in.folder) == EXPECTED


def test_a_full_disk(handed_in, capsys, monkeypatch):
    write, full = Results.write, iter([True, False, True])

    def write_or_fail(self, result):
        if next(full, False):
            raise OSError(28, "No space left on device")
        return write(self, result)

    monkeypatch.setattr(Results, "write", write_or_fail)
    rows = handed_in.grade(capsys, rc=1)
    failed = [name for name, row in rows.items() if row["state"] == "failed"]
    assert len(failed) == 2
    assert all("No space left" in rows[name]["notes"][0] for name in failed)
    again = handed_in.grade(capsys, rc=0)
    assert [name for name, row in again.items() if not row["unchanged"]] == failed
    assert recorded(handed_in.folder) == EXPECTED


def test_a_gradebook_that_was_locked_is_caught_up_with(handed_in, capsys, monkeypatch):
    record = gradebook.Book.record

    def locked(self, result, timestamp):
        other = sqlite3.connect(handed_in.folder / "gradebook.db", isolation_level=None)
        other.execute("begin exclusive")
        try:
            record(self, result, timestamp)
        finally:
            other.close()

    monkeypatch.setattr(gradebook.Book.__init__, "__kwdefaults__", {"lock_seconds": 1})
    monkeypatch.setattr(gradebook.Book, "record", locked)
    rows = handed_in.grade(capsys, rc=1)
    assert {row["state"] for row in rows.values()} == {"graded"}
    assert recorded(handed_in.folder) == []
    monkeypatch.undo()
    rows = handed_in.grade(capsys, rc=0)
    assert all(row["unchanged"] for row in rows.values())
    assert recorded(handed_in.folder) == EXPECTED


def test_two_graders_at_once(handed_in, capsys):
    with Classroom(handed_in.folder).alone():
        assert main(["grade", str(handed_in.folder)]) == 2
    assert "is being graded by another autograder" in capsys.readouterr().err


def test_a_gradebook_that_was_lost_is_written_again(handed_in, capsys, made_by_init):
    handed_in.grade(capsys, rc=0)
    shutil.copy(made_by_init / "gradebook.db", handed_in.folder)
    rows = Class(handed_in.folder).grade(capsys, rc=0)
    assert all(row["unchanged"] for row in rows.values())
    assert recorded(handed_in.folder) == EXPECTED
    assert len(Results(handed_in.folder / ".autograder/results").attempts(LESSON, "s0")) == 1
