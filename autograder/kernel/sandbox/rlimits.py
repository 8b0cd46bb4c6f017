"""Limits that the system keeps on each process."""

import resource
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder.kernel.limits import Limits

STACKS = 128 * 2**20  # of the dozen threads of a kernel, which use little of them


def ceilings(limits: Limits, *, own_user: bool) -> dict[int, int]:
    """The limits for a kernel that this process will start.

    Memory counts from what this process has already and the kernel's threads reserve; processes count by user, so
    those of a user who is not the kernel's own (`own_user`) are added.
    """
    others = 0 if own_user else sum(_tasks_of_this_user())
    return {
        resource.RLIMIT_DATA: _field(Path("/proc/self/status"), "VmData") * 1024 + STACKS + limits.memory_bytes,
        resource.RLIMIT_NPROC: others + limits.processes,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }


def restrict(most: Mapping[int, int]) -> None:
    """Set limits on this process and all that it starts, for good."""
    for what, value in most.items():
        _, hard = resource.getrlimit(what)
        lowered = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(what, (lowered, lowered))


def _tasks_of_this_user() -> Iterator[int]:
    uid = Path("/proc/self").stat().st_uid
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdecimal() and process.stat().st_uid == uid:
                yield _field(process / "status", "Threads")
        except OSError:  # it has ended
            continue


def _field(status: Path, name: str) -> int:
    for line in status.read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    return 0
