"""The process over one kernel, outside its sandbox: starts it, watches what it uses, passes on signals, ends it.

    fork server -> keeper -> first process of the sandbox -> kernel

If any of the three on the left dies, all to its right do.
"""

import os
import select
import signal
import socket
import sys
import time
import traceback
from pathlib import Path
from typing import Any, NoReturn

from autograder.kernel import first_process, messages
from autograder.kernel.protection import Attempts, Protection, ProtectionMissing
from autograder.kernel.request import Request
from autograder.kernel.sandbox import libc, namespaces, watchdog

TICK = 0.05  # seconds between two looks at what the kernel uses


def main(connection: socket.socket, server: int, readable: list[str]) -> NoReturn:
    """Serve one request from `connection`, as a fork of the process `server`; `readable` are paths a kernel reads."""
    try:
        libc.name_process("kernel-keeper")
        message, files = messages.receive(connection)
        if message is not None:
            _keep(connection, server, readable, Request.from_json(message), files)
    except BrokenPipeError:  # nobody waits for the kernel any more
        pass
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(0)


def _keep(connection: socket.socket, server: int, readable: list[str], request: Request, files: list[int]) -> None:
    attempts = Attempts(request.settings.off)
    attempts.attempt("user", lambda: namespaces.enter_user(lambda: _be_introduced(connection)))
    libc.die_with_parent(signal.SIGKILL, server)
    if not attempts.attempt("pid", lambda: namespaces.enter("pid")):
        libc.prctl(libc.PR_SET_CHILD_SUBREAPER, 1)
    attempts.attempt("watchdog", _require_watchdog)
    outside, inside = messages.pair()
    keeper = os.getpid()
    first = os.fork()
    if first == 0:
        connection.close()
        outside.close()
        first_process.main(inside, keeper, readable, request, attempts, files)
    libc.prctl(libc.PR_SET_DUMPABLE, 0)
    inside.close()
    for file in files:
        os.close(file)
    _Watch(connection, outside, first, request, attempts).until_end()


def _be_introduced(connection: socket.socket) -> None:
    # The other end is outside the new namespace of users.
    messages.send(connection, {"introduce": os.getpid()})
    answer, _ = messages.receive(connection)
    if answer is None or answer["failed"]:
        raise OSError(answer["failed"] if answer else "nobody waits for it")


def _require_watchdog() -> None:
    if reason := watchdog.missing():
        raise OSError(reason)


class _Watch:
    def __init__(
        self, connection: socket.socket, inside: socket.socket, first: int, request: Request, attempts: Attempts
    ) -> None:
        self.connection, self.inside, self.first = connection, inside, first
        self.settings = request.settings
        self.layers = attempts.states
        self.watches = attempts.on("watchdog")
        self.folder = Path(request.folder)
        self.kernel: int | None = None  # a descriptor of the kernel's process
        self.status: int | None = None
        self.failure: str | None = None
        self.reason: str | None = None

    def until_end(self) -> None:
        """Watch until the kernel has ended, or end it; then say how it ended."""
        deadline = time.monotonic() + self.settings.limits.notebook_seconds
        while self._next_messages() and self.reason is None:
            if self.watches:
                late = time.monotonic() > deadline
                self.reason = "time" if late else watchdog.excess(self.first, self.settings.limits, self._disk())
        os.kill(self.first, signal.SIGKILL)
        _, status, usage = os.wait4(self.first, 0)
        self._kill_strays()
        if self.status is None:
            self.status = os.waitstatus_to_exitcode(status)
        messages.send(
            self.connection,
            {
                "failed": self.failure,
                "exited": self.status,
                "reason": self.reason,
                "cpu_seconds": usage.ru_utime + usage.ru_stime,
            },
        )

    def _next_messages(self) -> bool:
        ready, _, _ = select.select([self.connection, self.inside], [], [], TICK)
        if self.connection in ready:
            message, _ = messages.receive(self.connection)
            if message is None:
                self.reason = "nobody waits for it"
            else:
                self._obey(message)
        if self.inside in ready:
            message, files = messages.receive(self.inside)
            if message is None:
                return False
            self._note(message, files)
        return True

    def _obey(self, message: dict[str, Any]) -> None:
        if "kill" in message:
            self.reason = message["kill"]
        elif self.kernel is not None:
            signum = message["signal"]
            try:
                signal.pidfd_send_signal(self.kernel, 0)  # it still runs, so its number is still its own
                os.killpg(_process_of(self.kernel), signum)
            except ProcessLookupError:
                pass

    def _note(self, message: dict[str, Any], files: list[int]) -> None:
        self.layers |= message.get("layers", {})
        self.status = message.get("status", self.status)
        self.failure = message.get("failed", self.failure)
        if files:
            self.kernel = files[0]
        if "ready" in message:
            protection = Protection(self.layers)
            try:
                protection.require(self.settings.required)
            except ProtectionMissing as error:
                self.failure, self.reason = str(error), "protection"
            else:
                messages.send(self.connection, {"started": os.getpid(), "layers": self.layers})

    def _disk(self) -> Path | None:
        return None if self.layers.get("mount") == "on" else self.folder

    def _kill_strays(self) -> None:
        # Without a pid namespace, what the kernel left behind became this process's own.
        while strays := list(watchdog.descendants(os.getpid())):
            for stray in strays:
                try:
                    os.kill(stray, signal.SIGKILL)
                    os.waitpid(stray, 0)
                except (ProcessLookupError, ChildProcessError):
                    continue


def _process_of(descriptor: int) -> int:
    for line in Path(f"/proc/self/fdinfo/{descriptor}").read_text().splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    raise ProcessLookupError
