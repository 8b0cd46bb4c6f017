"""What a family of processes takes (Linux): memory, each with its share of what it shares, and processor time."""

import os
import threading
from pathlib import Path
from types import TracebackType

FORK_SERVER = "fork-server"
EVERY_SECONDS = 0.25


class Watch:
    """While the block runs, looks at the descendants of a process now and then, and keeps the highest sums.

    `kernels` are the bytes of the fork server and all below it, `others` those of the grader and its judges. The
    processor seconds are those of all processes, but for what each did after it was last seen.
    """

    def __init__(self, pid: int) -> None:
        self.kernels = self.others = 0
        self._ticks: dict[tuple[int, str], int] = {}  # by process and when it started, since numbers come again
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    @property
    def processor_seconds(self) -> float:
        return sum(self._ticks.values()) / os.sysconf("SC_CLK_TCK")

    def _look(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            family = descendants(self._pid)
            for pid in family:
                if fields := _fields(pid):
                    self._ticks[pid, fields[19]] = int(fields[11]) + int(fields[12])  # started, user and system time
            servers = [pid for pid in family if _read(pid, "comm").strip() == FORK_SERVER]
            kernels = {pid for server in servers for pid in descendants(server)}
            sizes = {pid: proportional_size(pid) for pid in family}
            self.kernels = max(self.kernels, sum(sizes[pid] for pid in kernels & sizes.keys()))
            self.others = max(self.others, sum(size for pid, size in sizes.items() if pid not in kernels))


def descendants(pid: int) -> set[int]:
    """A process, those it started, those they started, and so on."""
    children: dict[int, list[int]] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        if fields := _fields(int(name)):
            children.setdefault(int(fields[1]), []).append(int(name))
    found, new = {pid}, [pid]
    while new:
        new = [child for parent in new for child in children.get(parent, [])]
        found.update(new)
    return found


def proportional_size(pid: int) -> int:
    """The bytes a process holds, where pages shared by n count for an nth; nothing once it is gone."""
    for line in _read(pid, "smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _fields(pid: int) -> list[str]:
    """What /proc says of a process, from its state on."""
    return _read(pid, "stat").rpartition(")")[2].split()


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace")
    except OSError:  # it has just ended, or is not ours to read
        return ""
