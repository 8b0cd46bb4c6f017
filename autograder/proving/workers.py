"""A few worker processes for jobs that may hang or die: the pools of the standard library wait for such for ever."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

# A fork of a clean process that has done the imports: quick, and free of this one's threads.
CAN_FORK = "forkserver" in multiprocessing.get_all_start_methods()
CONTEXT: Any = multiprocessing.get_context("forkserver" if CAN_FORK else "spawn")
PRELOAD = [
    "numpy",
    "cnnlib",
    "autograder.checking.lesson",
    "autograder.proving.answers",
    "autograder.proving.notebooks",
]
LEAVING_SECONDS = 5.0  # for a process without a job to tidy up


@dataclass(frozen=True)
class Failed:
    """A job without a result: it raised; or it took too long or ended its process, and was lost."""

    why: str
    lost: bool = False


class _Worker:
    """One process that does one job at a time, and is replaced when it does not come back."""

    def __init__(self) -> None:
        self._process: Any = None
        self._connection: Any = None

    def do(self, function: Callable[..., Any], arguments: Sequence[Any], seconds: float) -> Any:
        if self._process is None:
            self._start()
        try:
            self._connection.send((function, arguments))
            if self._connection.poll(seconds):
                return self._connection.recv()
            why = f"no result within {seconds:g} s"
        except (EOFError, OSError):
            why = "its process died"
        self.kill()
        return Failed(why, lost=True)

    def _start(self) -> None:
        self._connection, theirs = CONTEXT.Pipe()
        self._process = CONTEXT.Process(target=_serve, args=(theirs, dict(os.environ)), daemon=False)
        self._process.start()
        theirs.close()

    def leave(self) -> None:
        """Let the process end by itself, and tidy up; it has no job."""
        if self._process is not None:
            self._connection.close()
            self._process.join(LEAVING_SECONDS)
            self.kill()

    def kill(self) -> None:
        self._connection.close()
        self._process.kill()
        self._process.join()
        self._process = None


def run_jobs(
    jobs: Sequence[tuple[Callable[..., Any], tuple[Any, ...]]], *, processes: int, seconds: float
) -> Iterator[Any]:
    """The result of each (function, arguments), in their order; `Failed` where there is none."""
    if CAN_FORK:
        CONTEXT.set_forkserver_preload(PRELOAD)
    mine = threading.local()
    workers: list[_Worker] = []

    def hire() -> None:
        mine.worker = _Worker()
        workers.append(mine.worker)

    def do(job: tuple[Callable[..., Any], tuple[Any, ...]]) -> Any:
        return mine.worker.do(*job, seconds)

    try:
        with ThreadPoolExecutor(processes, initializer=hire) as threads:
            yield from threads.map(do, jobs)
    finally:
        for worker in workers:
            worker.leave()


def _serve(connection: Connection, environment: dict[str, str]) -> None:
    os.environ.clear()  # the one a fork server began with may be an older one
    os.environ.update(environment)
    while True:
        try:
            function, arguments = connection.recv()
        except EOFError:
            return
        try:
            result = function(*arguments)
        except Exception as error:  # whatever a job raises is told to whoever asked for it
            result = Failed(f"{type(error).__name__}: {error}")
        connection.send(result)
