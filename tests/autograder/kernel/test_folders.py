"""Private folders go with their process; where it was killed, with the next."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from autograder.kernel import folders

KILLED = """
import os, sys, tempfile
tempfile.tempdir = sys.argv[1]
from autograder.kernel import folders
(folders.make() / "work").mkdir()
print(os.getpid(), flush=True)
{}
"""


@pytest.fixture
def short():
    """A folder whose path is short enough for sockets, wherever pytest keeps its own."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


def left_by(where, ends):
    """The process that made a folder and ended so."""
    command = [sys.executable, "-c", KILLED.format(ends), str(where)]
    return int(subprocess.run(command, capture_output=True, text=True, check=False).stdout)


def names(where):
    return {path.name.split("-")[1] for path in where.iterdir()}


def test_what_a_killed_process_left_is_swept_away_and_nothing_else(short, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(short))
    monkeypatch.setattr(folders, "_swept", set())
    command = [sys.executable, "-c", KILLED.format("sys.stdin.read()"), str(short)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as living:
        alive = int(living.stdout.readline())
        dead = left_by(short, "os.kill(os.getpid(), 9)")
        (short / "autograder-notes-1").mkdir()
        assert names(short) == {str(dead), str(alive), "notes"}
        with folders.private() as own:
            assert own.is_dir()
            assert names(short) == {str(os.getpid()), str(alive), "notes"}
        assert names(short) == {str(alive), "notes"}


def test_a_folder_that_is_locked_stays_though_its_process_seems_gone(short, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(short))
    dead = left_by(short, "os._exit(0)")
    (left,) = short.iterdir()
    opened = os.open(left, os.O_RDONLY)
    folders.fcntl.flock(opened, folders.fcntl.LOCK_EX)
    folders.sweep(short)
    assert names(short) == {str(dead)}
    os.close(opened)
    folders.sweep(short)
    assert not list(short.iterdir())


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/kept").touch()
    (tmp_path / "autograder-999999999-link").symlink_to(tmp_path / "elsewhere")
    folders.sweep(tmp_path)
    assert (tmp_path / "elsewhere/kept").exists()
