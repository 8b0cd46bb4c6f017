"""What a kernel and all that it started use together, where no cgroup counts it."""

import os
from collections.abc import Iterator
from pathlib import Path

from autograder.kernel.limits import Limits

PAGE = os.sysconf("SC_PAGE_SIZE")


def missing() -> str | None:
    """Why processes cannot be watched here, or None."""
    return None if _children_file().exists() else "no /proc, or one that does not list children"


def descendants(pid: int) -> Iterator[int]:
    """All processes that `pid` started, and those these started, as they are now."""
    try:
        tasks = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return
    for task in tasks:
        try:
            children = _read(f"/proc/{pid}/task/{task}/children").split()
        except OSError:  # it has ended
            continue
        for child in map(int, children):
            yield child
            yield from descendants(child)


def excess(pid: int, limits: Limits, disk: Path | None) -> str | None:
    """Which limit the processes below `pid` break together, or None; `disk` is a folder to measure, if any."""
    processes = list(descendants(pid))
    if sum(map(_threads, processes)) > limits.processes:
        return "processes"
    # Resident pages are quick to read but count what is shared with the fork server: an upper bound.
    if sum(map(_resident, processes)) > limits.memory_bytes and memory(processes) > limits.memory_bytes:
        return "memory"
    if disk is not None and _size(disk) > limits.disk_bytes:
        return "disk"
    return None


def memory(processes: list[int]) -> int:
    """Bytes of memory of some processes, each shared page divided among those that share it."""
    return sum(map(_proportional, processes))


def _children_file() -> Path:
    return Path(f"/proc/self/task/{os.getpid()}/children")


def _threads(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/task"))
    except OSError:
        return 0


def _resident(pid: int) -> int:
    try:
        return int(_read(f"/proc/{pid}/statm").split()[1]) * PAGE
    except OSError:
        return 0


def _read(path: str) -> bytes:
    # Many times a second for each kernel: a pathlib.Path takes five times as long.
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return b"".join(iter(lambda: os.read(descriptor, PAGE), b""))  # a page at a time is all that is given
    finally:
        os.close(descriptor)


def _proportional(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return _resident(pid)


def _size(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(parent, name)).st_blocks * 512
            except OSError:  # it has gone
                continue
    return total
