"""The fork server as those who want kernels see it: started when first needed, replaced when it dies."""

import atexit
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.kernel import folders, messages
from autograder.kernel.protection import Protection, ProtectionMissing
from autograder.kernel.request import Request
from autograder.kernel.sandbox import users

# What the server inherits: it must find its modules and its fonts, and no more, as each kernel can read it.
INHERITED = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "PYTHONPATH",
    "LD_LIBRARY_PATH",
    "MPLCONFIGDIR",
    "XDG_CACHE_HOME",
)
# One thread; and from the C library memory in large pages, of which a fork has fewer to copy the table of.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
FIXED = {**dict.fromkeys(THREADS, "1"), "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
START_SECONDS = 60.0


class KernelNotStarted(RuntimeError):
    """The fork server or its keeper could not start a kernel."""


class NotYet(TimeoutError):
    """The fork server is still at its imports; it may be asked again."""


@dataclass(frozen=True)
class Ending:
    """How a kernel ended: its exit status (minus a signal's number), and which limit it broke, if any."""

    status: int
    reason: str | None = None
    cpu_seconds: float | None = None


class KernelProcess:
    """One running kernel, with as much of `subprocess.Popen` as jupyter_client asks for."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int, protection: Protection) -> None:
        self._connection = connection
        self.pid = pid
        self.protection = protection
        self.ending: Ending | None = None

    @property
    def returncode(self) -> int | None:
        """The exit status, or None as long as it runs."""
        return None if self.ending is None else self.ending.status

    def poll(self) -> int | None:
        """The exit status, or None if it runs."""
        if self.ending is None:
            self._connection.settimeout(0)
            self._receive_ending()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the kernel and all it started are gone."""
        if self.ending is None:
            self._connection.settimeout(timeout)
            self._receive_ending()
        if self.ending is None:
            raise subprocess.TimeoutExpired("kernel", timeout or 0)
        return self.ending.status

    def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel and the processes of its group."""
        self._order({"signal": int(signum)})

    def end(self, reason: str) -> None:
        """End the kernel and all it started, for a reason that its ending will give."""
        self._order({"kill": reason})

    def kill(self) -> None:
        """End the kernel and all it started."""
        self.end("killed")

    terminate = kill

    def close(self) -> None:
        """Wait no longer for a kernel that was ended; its keeper sees it through."""
        if self.ending is None:
            self.ending = Ending(-9, "shut down")
            self._connection.close()

    def _order(self, order: dict[str, Any]) -> None:
        if self.ending is None:
            try:
                messages.send(self._connection, order)
            except OSError:  # it has just ended
                self.poll()

    def _receive_ending(self) -> None:
        try:
            message, _ = messages.receive(self._connection)
        except (BlockingIOError, TimeoutError):
            return
        if message is None:
            self.ending = Ending(-9, "its keeper died")
        else:
            self.ending = Ending(message["exited"], message["reason"], message["cpu_seconds"])
        self._connection.close()


class ForkServer:
    """A fork server. It imports while its maker does other things; whoever needs it waits."""

    def __init__(self, preload: Sequence[str]) -> None:
        self._socket, theirs = messages.pair()
        with theirs:
            command = "import gc; gc.disable(); from autograder.kernel.forkserver import main; main()"
            self._process = subprocess.Popen(
                [sys.executable, "-c", command, str(theirs.fileno()), json.dumps(list(preload))],
                cwd="/",
                env={**FIXED, **{name: os.environ[name] for name in INHERITED if name in os.environ}},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.pid = self._process.pid
        self._starting = threading.Lock()
        self._started: dict[str, Any] | None = None

    @property
    def alive(self) -> bool:
        """Whether it can be asked for kernels."""
        return self._process.poll() is None

    @property
    def missing(self) -> list[str]:
        """The modules that are not installed."""
        return list(self._ready()["missing"])

    @property
    def import_seconds(self) -> float:
        """How long its imports took."""
        return float(self._ready()["seconds"])

    def _ready(self) -> dict[str, Any]:
        """What it said when it had imported everything."""
        with self._starting:
            if self._started is None:
                self._socket.settimeout(START_SECONDS)
                try:
                    started, _ = messages.receive(self._socket)
                except TimeoutError:
                    raise NotYet(f"the imports that kernels share take longer than {START_SECONDS:.0f} s") from None
                if started is None or "failed" in started:
                    self.close()
                    raise KernelNotStarted(started["failed"] if started else "the fork server died while importing")
                self._started = started
            return self._started

    def start(self, request: Request, files: Sequence[int] = ()) -> KernelProcess:
        """Fork a kernel that inherits `files`; it is ready to be spoken to when this returns."""
        self._ready()
        connection, theirs = messages.pair()
        try:
            with theirs:
                socket.send_fds(self._socket, [b"k"], [theirs.fileno()])
            messages.send(connection, request.as_json(), files)
            connection.settimeout(START_SECONDS)
            answer, _ = messages.receive(connection)
            if answer is not None and "introduce" in answer:
                messages.send(connection, {"failed": _introduce(answer["introduce"])})
                answer, _ = messages.receive(connection)
        except BaseException:
            connection.close()
            raise
        if answer is not None and "started" in answer:
            return KernelProcess(connection, answer["started"], Protection(answer["layers"]))
        connection.close()
        if answer is None:
            raise ConnectionResetError("the fork server died")
        if answer.get("reason") == "protection":
            raise ProtectionMissing(answer["failed"])
        raise KernelNotStarted(answer["failed"] or f"the kernel ended at once: {answer}")

    def close(self) -> None:
        """End the server, and with it all its kernels."""
        self._socket.close()
        if self._started is None:
            self._process.kill()
        see_out(self._process)


def see_out(process: subprocess.Popen[bytes]) -> None:
    """Wait for a process that was told to end, and end it if it does not."""
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


_servers: dict[tuple[str, ...], ForkServer] = {}
_folders: set[Path] = set()
_lock = threading.Lock()


def fork_server(preload: Sequence[str]) -> ForkServer:
    """The server of this process that has these modules imported."""
    key = tuple(preload)
    with _lock:
        if key in _servers and not _servers[key].alive:
            _servers.pop(key).close()
        if key not in _servers:
            _servers[key] = ForkServer(key)
        return _servers[key]


def start_kernel(request: Request, files: Sequence[int] = ()) -> KernelProcess:
    """Fork a kernel, from a new server where the old one has died."""
    preload = request.settings.preload
    try:
        return fork_server(preload).start(request, files)
    except ConnectionError:
        return fork_server(preload).start(request, files)


def _introduce(keeper: int) -> str | None:
    """Say who is who to a keeper in its new namespace of users; why that failed, if it did."""
    try:
        users.introduce(keeper)
    except OSError as error:
        return f"the users of the new namespace could not be set: {error}"
    return None


def missing() -> str | None:
    """Why this platform has no fork server, or None."""
    if not sys.platform.startswith("linux"):
        return f"a fork server needs Linux, and this is {sys.platform}"
    return None


def new_folder() -> Path:
    """A private folder for one kernel, with a path short enough for sockets."""
    folder = folders.make()
    _folders.add(folder)
    furnish_folder(folder)
    return folder


def furnish_folder(folder: Path) -> None:
    """Make the folder as a new kernel needs it, without what an earlier one left there."""
    folder.chmod(0o700)
    for left in folder.iterdir():
        shutil.rmtree(left, ignore_errors=True)
    for part in ("channels", "root"):
        (folder / part).mkdir(mode=0o700)


def remove_folder(folder: Path) -> None:
    """Remove what `new_folder` made, and what a kernel left there."""
    _folders.discard(folder)
    folders.remove(folder)


@atexit.register
def _leave_nothing() -> None:
    while _servers:
        _servers.popitem()[1].close()
    while _folders:  # of tools that end without shutting down their kernels
        folders.remove(_folders.pop())
