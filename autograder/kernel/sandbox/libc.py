"""Calls of the C library that Python 3.11 does not offer, raising OSError."""

import ctypes
import os
from typing import Any

_libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS = 0x0002_0000
CLONE_NEWIPC = 0x0800_0000
CLONE_NEWUSER = 0x1000_0000
CLONE_NEWPID = 0x2000_0000
CLONE_NEWNET = 0x4000_0000

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_NAME = 15
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38


def call(name: str, *arguments: Any) -> int:
    """Call a function of the C library that returns -1 on failure."""
    try:
        function = getattr(_libc, name)
    except AttributeError:
        raise OSError(f"the C library has no {name}") from None
    result: int = function(*arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
    return result


def syscall(number: int, *arguments: Any) -> int:
    """Call the system by number, for calls that have the same one on every processor."""
    return call("syscall", ctypes.c_long(number), *arguments)


def prctl(option: int, value: int) -> None:
    """Set an attribute of this process."""
    call("prctl", option, ctypes.c_ulong(value), *[ctypes.c_ulong(0)] * 3)


def die_with_parent(signum: int, parent: int) -> None:
    """Receive a signal when the parent dies, or now if it has."""
    prctl(PR_SET_PDEATHSIG, signum)
    if os.getppid() not in (parent, 0):
        os.kill(os.getpid(), signum)


def name_process(name: str) -> None:
    """What `ps` and `top` call this process (15 characters)."""
    call("prctl", PR_SET_NAME, ctypes.c_char_p(name.encode()), *[ctypes.c_ulong(0)] * 3)


def drop_capabilities() -> None:
    """Give up every privilege of the superuser, for good."""
    header = (ctypes.c_uint32 * 2)(0x2008_0522, 0)  # _LINUX_CAPABILITY_VERSION_3
    call("capset", ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)()))
