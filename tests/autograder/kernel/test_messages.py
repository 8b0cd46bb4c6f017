"""Messages arrive whole, with files, and last words survive an unread letter."""

import os

import pytest

from autograder.kernel import messages


@pytest.fixture
def ends():
    one, other = messages.pair()
    with one, other:
        yield one, other


def test_a_message_brings_files(ends):
    one, other = ends
    read, write = os.pipe()
    messages.send(one, {"text": "hello"}, [write])
    message, (copy,) = messages.receive(other)
    assert message == {"text": "hello"}
    os.write(copy, b"through the copy")
    assert os.read(read, 100) == b"through the copy"
    for descriptor in (read, write, copy):
        os.close(descriptor)


def test_a_closed_end_gives_none(ends):
    one, other = ends
    one.close()
    assert messages.receive(other) == (None, [])


def test_last_words_arrive_though_a_message_was_not_read(ends):
    one, other = ends
    messages.send(other, {"never": "read"})
    messages.send(one, {"last": "words"})
    one.close()
    assert messages.receive(other) == ({"last": "words"}, [])
    assert messages.receive(other) == (None, [])


def test_a_message_too_large_is_refused(ends):
    with pytest.raises(ValueError, match="bytes; 200000 fit"):
        messages.send(ends[0], {"text": "x" * 200_000})
