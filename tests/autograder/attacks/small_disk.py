"""Grades a class on a disk of its own that is nearly full, then on one with its gradebook read-only, then at peace.

Usage: small_disk.py CLASS WHERE: copies CLASS onto a small disk at WHERE, which only this process sees, grades it there
under each fault, and copies the gradebook back. Prints the exit status of each run.
"""

import ctypes
import json
import os
import shutil
import sys
from pathlib import Path

from autograder.cli import main
from autograder.kernel.sandbox import namespaces

MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE, MNT_DETACH = 0x1, 0x20, 0x1000, 0x4000, 0x4_0000, 2
DISK = 24 * 2**20
KiB = 2**10

libc = ctypes.CDLL(None, use_errno=True)


def mount(source, target, kind, flags, data=None):
    arguments = [os.fsencode(one) if one else None for one in (source, target, kind)]
    if libc.mount(*arguments, ctypes.c_ulong(flags), data):
        raise OSError(ctypes.get_errno(), f"mount {target}")


def fill(path, left):
    """Write a file until only `left` bytes of the disk are free."""
    with path.open("wb") as file:
        size = os.statvfs(path).f_bavail * os.statvfs(path).f_frsize - left
        os.posix_fallocate(file.fileno(), 0, max(size, 1))


def grade(folder):
    return main(["grade", str(folder), "--jobs", "2"])


def grade_with(left, folder):
    """Grade where only so many bytes are left."""
    filler = folder / "filler"
    fill(filler, left)
    status = grade(folder)
    filler.unlink()
    return status


def grade_read_only(folder):
    """Grade where nobody, not even root, can write to the gradebook."""
    book = folder / "gradebook.db"
    mount(book, book, None, MS_BIND)
    mount(None, book, None, MS_BIND | MS_REMOUNT | MS_RDONLY)
    status = grade(folder)
    libc.umount2(os.fsencode(book), MNT_DETACH)
    return status


def under_faults(folder):
    """The exit status of a run under each fault, and of the last, which meets none."""
    yield "full", grade_with(0, folder)
    yield "nearly full", grade_with(48 * KiB, folder)
    yield "read-only", grade_read_only(folder)
    yield "nearly full again", grade_with(24 * KiB, folder)
    yield "at peace", grade(folder)


if __name__ == "__main__":
    given, where = Path(sys.argv[1]), Path(sys.argv[2])
    if os.geteuid() != 0:
        namespaces.enter_user(None)
    namespaces.enter("mount")
    mount(None, "/", None, MS_REC | MS_PRIVATE)
    mount("tmpfs", where, "tmpfs", 0, b"size=%d" % DISK)
    shutil.copytree(given, where / "class")
    statuses = dict(under_faults(where / "class"))
    shutil.copy(where / "class/gradebook.db", given)
    print(json.dumps(statuses))
