"""One process at a time, by a lock that the operating system drops when its holder dies."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def try_lock(path: Path) -> Iterator[bool]:
    """Whether the lock is ours for the block; the file stays, since removing it would let two in.

    A disk that knows no locks counts as ours.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        try:
            _lock(descriptor)
            ours = True
        except (BlockingIOError, PermissionError):  # what POSIX and Windows say of a lock that is taken
            ours = False
        except OSError:
            ours = True
        yield ours
    finally:
        os.close(descriptor)
