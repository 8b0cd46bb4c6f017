"""The process that grades for a worker, as the worker sees it: started when first needed, replaced when it dies."""

import atexit
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from autograder.grading.wide.blob import LENGTH
from autograder.kernel import folders

START_SECONDS = 120.0  # its imports may come from a disk that many workers share
END_SECONDS = 10.0
LOOK_SECONDS = 0.5  # between two looks whether an answer is still wanted
PIECE = 2**20  # bytes that are read at once


class GraderLost(RuntimeError):
    """The grader beside a worker could not be started, or is gone."""


class GraderFailed(RuntimeError):
    """It could not do what was asked, by no fault of the submission's."""


class Beside:
    """A grader's process. Many threads may ask it at the same time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        atexit.register(self.end)

    def ask(self, parts: Sequence[bytes], is_wanted: Callable[[], bool] = lambda: True) -> bytes:
        """What it answers to a request; nothing, once that is not wanted any longer."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(self._listening())
            connection.sendall(bytes([len(parts)]) + b"".join(len(part).to_bytes(LENGTH) + part for part in parts))
            connection.settimeout(LOOK_SECONDS)
            head = _receive(connection, 1 + LENGTH, is_wanted)
            answer = _receive(connection, int.from_bytes(head[1:]), is_wanted)
        if head and answer and not head[0]:
            raise GraderFailed(answer.decode())
        return answer

    def end(self) -> None:
        """End the process, and with it all that it started."""
        if self._process is not None:
            try:
                self._process.communicate(timeout=END_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.communicate()
        if self._folder is not None:
            folders.remove(self._folder)
        self._process = self._folder = None

    def _listening(self) -> str:
        """Where it listens, in a folder that is closed to others."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self.end()
                self._start()
            return f"{self._folder}/grader"

    def _start(self) -> None:
        self._folder = folders.make()
        # Not by -m: judges would import the module again, each of them.
        command = "from autograder.grading.wide.service import main; main()"
        process = self._process = subprocess.Popen(
            [sys.executable, "-c", command, f"{self._folder}/grader"],
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert process.stdout is not None
        says, _, _ = select.select([process.stdout], [], [], START_SECONDS)
        if not says or not process.stdout.readline():
            process.kill()
            self.end()
            raise GraderLost("the grader beside the worker did not start; the worker's log says why")


def _receive(connection: socket.socket, length: int, is_wanted: Callable[[], bool]) -> bytes:
    received = bytearray()
    while len(received) < length:
        try:
            piece = connection.recv(min(length - len(received), PIECE))
        except TimeoutError:
            if is_wanted():
                continue
            return b""
        if not piece:
            raise GraderLost("the grader beside the worker died")
        received += piece
    return bytes(received)
