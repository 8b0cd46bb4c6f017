"""Code that does not end, prints without end, or meddles: it is stopped, and nothing of it stays."""

import contextlib
import multiprocessing
import os
import random
import signal
import sys
import threading
import time
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from autograder.checking.limits import Limit, Printed, TookTooLong
from tests.autograder.checking.trial import try_out


def spin(x):
    while True:
        pass


def catch_all(x):
    while True:
        try:  # noqa: SIM105
            time.sleep(0.01)
        except:  # noqa: E722
            pass


def catch_twice(x):
    while True:
        try:  # noqa: SIM105
            catch_all(x)
        except:  # noqa: E722
            pass


def catch_exceptions(x):
    while True:
        with contextlib.suppress(Exception):
            sum(range(100))


def finally_spin(x):
    try:
        spin(x)
    finally:
        spin(x)


def swallow_and_return(x):
    try:
        spin(x)
    except BaseException:
        return 2 * x


def endless_generator(x):
    def numbers():
        while True:
            try:
                yield 1
            except GeneratorExit:
                return

    return sum(numbers())


def many_calls(x):
    while True:
        len(x)


@pytest.mark.parametrize(
    "function",
    [
        spin, catch_all, catch_twice, catch_exceptions, finally_spin, swallow_and_return, endless_generator, many_calls,
        lambda x: time.sleep(60), lambda x: threading.Event().wait(), lambda x: os.read(os.pipe()[0], 1),
    ],
)  # fmt: skip
def test_a_loop_without_end_is_stopped(function):
    verdict, text = try_out(function)
    assert verdict.fraction == 0
    assert "It had not finished after 0.3 seconds: is there a loop that never ends?" in text
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL


def test_a_loop_is_stopped_under_watch_too():
    from autograder.checking.exercise import Rule

    verdict, text = try_out(many_calls, rule=Rule(("scipy.signal",)))
    assert not verdict.broke
    assert "It had not finished" in text


def test_slow_answers_are_tried_only_so_long():
    verdict, text = try_out(lambda x: (time.sleep(0.05), 2 * x)[1], patience=0.12)
    assert not verdict.passed
    assert "It needed more than 0.12 seconds for the inputs tried" in text


def test_the_stop_button_ends_the_check():
    def pressing(x):
        with contextlib.suppress(BaseException):
            signal.raise_signal(signal.SIGINT)
        return 2 * x

    before = signal.getsignal(signal.SIGINT)  # ignored, in a job in the background
    with pytest.raises(KeyboardInterrupt):
        try_out(pressing)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_limit_within_a_limit_leaves_the_outer_one():
    with Limit(0.05):
        with Limit(10):
            pass
        with pytest.raises(TookTooLong, match=r"^$"):
            spin(None)


def test_code_that_was_held_up_with_the_machine_has_a_last_moment():
    def held_up(x):
        time.sleep(0.4)
        return 2 * x

    with Limit(0.3) as limit:
        assert held_up(1) == 2
    assert not limit.expired


def test_elsewhere_than_in_the_main_thread_there_is_no_limit():
    done = []
    thread = threading.Thread(target=lambda: done.append(try_out(lambda x: 2 * x)[0].passed))
    thread.start()
    thread.join()
    assert done == [True]


def test_what_is_printed_is_kept_away_and_its_beginning_shown(capsys):
    def chatty(x):
        for i in range(100_000):
            print("line", i)
        print("beware", file=sys.stderr)
        return x

    _, text = try_out(chatty, seconds=5.0, budget=0.1)
    assert "Your code printed: line 0\n    line 1\n    line 2\n    line 3\n    line 4\n    …" in text
    assert capsys.readouterr() == ("", "")


def test_print_keeps_no_more_than_it_shows():
    printed = Printed(keep=10)
    for _ in range(1000):
        print("abc", file=printed)
    assert printed.kept == "abc\nabc\nab"
    with pytest.raises(TypeError, match="must be str, not bytes"):
        printed.write(b"abc")


def test_a_warning_is_shown_with_what_was_printed():
    _, text = try_out(lambda x: np.float64(1) / (x - x))
    assert "Your code printed: RuntimeWarning: divide by zero encountered in divide" in text


def meddle(x):
    np.seterr(all="raise")
    np.set_printoptions(precision=1)
    np.random.seed(0)  # noqa: NPY002
    random.seed(0)
    torch.manual_seed(0)
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    sys.setrecursionlimit(5000)
    sys.setprofile(lambda *_: None)
    sys.settrace(lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("error")
    sys.stdout = sys.stderr = None
    os.chdir("/")
    plt.figure()
    np.dot = None
    np.maximum = np.minimum
    return 2 * x


def surroundings():
    return {
        "numpy": (np.geterr(), np.get_printoptions()["precision"], np.dot, np.maximum),
        "random": (random.getstate(), np.random.get_state()[1].tolist()),  # noqa: NPY002
        "torch": (torch.get_rng_state().tolist(), torch.get_default_dtype(), torch.is_grad_enabled()),
        "sys": (sys.getrecursionlimit(), sys.getprofile(), sys.gettrace(), sys.stdin, sys.stdout, sys.stderr, input),
        "signal": signal.getsignal(signal.SIGINT),
        "warnings": list(warnings.filters),
        "folder": os.getcwd(),
        "figures": plt.get_fignums(),
    }


def test_what_it_meddles_with_is_put_back():
    before = surroundings()
    assert try_out(meddle)[0].passed
    assert surroundings() == before


def test_a_notebook_that_turns_warnings_into_errors_is_checked_as_any_other():
    with np.errstate(all="raise"), warnings.catch_warnings(), np.printoptions(sign="+", precision=1):
        warnings.simplefilter("error")
        _, text = try_out(lambda x: 2 * x / (x * 0 + 1) + 0 / np.zeros(1))
    assert "It is nan at [0]; 2 is expected" in text
    assert "x = np.array([1.])" in text


def test_threads_and_processes_may_be_used():
    def by_thread(x):
        result = []
        thread = threading.Thread(target=lambda: result.append(2 * x))
        thread.start()
        thread.join()
        return result[0]

    def by_process(x):
        context = multiprocessing.get_context("fork")
        queue = context.SimpleQueue()
        process = context.Process(target=lambda: queue.put(2 * x))
        process.start()
        result = queue.get()
        process.join()
        return result

    assert try_out(by_thread)[0].passed
    assert try_out(by_process, seconds=5.0)[0].passed
