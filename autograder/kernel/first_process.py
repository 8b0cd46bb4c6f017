"""The first process of a sandbox: builds it from inside, starts the kernel in it, and waits for the dead."""

import importlib.util
import os
import signal
import socket
import stat
import sys
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from autograder.kernel import kernel_process, messages
from autograder.kernel.protection import OFF, Attempts
from autograder.kernel.request import Request
from autograder.kernel.sandbox import libc, mounts, namespaces, rlimits, users


@dataclass(frozen=True)
class Place:
    """Where things are, as the kernel sees them, and who it is (None: whoever its keeper is).

    What is `hidden` lies in what is `readable`, and is left for Landlock to hide.
    """

    scratch: Path
    channels: Path
    readable: tuple[str, ...]
    hidden: tuple[str, ...]
    owner: int | None
    ceilings: dict[int, int]


def main(
    keeper_socket: socket.socket,
    keeper: int,
    readable: list[str],
    request: Request,
    attempts: Attempts,
    files: list[int],
) -> NoReturn:
    """Run the kernel of a request; all of the sandbox dies with this process."""
    try:
        libc.name_process("kernel-first")
        for layer in ("net", "ipc"):
            attempts.attempt(layer, lambda layer=layer: namespaces.enter(layer))  # type: ignore[misc]
        libc.die_with_parent(signal.SIGKILL, keeper)
        if not attempts.on("pid"):
            libc.prctl(libc.PR_SET_CHILD_SUBREAPER, 1)
        place = _build(readable, request, attempts)
        parent = os.getpid()
        kernel = os.fork()
        if kernel == 0:
            kernel_process.main(keeper_socket, parent, place, request, attempts, files)
        for file in files:
            os.close(file)
        descriptor = os.pidfd_open(kernel)
        messages.send(keeper_socket, {}, [descriptor])
        messages.send(keeper_socket, {"status": _wait_for(kernel)})
    except BrokenPipeError:
        pass
    except BaseException as error:
        messages.send(keeper_socket, {"failed": f"{type(error).__name__}: {error}"})
        if not isinstance(error, OSError):
            traceback.print_exc()
            sys.stderr.flush()
    finally:
        os._exit(0)


def _build(readable: list[str], request: Request, attempts: Attempts) -> Place:
    limits = request.settings.limits
    paths = (*mounts.SYSTEM, sys.prefix, sys.base_prefix, *readable, *request.settings.readable)
    folder = Path(request.folder)
    channels = folder / "channels"
    work = Path(request.work) if request.work else None
    own_user = attempts.on("user")
    ceilings = rlimits.ceilings(limits, own_user=own_user)
    stranger = _unprivileged(own_user, attempts)
    owner = stranger
    if stranger is not None:
        os.chown(channels, stranger, stranger)

    hidden = tuple(_folders(request.settings.hidden))

    def view() -> None:
        namespaces.enter("mount")
        mounts.enter_view(
            folder / "root",
            readable=paths,
            hidden=hidden,
            channels=channels,
            work=work,
            owner=stranger,
            own_processes=attempts.on("pid"),
            disk_bytes=limits.disk_bytes,
        )

    if attempts.attempt("mount", view):
        proc = ("/proc",) if attempts.on("pid") else ()
        seen = (*mounts.outermost(paths), "/etc", *proc)
        return Place(Path("/tmp"), Path(mounts.CHANNELS), seen, (), owner, ceilings)
    if owner is not None and not all(map(_open_to_all, (sys.prefix, sys.base_prefix, *readable))):
        owner = None
        os.chown(channels, 0, 0)
        attempts.states["user"] = "the Python environment is for root alone, so the kernel runs as root"
    scratch = folder / "scratch"
    scratch.mkdir()
    mounts.furnish(scratch, work, owner)
    if owner is not None:
        folder.chmod(0o711)
    seen = (*paths, "/etc/passwd", "/etc/group", "/etc/hosts", "/proc/cpuinfo", "/proc/meminfo")
    return Place(scratch, channels, seen, hidden, owner, ceilings)


def _folders(packages: Iterable[str]) -> list[str]:
    found = (importlib.util.find_spec(name) for name in packages)
    return [folder for spec in found if spec is not None for folder in spec.submodule_search_locations or ()]


def _unprivileged(own_user: bool, attempts: Attempts) -> int | None:
    if os.geteuid() != 0 or attempts.states["user"] == OFF:
        return None
    return users.KERNEL_ID if own_user else users.stranger()


def _open_to_all(path: str) -> bool:
    folders = (Path(path).resolve(), *Path(path).resolve().parents)
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in folders)


def _wait_for(kernel: int) -> int:
    while True:
        pid, status = os.wait()
        if pid == kernel:
            return os.waitstatus_to_exitcode(status)
