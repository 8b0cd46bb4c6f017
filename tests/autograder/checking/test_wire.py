"""Messages over a socket: whole, bounded in size and in time, and trusted in nothing."""

import contextlib
import os
import socket
import struct
import threading
import time

import pytest

from autograder.checking.caller import Answer, LinkLost, Raised
from autograder.checking.servant import Servant
from autograder.checking.values import Function, pack
from autograder.checking.wire import (
    ASK,
    CHECK,
    DONE,
    MAX_MESSAGE_BYTES,
    REPLY,
    Deadline,
    DescriptorLink,
    receive,
    send,
    serve,
)


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_a_large_message_arrives_whole(ends):
    ours, theirs = ends
    data = os.urandom(5 * 2**20)
    sender = threading.Thread(target=send, args=(theirs, REPLY, data))
    sender.start()
    assert receive(ours, Deadline(time.monotonic() + 10)) == (REPLY, data)
    sender.join()


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (b"", "no answer in time"),
        (b"R\x00\x00", "no answer in time"),
        (b"R" + struct.pack("<Q", 9) + b"abc", "no answer in time"),
        (b"R" + struct.pack("<Q", MAX_MESSAGE_BYTES + 1), "at most"),
        (b"C" + struct.pack("<Q", 0), "a message of kind b'C' where an answer was due"),
    ],
)
def test_a_student_who_does_not_answer_rightly_is_given_up(ends, sent, message):
    ours, theirs = ends
    theirs.sendall(sent)
    with pytest.raises(LinkLost, match=message):
        DescriptorLink(ours, seconds=0.1).exchange(b"", lambda data: data)


def test_a_student_who_is_gone_is_noticed(ends):
    ours, theirs = ends
    theirs.close()
    with pytest.raises(LinkLost, match=r"the other side is gone"):
        Answer(DescriptorLink(ours, seconds=5))(1)


def test_a_student_who_reads_nothing_is_given_up(ends):
    ours, _ = ends
    with pytest.raises(LinkLost, match=r"time"):
        DescriptorLink(ours, seconds=0.1).exchange(b"a" * 10**7, lambda data: data)


def test_a_student_who_asks_without_end_is_given_up(ends):
    ours, theirs = ends
    question = struct.pack("<cQ", ASK, 0)

    def ask():
        with contextlib.suppress(OSError):
            while True:
                theirs.sendall(question)

    asking = threading.Thread(target=ask)
    asking.start()
    with pytest.raises(LinkLost, match=r"time"):
        DescriptorLink(ours, seconds=0.2).exchange(b"", lambda data: b"")
    ours.close()
    asking.join()


@pytest.mark.parametrize("reply", [{}, {"value": 1}, {"value": 1, "printed": "", "seconds": "x"}, {"error": 3}])
def test_an_answer_that_makes_no_sense_is_no_answer(ends, reply):
    ours, theirs = ends
    send(theirs, REPLY, pack(reply))
    with pytest.raises(LinkLost, match=r"makes no sense|an error that is none"):
        Answer(DescriptorLink(ours, seconds=5))(1)


def test_an_announcement_must_name_a_check(ends):
    ours, theirs = ends
    for kind, data in ((CHECK, pack({"check": 3})), (CHECK, b"garbage"), (DONE, pack({"check": "a"}))):
        send(theirs, kind, data)
        with pytest.raises(LinkLost, match=r"."):
            DescriptorLink(ours, seconds=5).next_check(time.monotonic() + 5)


def test_a_whole_check(ends):
    ours, theirs = ends
    shown = []
    notebook = threading.Thread(
        target=lambda: shown.append(serve(theirs, "conv1d", Servant([lambda f, x: f(x) + 1, lambda: 1 / 0])))
    )
    notebook.start()
    link = DescriptorLink(ours, seconds=5)
    assert link.next_check(time.monotonic() + 5) == "conv1d"
    answer = Answer(link)
    assert answer(Function(lambda x: 10 * x), 2) == 21
    with pytest.raises(Raised, match="ZeroDivisionError: division by zero"):
        answer[1]()
    with pytest.raises(Raised, match="ValueError: ZeroDivisionError"):
        answer(Function(lambda x: x / 0), 2)
    link.done({"text": "well done"}, time.monotonic() + 5)
    notebook.join()
    assert shown == [{"text": "well done"}]


def test_an_answer_that_was_held_up_with_the_machine_is_still_taken(ends):
    ours, theirs = ends
    late = Deadline(time.monotonic() - 60)
    threading.Timer(0.1, send, (theirs, REPLY, b"late")).start()
    assert receive(ours, late) == (REPLY, b"late")
    with pytest.raises(LinkLost, match=r"no answer in time"):
        receive(ours, late)
