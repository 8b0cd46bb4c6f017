"""Who is who in a kernel's namespace of users: root, to build the kernel's view, and a stranger, to run it."""

import os
from pathlib import Path

KERNEL_ID = 1000  # who a kernel is inside its namespace
STRANGERS = 2_000_000_000  # from here on, user ids that no machine gives to anybody


def stranger() -> int:
    """A user id outside that nobody has, one for each kernel."""
    return STRANGERS + os.getpid()


def introduce(pid: int) -> None:
    """Say who the two are outside, for a process in a new namespace: only root, and only outside it, may."""
    for ids in ("uid_map", "gid_map"):
        Path(f"/proc/{pid}/{ids}").write_text(f"0 0 1\n{KERNEL_ID} {STRANGERS + pid} 1\n")
