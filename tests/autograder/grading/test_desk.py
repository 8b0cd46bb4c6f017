"""The judge of a notebook hears a check in its own cell, once, and believes nothing else."""

import asyncio
import importlib
import json
import os
import signal
import socket
import threading
from dataclasses import asdict

import pytest

from autograder.checking.ahead import Ahead
from autograder.checking.servant import Servant
from autograder.checking.values import pack
from autograder.checking.wire import CHECK, REPLY, send, serve
from autograder.grading.desk import Desk, JudgeLost
from autograder.grading.judging import Check, attend

DOUBLE = Check("double", 2.0, "en", seed=7, source="", seconds=20.0)


def right(x):
    return 2 * x


def adds_two(x):
    return x + 2


def with_desk(scenario):
    """Run `scenario(desk)` with a judge of the first lesson at work."""

    async def whole():
        desk = await Desk.open("00_start", "en")
        try:
            return await scenario(desk)
        finally:
            await desk.close()

    return asyncio.run(whole())


async def asked(desk, name, function):
    """What a notebook's check shows there."""
    return await asyncio.to_thread(serve, desk.for_kernel, name, Servant((function,)))


def test_a_check_is_judged():
    async def scenario(desk):
        await desk.begin(DOUBLE)
        shown = await asked(desk, "double", adds_two)
        return shown, await desk.end(), desk.is_clean

    shown, outcome, is_clean = with_desk(scenario)
    assert outcome["state"] == "judged"
    assert (outcome["fraction"], outcome["mistake"], outcome["tried"]) == (0.0, "adds two", 1)
    assert outcome["smallest"] == {"x": "np.array([0.])"}
    assert (shown["fraction"], shown["headline"]) == (0.0, outcome["shown"]["headline"])
    assert is_clean


def test_what_is_known_ahead_is_what_is_tried():
    """A judge that knows one case a stage tries no more."""
    (exercise,) = importlib.import_module("autograder.exercises.00_start").EXERCISES
    ahead = Ahead()
    for _ in ahead.work(exercise, DOUBLE.seed):
        pass
    for stage, known in ahead._known.items():
        ahead._known[stage] = known[:1]
    (grader, orders), (kernel, notebook) = socket.socketpair(), socket.socketpair()
    judge = threading.Thread(target=attend, args=(orders, notebook, "00_start", "en", ahead))
    judge.start()
    with grader, kernel, grader.makefile("rwb") as lines:
        lines.write(json.dumps({"check": asdict(DOUBLE)}).encode() + b"\n")
        lines.flush()
        assert json.loads(lines.readline()) == {"ready": True}
        serve(kernel, "double", Servant((right,)))
        outcome = json.loads(lines.readline())["outcome"]
        grader.shutdown(socket.SHUT_RDWR)
    judge.join()
    orders.close()
    notebook.close()
    assert (outcome["fraction"], outcome["tried"]) == (1.0, len(ahead._known))


def test_checks_follow_one_another():
    async def scenario(desk):
        outcomes = []
        for function in (right, adds_two, right):
            await desk.begin(DOUBLE)
            await asked(desk, "double", function)
            outcomes.append((await desk.end())["fraction"])
        return outcomes

    assert with_desk(scenario) == [1, 0, 1]


def test_outside_its_cell_a_check_is_answered_but_not_judged():
    async def scenario(desk):
        early = await asked(desk, "double", adds_two)
        await desk.begin(DOUBLE)
        await asked(desk, "double", adds_two)
        again = await asked(desk, "double", right)
        return early, again, await desk.end()

    early, again, outcome = with_desk(scenario)
    assert early == again
    assert early["headline"].startswith("Not judged here")
    assert outcome["fraction"] == 0


def test_another_exercise_uses_up_the_cell():
    async def scenario(desk):
        await desk.begin(DOUBLE)
        await asked(desk, "triple", right)
        await asked(desk, "double", right)
        return await desk.end()

    assert with_desk(scenario) == {"state": "another exercise", "reason": "triple"}


def test_a_cell_that_asks_for_nothing():
    async def scenario(desk):
        await desk.begin(DOUBLE)
        return await desk.end(), desk.is_clean

    assert with_desk(scenario) == ({"state": "not asked for"}, True)


@pytest.mark.parametrize("forged", [b"no message", b"\x00" * 64, b"C" + b"\xff" * 8])
def test_nonsense_is_not_heard_and_the_link_is_given_up(forged):
    async def scenario(desk):
        await desk.begin(DOUBLE)
        desk.for_kernel.sendall(forged)
        assert await asyncio.to_thread(desk.for_kernel.recv, 1) == b""
        return await desk.end()

    assert with_desk(scenario) == {"state": "not asked for"}


def test_a_notebook_that_breaks_off_earns_nothing():
    async def scenario(desk):
        await desk.begin(DOUBLE)
        await asyncio.to_thread(send, desk.for_kernel, CHECK, pack({"check": "double"}))
        assert await asyncio.to_thread(desk.for_kernel.recv, 1)  # the judge's first question
        desk.for_kernel.close()
        return await desk.end()

    assert with_desk(scenario)["state"] == "lost"


def test_an_answer_that_is_none_is_a_broken_check():
    def forge(end):
        send(end, CHECK, pack({"check": "double"}))
        assert end.recv(1)  # the judge's first question
        send(end, REPLY, b"\x80\x04N.")  # a pickle: nothing here opens one

    async def scenario(desk):
        await desk.begin(DOUBLE)
        await asyncio.to_thread(forge, desk.for_kernel)
        return await desk.end(), desk.is_clean

    outcome, is_clean = with_desk(scenario)
    assert outcome["state"] == "lost"
    assert not is_clean


def test_an_exercise_that_the_lesson_lacks_is_our_fault():
    async def scenario(desk):
        await desk.begin(Check("triple", 2.0, "en", 7, "", 20.0))
        with pytest.raises(Exception, match="gone"):
            await asked(desk, "triple", right)
        return await desk.end()

    assert with_desk(scenario)["state"] == "failed"


def test_a_judge_that_dies_is_our_fault():
    async def scenario(desk):
        await desk.begin(DOUBLE)
        os.kill(desk.judge.pid, signal.SIGKILL)
        with pytest.raises(JudgeLost, match="the judge died") as lost:
            await desk.end()
        return desk.is_clean, lost.value.died

    assert with_desk(scenario) == (False, True)
