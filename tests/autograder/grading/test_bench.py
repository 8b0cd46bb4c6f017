"""Judges come from one process, which works ahead meanwhile and is replaced when it dies."""

import gc
import importlib
import os
import re
import signal
import socket
import sys
import threading
import time
from dataclasses import dataclass

import pytest

from autograder.checking.ahead import Ahead
from autograder.grading import bench as bench_module
from autograder.grading.bench import Bench
from autograder.grading.judges import _Judges
from autograder.grading.lines import Lines

pytestmark = pytest.mark.sandbox


@pytest.fixture
def bench():
    bench = Bench(["00_start"])
    yield bench
    bench.close()
    assert not bench.alive


@dataclass
class Exercises:
    """An assignment's checks."""

    exercises: list


@dataclass
class Told:
    """A process that judges are forked from, as far as it is told of work."""

    told: list
    alive = True

    def work_ahead(self, work):
        self.told.append(work)

    def forget(self):
        self.told.append("forget")


def fork(bench):
    """A judge, and the grader's end of what it listens to."""
    ours, grader = socket.socketpair()
    notebook, judges = socket.socketpair()
    with grader, judges, notebook:
        try:
            return bench.fork("00_start", "en", (grader.fileno(), judges.fileno())), ours
        except ConnectionError:
            ours.close()
            raise


def is_there(pid):
    return os.path.exists(f"/proc/{pid}")


def wait_until_gone(pid):
    ends_at = time.monotonic() + 10
    while is_there(pid):
        assert time.monotonic() < ends_at
        time.sleep(0.01)


def test_a_judge_ends_when_it_is_told_to(bench):
    pid, ours = fork(bench)
    with ours:
        assert is_there(pid)
        bench.end(pid)
        wait_until_gone(pid)


def test_judges_do_not_outlive_the_process_they_come_from(bench):
    pid, ours = fork(bench)
    with ours:
        bench.close()
        wait_until_gone(pid)


class Script:
    """A grader that says what is in a list, each as soon as all work is done."""

    waits = False

    def __init__(self, *messages):
        self.messages = [*messages, None]

    def receive(self):
        return self.messages.pop(0)


def test_work_that_cannot_be_done_ahead_is_left_to_the_judges():
    work = [("00_start", "no_such_exercise", 1), ("no_such_lesson", "double", 1), ("00_start", "double", 1)]
    judges = _Judges(Script({"ahead": work}))
    try:
        judges.serve()
    finally:
        gc.unfreeze()
    (exercise,) = importlib.import_module("autograder.exercises.00_start").EXERCISES
    assert judges._ahead["00_start"].cases(exercise, 1)


def test_a_lesson_that_cannot_be_imported_leaves_the_others_their_judges(monkeypatch):
    imported = []

    def broken(name):
        imported.append(name)
        if name.endswith("broken"):
            raise SyntaxError(name)

    monkeypatch.setattr(importlib, "import_module", broken)
    _Judges(Script())._begin(sys.path, ["broken", "whole"])
    assert imported == [
        "autograder.exercises.broken",
        "autograder.exercises.whole",
        "autograder.checking.rehearsal",
    ]


def test_with_a_second_thread_no_judge_is_forked():
    over = threading.Event()
    thread = threading.Thread(target=over.wait)
    thread.start()
    try:
        judges = _Judges(Script())
        judges._ahead["00_start"] = Ahead()
        assert re.search(r"has \d+ threads after working ahead", judges._judge("00_start", "en", -1, -1)["unfit"])
    finally:
        over.set()
        thread.join()


def test_one_that_is_unfit_is_ended(bench):
    theirs, ours = map(Lines, socket.socketpair())
    bench._lines.close()
    bench._lines = ours
    theirs.send({"unfit": "it has 2 threads"})
    with pytest.raises(ConnectionError, match="it has 2 threads"):
        fork(bench)
    assert not bench.alive
    theirs.close()


def test_one_in_the_place_of_another_works_nothing_ahead(monkeypatch):
    """The other may have died of that."""
    present = bench_module._Present(lessons=("00_start",))
    monkeypatch.setattr(bench_module, "_present", present)
    first = present.get()
    os.kill(first.pid, signal.SIGKILL)
    ours, grader = socket.socketpair()
    with ours, grader:
        judge = bench_module.start_judge("00_start", "en", grader, grader)
    try:
        assert judge.bench is present.bench is not first
        bench_module.work_ahead(Exercises([("00_start", "double")]), lambda lesson, exercise: 1)
        assert not present.work
    finally:
        present.bench.close()


def test_one_thread_is_all_it_has_when_it_forks(bench):
    """Of a thread, a fork inherits the locks and nobody who gives them back."""
    bench.work_ahead([("00_start", "double", 1)])
    pid, ours = fork(bench)
    with ours:
        assert len(os.listdir(f"/proc/{bench.pid}/task")) == 1
        assert len(os.listdir(f"/proc/{pid}/task")) == 1


def test_a_process_that_died_is_told_at_once(bench):
    os.kill(bench.pid, signal.SIGKILL)
    with pytest.raises(ConnectionError):
        fork(bench)
    bench.end(1)  # nobody is left who could
    bench.work_ahead([])


def test_a_process_that_does_not_answer_is_given_up(bench):
    os.kill(bench.pid, signal.SIGSTOP)
    bench._lines._end.settimeout(0.1)
    with pytest.raises(ConnectionError, match="no judge could be started"):
        fork(bench)
    assert not bench.alive


def test_work_is_told_once_and_forgotten_when_it_grows_too_much(monkeypatch):
    told = []
    present = bench_module._Present(bench=Told(told))
    monkeypatch.setattr(bench_module, "_present", present)
    monkeypatch.setattr(bench_module, "MOST_AHEAD", 3)
    for lesson in ("one", "one", "two"):
        bench_module.work_ahead(Exercises([(lesson, "a"), (lesson, "b")]), lambda lesson, exercise: len(exercise))
    assert told == [
        [("one", "a", 1), ("one", "b", 1)],
        [],
        "forget",
        [("two", "a", 1), ("two", "b", 1)],
    ]
    assert present.work == set(told[-1])


def test_an_assignment_without_checks_needs_no_judges(monkeypatch):
    monkeypatch.setattr(bench_module, "_present", bench_module._Present())
    bench_module.work_ahead(Exercises([]), lambda lesson, exercise: 1)
    assert bench_module.process() is None


def test_messages_arrive_whole_and_in_order_with_their_files():
    ours, theirs = (Lines(end) for end in socket.socketpair())
    with open(os.devnull, "rb") as first, open(os.devnull, "wb") as second:
        ours.send({"number": 1}, [first.fileno(), second.fileno()])
        ours.send({"number": 2, "long": "x" * 100_000})
        ours.send({"number": 3}, [second.fileno()])
    assert theirs.waits
    assert [theirs.receive()["number"] for _ in range(3)] == [1, 2, 3]
    files = [theirs.file() for _ in range(3)]
    assert [os.get_blocking(file) for file in files] == [True] * 3
    for file in files:
        os.close(file)
    assert not theirs.waits
    ours.close()
    assert theirs.receive() is None
    theirs.close()
