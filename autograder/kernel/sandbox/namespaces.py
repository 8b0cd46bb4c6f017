"""Namespaces: which users, processes, networks and shared memory a kernel sees."""

import fcntl
import os
import socket
import struct
from pathlib import Path

from autograder.kernel.sandbox.libc import (
    CLONE_NEWIPC,
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    call,
)

FLAGS = {
    "user": CLONE_NEWUSER,
    "pid": CLONE_NEWPID,
    "net": CLONE_NEWNET,
    "ipc": CLONE_NEWIPC,
    "mount": CLONE_NEWNS,
}

SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1

KERNEL_ID = 1000  # who a kernel is inside its namespace
STRANGERS = 2_000_000_000  # from here on, user ids that no machine gives to anybody


def enter(layer: str) -> None:
    """Put this process (for "pid": its next child) into a new namespace."""
    if layer == "user":
        _enter_user()
    else:
        call("unshare", FLAGS[layer])
        if layer == "net":
            _start_loopback()


def _start_loopback() -> None:
    # ipykernel collects the output of forks over it.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        up = struct.pack("16sh", b"lo", IFF_UP)
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, up.ljust(40, b"\0"))


def stranger() -> int:
    """A user id outside that nobody has, one for each kernel."""
    return STRANGERS + os.getpid()


def _enter_user() -> None:
    if os.geteuid() != 0:
        uid, gid = os.geteuid(), os.getegid()
        call("unshare", CLONE_NEWUSER)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{KERNEL_ID} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{KERNEL_ID} {gid} 1")
        return
    # Two ids are mapped, root to build the kernel's view and a stranger to run it; only a process outside may.
    outside = os.getpid()
    entered_read, entered_write = os.pipe()
    mapper = os.fork()
    if mapper == 0:
        failed = True
        try:
            os.close(entered_write)
            if os.read(entered_read, 1):
                for ids in ("uid_map", "gid_map"):
                    Path(f"/proc/{outside}/{ids}").write_text(f"0 0 1\n{KERNEL_ID} {STRANGERS + outside} 1\n")
                failed = False
        finally:
            os._exit(failed)
    try:
        os.close(entered_read)
        call("unshare", CLONE_NEWUSER)
        os.write(entered_write, b"1")
    finally:
        os.close(entered_write)
        _, status = os.waitpid(mapper, 0)
    if status:
        raise OSError("the users of the new namespace could not be set")
