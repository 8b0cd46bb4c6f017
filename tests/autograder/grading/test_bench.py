"""Judges come from one process, which works ahead meanwhile and is replaced when it dies."""

import os
import signal
import socket
import time

import pytest

from autograder.grading.bench import Bench
from autograder.kernel import messages


@pytest.fixture
def bench():
    bench = Bench(["00_start"])
    yield bench
    bench.close()
    assert not bench.alive


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


def alive_for_long(bench):
    ends_at = time.monotonic() + 10
    while bench.alive and time.monotonic() < ends_at:
        time.sleep(0.01)
    return bench.alive


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


def test_work_that_cannot_be_done_ahead_is_left_to_the_judges(bench):
    bench.work_ahead([("00_start", "no_such_exercise", 1), ("no_such_lesson", "double", 1), ("00_start", "double", 1)])
    time.sleep(0.5)
    for _ in range(2):
        pid, ours = fork(bench)
        ours.close()
        bench.end(pid)
    assert bench.alive


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
    bench._socket.settimeout(0.1)
    with pytest.raises(ConnectionError, match="no judge could be started"):
        fork(bench)
    assert not alive_for_long(bench)


def test_messages_are_small_enough_for_a_whole_course():
    work = [(f"{number:02}_a_lesson_with_a_long_name", "an_exercise_with_a_long_name", 2**63) for number in range(500)]
    ours, theirs = messages.pair()
    with ours, theirs:
        messages.send(ours, {"ahead": work})
