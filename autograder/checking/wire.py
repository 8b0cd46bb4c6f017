"""The link between a judge and a student's kernel in another process: messages over a socket."""

import math
import socket
import struct
import time
from collections.abc import Callable
from typing import Any, TypeVar

from autograder.checking.caller import LinkLost
from autograder.checking.servant import Servant
from autograder.checking.values import MAX_BYTES, MAX_JSON_BYTES, BadMessage, pack, unpack

MAX_MESSAGE_BYTES = MAX_BYTES + 2 * MAX_JSON_BYTES

LAST_MOMENT = 1.0  # seconds

T = TypeVar("T")

# What a message is, in its first byte.
CHECK, REQUEST, REPLY, ASK, TOLD, DONE = (bytes([c]) for c in b"CQRATD")


class DescriptorLink:
    """The judge's end. Each exchange has `seconds`; what comes is bounded, and nothing in it is trusted."""

    def __init__(self, connection: socket.socket, *, seconds: float) -> None:
        self._connection = connection
        self._seconds = seconds

    def exchange(self, request: bytes, ask: Callable[[bytes], bytes]) -> bytes:
        deadline = Deadline(time.monotonic() + self._seconds)
        send(self._connection, REQUEST, request, deadline)
        while True:
            kind, data = receive(self._connection, deadline)
            if kind == REPLY:
                return data
            if kind != ASK:
                raise LinkLost(f"a message of kind {kind!r} where an answer was due")
            send(self._connection, TOLD, ask(data), deadline)

    def next_check(self, ends_at: float) -> str:
        """Which check the notebook has come to."""
        kind, data = receive(self._connection, Deadline(ends_at))
        try:
            name = unpack(data).get("check") if kind == CHECK else None
        except BadMessage as error:
            raise LinkLost(str(error)) from None
        if not isinstance(name, str):
            raise LinkLost(f"a message of kind {kind!r} where a check was due")
        return name

    def done(self, shown: dict[str, Any], ends_at: float) -> None:
        """Tell the notebook how the check ended, for it to show."""
        send(self._connection, DONE, pack(shown), Deadline(ends_at))


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


class Deadline:
    """When an exchange must be over: once late, a last moment is given, for the machine may have stood still."""

    def __init__(self, ends_at: float) -> None:
        self._ends_at = ends_at
        self._is_last = False

    def left(self) -> float:
        """The seconds left, none or fewer once it is over for good."""
        left = self._ends_at - time.monotonic()
        if left <= 0 and not self._is_last:
            self._is_last = True
            self._ends_at, left = time.monotonic() + LAST_MOMENT, LAST_MOMENT
        return left


def send(connection: socket.socket, kind: bytes, data: bytes, deadline: Deadline | None = None) -> None:
    """Write one message whole."""
    view = memoryview(kind + struct.pack("<Q", len(data)) + data)
    while view:
        view = view[_in_time(lambda: connection.send(view), connection, deadline) :]  # noqa: B023


def receive(connection: socket.socket, deadline: Deadline | None = None) -> tuple[bytes, bytes]:
    """Read one message whole, as (kind, data)."""
    header = _read(connection, 9, deadline)
    (length,) = struct.unpack("<Q", header[1:])
    if length > MAX_MESSAGE_BYTES:
        raise LinkLost(f"a message of {length} bytes; at most {MAX_MESSAGE_BYTES} fit")
    return header[:1], _read(connection, length, deadline)


def _read(connection: socket.socket, length: int, deadline: Deadline | None) -> bytes:
    data = bytearray()
    while len(data) < length:
        wanted = min(length - len(data), 2**20)
        piece = _in_time(lambda: connection.recv(wanted), connection, deadline)  # noqa: B023
        if not piece:
            raise LinkLost("the other side is gone")
        data += piece
    return bytes(data)


def _in_time(act: Callable[[], T], connection: socket.socket, deadline: Deadline | None) -> T:
    """What `act` does with `connection`, or LinkLost once the deadline has passed."""
    left = math.inf if deadline is None else deadline.left()
    while left > 0:
        connection.settimeout(None if left == math.inf else left)
        try:
            return act()
        except TimeoutError:
            left = math.inf if deadline is None else deadline.left()
        except OSError as error:
            raise LinkLost(f"the other side is gone ({error})") from None
    raise LinkLost("no answer in time")
