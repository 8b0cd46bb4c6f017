"""Whether a process may fork: of a second thread, a fork inherits the locks and nobody who gives them back."""

import os
from pathlib import Path

TASKS = Path("/proc/self/task")


class ThreadStarted(RuntimeError):
    """The process has more than one thread."""


def require_one_thread(who: str, when: str) -> None:
    """Refuse to go on with threads, and name them; where the system does not list them, there is nothing to go by."""
    if not TASKS.is_dir():
        return
    threads = [(TASKS / task / "comm").read_text().strip() for task in os.listdir(TASKS)]
    if len(threads) != 1:
        raise ThreadStarted(f"{who} has {len(threads)} threads {when}: {', '.join(threads)}")
