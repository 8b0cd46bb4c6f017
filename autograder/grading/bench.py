"""Where judges come from, as the grader sees it: a process started when first needed, replaced when it dies."""

import atexit
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from autograder.errors import UserError
from autograder.grading.lines import Lines
from autograder.grading.master import Assignment, Seed
from autograder.kernel.server import FIXED, see_out

MOST_AHEAD = 500  # exercises, of all classes; a course has 140, which take some 250 MB
START_SECONDS = 60.0  # to fork a judge, once more important things are done: imports, or an exercise worked ahead

Work = tuple[str, str, int]  # lesson, exercise, seed


class Bench:
    """The process that judges are forked from."""

    def __init__(self, lessons: Sequence[str]) -> None:
        ours, theirs = socket.socketpair()
        command = "import gc; gc.disable(); from autograder.grading.judges import main; main()"
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", command, str(theirs.fileno())],
                cwd="/",
                env={**os.environ, **FIXED},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.pid = self._process.pid
        ours.settimeout(START_SECONDS)
        self._lines = Lines(ours)
        self._asking = threading.Lock()
        self._lines.send({"path": sys.path, "lessons": list(lessons)})

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def work_ahead(self, work: Iterable[Work]) -> None:
        """Have the cases of exercises drawn and answered by the reference, as soon as there is time."""
        self._send({"ahead": list(work)})

    def forget(self) -> None:
        """Have all that was done ahead forgotten."""
        self._send({"forget": True})

    def fork(self, lesson: str, language: str, files: Sequence[int]) -> int:
        """Fork a judge that inherits `files`; its process. One that cannot is ended, for another to take its place."""
        try:
            with self._asking:
                self._lines.send({"judge": [lesson, language]}, files)
                answer = self._lines.receive() or {"unfit": "the process that judges are forked from died"}
            if "unfit" in answer:
                raise ConnectionResetError(answer["unfit"])
        except TimeoutError:
            self._kill()
            raise ConnectionResetError(f"no judge could be started within {START_SECONDS:.0f} s") from None
        except ConnectionError:
            self._kill()
            raise
        return int(answer["pid"])

    def end(self, pid: int) -> None:
        """End a judge, whatever it does."""
        self._send({"end": pid})

    def close(self) -> None:
        """End the process, and with it all its judges."""
        self._lines.close()
        see_out(self._process)

    def _kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _send(self, message: dict[str, Any]) -> None:
        with suppress(OSError):  # it has died, and its judges end by themselves
            self._lines.send(message)


@dataclass(frozen=True)
class Judge:
    """A judge that was forked."""

    bench: Bench
    pid: int

    def end(self) -> None:
        """End it, whatever it does."""
        self.bench.end(self.pid)


@dataclass
class _Present:
    """The one process that this one has its judges from. One that takes another's place works nothing ahead.

    The other may have died of that.
    """

    bench: Bench | None = None
    lessons: tuple[str, ...] = ()
    works_ahead: bool = True
    work: set[Work] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self) -> Bench:
        if not hasattr(os, "fork"):
            raise UserError(f"this course's checks are judged in forks, which {sys.platform} lacks: grade under Linux")
        with self.lock:
            if self.bench is not None and not self.bench.alive:
                self.bench.close()
                self.bench, self.works_ahead = None, False
            if self.bench is None:
                self.bench = Bench(self.lessons)
            return self.bench


_present = _Present()


def preload(lessons: Sequence[str]) -> None:
    """Have judges forked from a process that has these lessons' exercises imported."""
    _present.lessons = tuple(lessons)
    if lessons:
        _present.get()  # so that it imports while kernels start


def work_ahead(assignment: Assignment, seed: Seed) -> None:
    """Have the cases of an assignment's checks drawn and answered by the reference before they are asked for."""
    work = [(lesson, exercise, seed(lesson, exercise)) for lesson, exercise in assignment.exercises]
    if not work or not _present.works_ahead:
        return
    bench = _present.get()
    if len(_present.work.union(work)) > MOST_AHEAD:
        _present.work.clear()
        bench.forget()
    bench.work_ahead([one for one in work if one not in _present.work])
    _present.work.update(work)


def start_judge(lesson: str, language: str, grader: socket.socket, notebook: socket.socket) -> Judge:
    """Fork a judge that hears these two, from a new process where the old one has died."""
    files = (grader.fileno(), notebook.fileno())
    try:
        bench = _present.get()
        return Judge(bench, bench.fork(lesson, language, files))
    except ConnectionError:
        bench = _present.get()
        return Judge(bench, bench.fork(lesson, language, files))


def process() -> int | None:
    """The process that judges are forked from at present."""
    return None if _present.bench is None else _present.bench.pid


@atexit.register
def _leave_nothing() -> None:
    if _present.bench is not None:
        _present.bench.close()
