"""Private temporary folders, each locked by its process; what killed processes left is swept away by the next."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

PREFIX = "autograder-"
LONGEST = 64  # of the path they are made in; a socket's whole path has 107 bytes

_held: dict[Path, int] = {}
_swept: set[str] = set()


def make() -> Path:
    """A private folder, with a path short enough for sockets."""
    where = tempfile.gettempdir() if len(tempfile.gettempdir()) <= LONGEST else "/tmp"
    if where not in _swept:
        _swept.add(where)
        sweep(Path(where))
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=where))
    if fcntl is not None:
        _held[folder] = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(_held[folder], fcntl.LOCK_EX)
    return folder


def remove(folder: Path) -> None:
    """Remove what `make` made, and what was left in it."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder in _held:
        os.close(_held.pop(folder))


@contextmanager
def private() -> Iterator[Path]:
    """A private folder, for the body."""
    folder = make()
    try:
        yield folder
    finally:
        remove(folder)


def sweep(where: Path) -> None:
    """Remove the folders in `where` that belong to this user, and whose process is gone."""
    for folder in where.glob(f"{PREFIX}[0-9]*-*"):
        with suppress(OSError, ValueError):
            if fcntl is not None and _is_left_over(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_left_over(folder: Path) -> bool:
    if folder.lstat().st_uid != os.geteuid() or _runs(int(folder.name.split("-")[1])):
        return False
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:  # a process of another container may have the number that is free here
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(opened)
    return True


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
