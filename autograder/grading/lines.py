"""Messages between the grader and the process that judges come from: a line of JSON each, with open files beside it.

Kernels' messages are packets (`kernel/messages.py`), which only Linux has; judges work on any Unix.
"""

import json
import select
import socket
import threading
from collections import deque
from collections.abc import Sequence
from typing import Any

AT_ONCE = 2**16
MOST_FILES = 8  # beside one message


class Lines:
    """One end. Several threads may send; one receives."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._sending = threading.Lock()
        self._read = bytearray()
        self._files: deque[int] = deque()

    def send(self, message: dict[str, Any], files: Sequence[int] = ()) -> None:
        """Send a message, with descriptors of open files."""
        line = json.dumps(message).encode() + b"\n"
        with self._sending:
            sent = socket.send_fds(self._end, [line], files)
            self._end.sendall(line[sent:])

    def receive(self) -> dict[str, Any] | None:
        """The next message; None where the other end is closed."""
        while b"\n" not in self._read:
            data, files, _, _ = socket.recv_fds(self._end, AT_ONCE, MOST_FILES)
            if not data:
                return None
            self._read += data
            self._files += files
        line, _, self._read = self._read.partition(b"\n")
        message: dict[str, Any] = json.loads(line)
        return message

    def file(self) -> int:
        """The next of the files that came beside the messages."""
        return self._files.popleft()

    @property
    def waits(self) -> bool:
        """Whether there is something to receive."""
        return b"\n" in self._read or bool(select.select([self._end], [], [], 0)[0])

    def close(self) -> None:
        self._end.close()
