"""The process that judges are forked from. Trusted: it imports the exercises, and nothing a student wrote is near it.

While nobody asks for a judge it works ahead: it draws the cases of a class and has the reference answer them, which
each judge would do again for each student. If that left a second thread, it forks no more, and another takes its place.
"""

import gc
import importlib
import os
import signal
import socket
import sys
import traceback
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, NoReturn

from autograder.checking.ahead import Ahead
from autograder.grading.judging import attend
from autograder.grading.lines import Lines
from autograder.kernel.threads import ThreadStarted, require_one_thread


def main() -> NoReturn:
    """Serve the socket whose number is the first argument, until the other end is closed.

    Whoever calls it has switched off the search for garbage: what is imported stays, and no judge need look through it.
    """
    judges = _Judges(Lines(socket.socket(fileno=int(sys.argv[1]))))
    try:
        judges.serve()
    except ConnectionError:  # the grader has just ended
        pass
    except BaseException:
        traceback.print_exc()
    finally:
        judges.end_all()
        sys.stderr.flush()
        os._exit(0)


class _Judges:
    def __init__(self, grader: Lines) -> None:
        self._grader = grader
        self._running: set[int] = set()
        self._ahead: dict[str, Ahead] = {}
        self._to_do: deque[Iterator[None]] = deque()

    def serve(self) -> None:
        while True:
            while self._to_do and not self._grader.waits:
                self._work_ahead()
            message = self._grader.receive()
            if message is None:
                return
            self._obey(message)

    def end_all(self) -> None:
        """End all judges that are left."""
        for pid in self._running:
            os.kill(pid, signal.SIGKILL)

    def _obey(self, message: dict[str, Any]) -> None:
        if "judge" in message:
            lesson, language = message["judge"]
            self._grader.send(self._judge(lesson, language, self._grader.file(), self._grader.file()))
        elif "end" in message:
            self._running.remove(message["end"])
            os.kill(message["end"], signal.SIGKILL)
            os.waitpid(message["end"], 0)
        elif "ahead" in message:
            self._to_do += [self._known(lesson, exercise, seed) for lesson, exercise, seed in message["ahead"]]
        elif "forget" in message:
            self._to_do.clear()
            self._ahead.clear()
        else:
            self._begin(message["path"], message["lessons"])

    def _begin(self, path: Sequence[str], lessons: Sequence[str]) -> None:
        """Import what judges need."""
        sys.path[:] = path
        for name in [*map(_module, lessons), "autograder.checking.rehearsal"]:
            with suppress(Exception):  # a judge of that lesson tries again; those of the others need not suffer
                importlib.import_module(name)
        gc.enable()

    def _judge(self, lesson: str, language: str, grader: int, notebook: int) -> dict[str, Any]:
        """Fork a judge; its process, or why there can be none."""
        try:
            if self._ahead:
                require_one_thread("the process that judges are forked from", "after working ahead")
        except ThreadStarted as error:
            return {"unfit": str(error)}
        pid = os.fork()
        if pid:
            os.close(grader)
            os.close(notebook)
            self._running.add(pid)
            return {"pid": pid}
        try:
            self._grader.close()
            ends = socket.socket(fileno=grader), socket.socket(fileno=notebook)
            attend(*ends, lesson, language, self._ahead.get(lesson, Ahead()))
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(0)

    def _work_ahead(self) -> None:
        """Do one stage of an exercise. One that fails is left to the judges, who say why."""
        try:
            next(self._to_do[0])
        except Exception:
            self._to_do.popleft()
        gc.collect()
        gc.freeze()

    def _known(self, lesson: str, name: str, seed: int) -> Iterator[None]:
        exercises = importlib.import_module(_module(lesson)).EXERCISES
        exercise = next(exercise for exercise in exercises if exercise.name == name)
        yield from self._ahead.setdefault(lesson, Ahead()).work(exercise, seed)


def _module(lesson: str) -> str:
    return f"autograder.exercises.{lesson}"
