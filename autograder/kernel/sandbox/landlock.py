"""Landlock: the process itself gives up all files but some, TCP, and signals to others (Linux 5.13 and later)."""

import contextlib
import ctypes
import os
from collections.abc import Collection, Iterable

from autograder.kernel.sandbox.libc import syscall

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
CREATE_RULESET_VERSION = 1
RULE_PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
MAKE_SOCK = 1 << 9
TRUNCATE = 1 << 14
# The rights on files that each version of the interface knows: one bit after the other.
FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | 1 << 15  # the rest is for folders
READ = EXECUTE | READ_FILE | READ_DIR

TCP, TCP_SINCE = 0b11, 4
SCOPES, SCOPES_SINCE = 0b11, 6


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """The version of the interface that the running system offers."""
    return syscall(CREATE_RULESET, None, ctypes.c_size_t(0), CREATE_RULESET_VERSION)


def missing(layer: str) -> str | None:
    """Why the running system cannot give a layer ("landlock" or "landlock_scope"), or None."""
    try:
        offered = version()
    except OSError as error:
        return str(error)
    if layer == "landlock_scope" and offered < SCOPES_SINCE:
        return f"Landlock version {offered}, needs {SCOPES_SINCE}"
    return None


def around(paths: Iterable[str], hidden: Iterable[str]) -> tuple[list[str], list[str]]:
    """What of `paths` may be read where some folders in them are `hidden`, and the folders on the way, to be listed."""
    secret = [os.path.realpath(path) for path in hidden]
    left = [os.path.realpath(path) for path in paths]
    readable, listable = [], []
    while left:
        path = left.pop()
        if any(folder.startswith(path.rstrip("/") + "/") for folder in secret):
            listable.append(path)
            left += [entry.path for entry in os.scandir(path) if not entry.is_symlink()]
        elif path not in secret:
            readable.append(path)
    return readable, listable


def restrict(
    layers: Collection[str],
    *,
    readable: Iterable[str],
    hidden: Iterable[str] = (),
    writable: Iterable[str],
    channels: str,
    tcp: bool,
) -> None:
    """Keep this process, and all it starts, to the files named, for good; in `channels` it may make sockets.

    Of what is `hidden`, in what is `readable`, only the names can be read.
    """
    offered = version()
    files = FILE_RIGHTS[max(known for known in FILE_RIGHTS if known <= offered)] if "landlock" in layers else 0
    ruleset = _Ruleset(
        files, TCP if files and not tcp and offered >= TCP_SINCE else 0, SCOPES if "landlock_scope" in layers else 0
    )
    size = 24 if offered >= SCOPES_SINCE else 16 if offered >= TCP_SINCE else 8
    rules = syscall(CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(size), 0)
    try:
        if files:
            read, listed = around(readable, hidden)
            for path in read:
                _allow(rules, path, READ & files)
            for path in listed:
                _allow(rules, path, READ_DIR & files)
            for path in writable:
                _allow(rules, path, files)
            _allow(rules, channels, (MAKE_SOCK | READ | WRITE_FILE) & files)
        syscall(RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not os.path.isdir(path):
                rights &= ON_FILES
            beneath = _PathBeneath(rights, opened)
            syscall(ADD_RULE, rules, RULE_PATH_BENEATH, ctypes.byref(beneath), 0)
        finally:
            os.close(opened)
