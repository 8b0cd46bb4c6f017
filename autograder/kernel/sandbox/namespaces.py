"""Namespaces: which users, processes, networks and shared memory a kernel sees."""

import fcntl
import os
import socket
import struct
from collections.abc import Callable
from pathlib import Path

from autograder.kernel.sandbox.libc import (
    CLONE_NEWIPC,
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    call,
)
from autograder.kernel.sandbox.users import KERNEL_ID

FLAGS = {
    "pid": CLONE_NEWPID,
    "net": CLONE_NEWNET,
    "ipc": CLONE_NEWIPC,
    "mount": CLONE_NEWNS,
}

SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1


def enter(layer: str) -> None:
    """Put this process (for "pid": its next child) into a new namespace."""
    call("unshare", FLAGS[layer])
    if layer == "net":
        _start_loopback()


def enter_user(be_introduced: Callable[[], object]) -> None:
    """Put this process into a new namespace of users.

    For root, `be_introduced` has somebody outside call `users.introduce`. Anybody else is a kernel's user in there.
    """
    uid, gid = os.geteuid(), os.getegid()
    call("unshare", CLONE_NEWUSER)
    if uid == 0:
        be_introduced()
        return
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{KERNEL_ID} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{KERNEL_ID} {gid} 1")


def _start_loopback() -> None:
    # ipykernel collects the output of forks over it.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        up = struct.pack("16sh", b"lo", IFF_UP)
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, up.ljust(40, b"\0"))
