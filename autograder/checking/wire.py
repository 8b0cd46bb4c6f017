"""The link between a judge and a student's kernel in another process: messages over a socket."""

import contextlib
import math
import socket
import struct
import time
from collections.abc import Callable, Iterator
from typing import Any

from autograder.checking.caller import LinkLost
from autograder.checking.servant import Servant
from autograder.checking.values import MAX_BYTES, MAX_JSON_BYTES, BadMessage, pack, unpack

MAX_MESSAGE_BYTES = MAX_BYTES + 2 * MAX_JSON_BYTES

# What a message is, in its first byte.
CHECK, REQUEST, REPLY, ASK, TOLD, DONE = (bytes([c]) for c in b"CQRATD")


class DescriptorLink:
    """The judge's end. Each exchange has `seconds`; what comes is bounded, and nothing in it is trusted."""

    def __init__(self, connection: socket.socket, *, seconds: float) -> None:
        self._connection = connection
        self._seconds = seconds

    def exchange(self, request: bytes, ask: Callable[[bytes], bytes]) -> bytes:
        ends_at = time.monotonic() + self._seconds
        send(self._connection, REQUEST, request, ends_at)
        while True:
            kind, data = receive(self._connection, ends_at)
            if kind == REPLY:
                return data
            if kind != ASK:
                raise LinkLost(f"a message of kind {kind!r} where an answer was due")
            send(self._connection, TOLD, ask(data), ends_at)

    def next_check(self, ends_at: float) -> str:
        """Which check the notebook has come to."""
        kind, data = receive(self._connection, ends_at)
        try:
            name = unpack(data).get("check") if kind == CHECK else None
        except BadMessage as error:
            raise LinkLost(str(error)) from None
        if not isinstance(name, str):
            raise LinkLost(f"a message of kind {kind!r} where a check was due")
        return name

    def done(self, shown: dict[str, Any], ends_at: float) -> None:
        """Tell the notebook how the check ended, for it to show."""
        send(self._connection, DONE, pack(shown), ends_at)


def serve(connection: socket.socket, name: str, servant: Servant) -> dict[str, Any]:
    """The student's end: announce the check, do what the judge asks, and give what it says at the end."""
    send(connection, CHECK, pack({"check": name}))

    def ask(data: bytes) -> bytes:
        send(connection, ASK, data)
        kind, answer = receive(connection)
        if kind != TOLD:
            raise LinkLost(f"a message of kind {kind!r} where the judge's word was due")
        return answer

    while True:
        kind, data = receive(connection)
        if kind == DONE:
            return unpack(data)
        send(connection, REPLY, servant.handle(data, ask))


def send(connection: socket.socket, kind: bytes, data: bytes, ends_at: float = math.inf) -> None:
    """Write one message whole."""
    view = memoryview(kind + struct.pack("<Q", len(data)) + data)
    while view:
        with _until(ends_at, connection):
            view = view[connection.send(view) :]


def receive(connection: socket.socket, ends_at: float = math.inf) -> tuple[bytes, bytes]:
    """Read one message whole, as (kind, data)."""
    header = _read(connection, 9, ends_at)
    (length,) = struct.unpack("<Q", header[1:])
    if length > MAX_MESSAGE_BYTES:
        raise LinkLost(f"a message of {length} bytes; at most {MAX_MESSAGE_BYTES} fit")
    return header[:1], _read(connection, length, ends_at)


def _read(connection: socket.socket, length: int, ends_at: float) -> bytes:
    data = bytearray()
    while len(data) < length:
        with _until(ends_at, connection):
            piece = connection.recv(min(length - len(data), 2**20))
        if not piece:
            raise LinkLost("the other side is gone")
        data += piece
    return bytes(data)


@contextlib.contextmanager
def _until(ends_at: float, connection: socket.socket) -> Iterator[None]:
    """What is done with `connection` in the body ends by then, or the link is lost."""
    left = ends_at - time.monotonic()
    try:
        if left <= 0:
            raise TimeoutError
        connection.settimeout(None if left == math.inf else left)
        yield
    except TimeoutError:
        raise LinkLost("no answer in time") from None
    except OSError as error:
        raise LinkLost(f"the other side is gone ({error})") from None
