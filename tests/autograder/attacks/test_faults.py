"""Whatever is killed, full, locked or read-only: after a rerun the scores are those of an undisturbed run."""

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from graded_class import ADDS_TWO, RIGHT, Class

from autograder.cli import main
from autograder.grading import bench
from autograder.kernel import folders, server
from autograder.kernel.sandbox.watchdog import descendants

pytestmark = pytest.mark.sandbox

ANSWERS = {
    "right": RIGHT,
    "adds-two": ADDS_TWO,
    "blank": None,
    "ends-its-kernel": RIGHT + "\nimport os\nos._exit(3)",
    "kills-its-kernel": "import os\ndef double(x):\n    os.kill(os.getpid(), 9)",
    "right-again": "def double(x):\n    return x + x",
}
SCORES = """
    select a.student_id, c.name, g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade from grade g
    join submitted_notebook n on n.id = g.notebook_id join submitted_assignment a on a.id = n.assignment_id
    join base_cell c on c.id = g.cell_id order by 1, 2
"""
MOST_RUNS = 5


def scores(folder):
    """All scores in a gradebook, as bytes."""
    with contextlib.closing(sqlite3.connect(folder / "gradebook.db")) as database:
        return "\n".join(map(repr, database.execute(SCORES))).encode()


def grade(folder):
    return main(["grade", str(folder), "--jobs", "2"])


def until_done(folder):
    """Grade until nothing is left to do; a run or two make up for any fault."""
    for _ in range(MOST_RUNS):
        if grade(folder) == 0:
            return
    pytest.fail(f"not graded after {MOST_RUNS} runs")


@pytest.fixture(scope="module")
def handed_in(made_by_init, tmp_path_factory):
    """A class that nobody has graded."""
    folder = tmp_path_factory.mktemp("class") / "handed-in"
    shutil.copytree(made_by_init, folder)
    for student, answer in ANSWERS.items():
        Class(folder).hand_in(student, answer)
    return folder


@pytest.fixture(scope="module")
def undisturbed(handed_in, tmp_path_factory):
    """The scores of a run that nothing befell."""
    folder = tmp_path_factory.mktemp("class") / "undisturbed"
    shutil.copytree(handed_in, folder)
    assert grade(folder) == 0
    found = scores(folder)
    assert found.count(b"1.0") == 2
    assert found.count(b"\n") == len(ANSWERS) - 1
    return found


@pytest.fixture
def folder(handed_in, tmp_path):
    """A fresh copy of the class."""
    return Path(shutil.copytree(handed_in, tmp_path / "class"))


def prey():
    """The processes of a grading run in this process: fork servers, keepers, kernels and judges."""
    servers = [one.pid for one in server._servers.values()]
    if (judges := bench.process()) is not None:
        servers.append(judges)
    return [*servers, *(pid for one in servers for pid in descendants(one))]


@contextlib.contextmanager
def killer(seed, most):
    """Within the block, some processes of the run are killed at moments and in an order of chance."""
    rng, over, killed = random.Random(seed), threading.Event(), []

    def kill():
        while len(killed) < most and not over.wait(rng.uniform(0.05, 0.6)):
            with contextlib.suppress(ProcessLookupError, IndexError):
                pid = rng.choice(prey())
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("seed", [1, 2])
def test_processes_killed_at_random(folder, undisturbed, seed):
    with killer(seed, most=4) as killed:
        grade(folder)
    until_done(folder)
    assert killed
    assert scores(folder) == undisturbed


def gone(processes, seconds=20):
    """Whether all of these processes end by themselves."""
    ends_at = time.monotonic() + seconds
    while any(os.path.exists(f"/proc/{pid}") for pid in processes):
        if time.monotonic() > ends_at:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def scratch():
    """A temporary folder whose path is short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="scratch-", dir="/tmp") as folder:
        yield Path(folder)


def test_the_grader_killed_at_random(folder, undisturbed, scratch, monkeypatch):
    rng = random.Random(3)
    environment = {**os.environ, "TMPDIR": str(scratch)}
    command = [sys.executable, "-m", "autograder", "grade", str(folder), "--jobs", "2"]
    results = folder / ".autograder/results"
    for wanted in (1, 4):
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, env=environment, **silent) as grader:
            while len(list(results.rglob("*.json"))) < wanted and grader.poll() is None:
                time.sleep(0.01)
            time.sleep(rng.uniform(0, 0.3))
            started = list(descendants(grader.pid))
            grader.kill()
        assert gone(started)
    assert list(scratch.glob("autograder-*"))
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    monkeypatch.setattr(folders, "_swept", set())
    until_done(folder)
    assert not list(scratch.glob("autograder-*"))
    assert scores(folder) == undisturbed


def test_a_gradebook_that_another_program_keeps_locked(folder, undisturbed, monkeypatch, capsys):
    monkeypatch.setattr("autograder.grading.gradebook.Book.__init__.__kwdefaults__", {"lock_seconds": 1})
    with contextlib.closing(sqlite3.connect(folder / "gradebook.db", isolation_level=None)) as other:
        other.execute("begin exclusive")
        assert grade(folder) != 0
    assert "was locked by another program for 1 s; run this again to go on" in capsys.readouterr().err
    until_done(folder)
    assert scores(folder) == undisturbed


def test_a_full_disk_and_a_read_only_gradebook(folder, undisturbed):
    with tempfile.TemporaryDirectory(prefix="disk-") as where:
        script = Path(__file__).with_name("small_disk.py")
        done = subprocess.run([sys.executable, script, folder, where], capture_output=True, text=True, check=True)
    statuses = json.loads(done.stdout.splitlines()[-1])
    assert statuses.pop("at peace") == 0
    assert statuses["full"] != 0
    assert statuses["read-only"] != 0
    assert "cannot be written; results are kept" in done.stderr
    assert scores(folder) == undisturbed
