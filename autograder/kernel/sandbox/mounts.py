"""A disk of its own: the environment to read, a small folder to write, and nothing else."""

import ctypes
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from autograder.kernel.sandbox.libc import call, syscall

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 0x1, 0x2, 0x4, 0x1000, 0x4000, 0x4_0000
MNT_DETACH = 2
MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE = 442, -100, 0x8000
MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV = 0x1, 0x2, 0x4

SYSTEM = (
    "/bin",
    "/lib",
    "/lib32",
    "/lib64",
    "/sbin",
    "/usr",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/mime.types",
    "/sys/devices/system/cpu",
)
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
CHANNELS = "/run/kernel"  # where the kernel's sockets lie in its own view


class WorkNotCopied(Exception):
    """The folder handed in does not fit: no OSError, since no platform lacks anything and no layer may be left out."""


def enter_view(
    root: Path,
    *,
    readable: Iterable[str],
    hidden: Iterable[str] = (),
    channels: Path,
    work: Path | None,
    owner: int | None,
    own_processes: bool,
    disk_bytes: int,
) -> None:
    """Make `root` a disk that holds no more than a kernel needs, and make it this process's disk.

    Folders that are `hidden` are empty, though what they lie in is `readable`.

    The kernel's files lie under /tmp, in memory, with a limit on their size: a copy of `work` in /tmp/work. `/proc`
    is there where the kernel has a pid namespace (`own_processes`).
    """
    _mount(None, "/", None, MS_REC | MS_PRIVATE)
    _mount("tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=4m,nr_inodes=4096")
    scratch = _folder(root / "tmp")
    size = f"mode=1777,size={disk_bytes},nr_inodes=16384"
    _mount("tmpfs", scratch, "tmpfs", MS_NOSUID | MS_NODEV, size)
    for path in outermost(readable):
        _show(root, path)
    for path in hidden:
        _hide(root / path.lstrip("/"))
    for device in DEVICES:
        _bind(device, _file(root / device.lstrip("/")))
    _write_accounts(root)
    _bind(channels, _folder(root / CHANNELS.lstrip("/")))
    if own_processes:
        _mount("proc", _folder(root / "proc"), "proc", MS_NOSUID | MS_NODEV)
    furnish(scratch, work, owner)
    (root / "dev/shm").symlink_to("/tmp/shm")
    _restrict(root, MOUNT_ATTR_RDONLY)
    _change_root(root)


def furnish(scratch: Path, work: Path | None, owner: int | None) -> None:
    """The folders a kernel writes in: its home, a place for its connection file, and a copy of its work."""
    for name in ("home", "run", "shm"):
        (scratch / name).mkdir(mode=0o700)
    try:
        copy_plain(work, scratch / "work") if work else (scratch / "work").mkdir()
    except OSError as error:
        raise WorkNotCopied(f"the notebook's folder could not be copied: {error}") from error
    if owner is not None:
        # Only these: what a kernel may read can lie under /tmp as well.
        made = [scratch / name for name in ("home", "run", "shm", "work")]
        for path in (scratch, *made, *(made[-1].rglob("*"))):
            os.chown(path, owner, owner, follow_symlinks=False)


def copy_plain(source: Path, target: Path) -> None:
    """Copy a folder; links stay links, and what is neither file nor folder is left out."""

    def special(folder: str, names: list[str]) -> list[str]:
        paths = {name: Path(folder, name) for name in names}
        return [name for name, path in paths.items() if not (path.is_symlink() or path.is_file() or path.is_dir())]

    shutil.copytree(source, target, symlinks=True, ignore=special)
    target.chmod(0o700)


def outermost(paths: Iterable[str]) -> list[str]:
    """The paths that exist, without those that lie in another."""
    kept: list[str] = []
    for path in sorted({os.path.normpath(path) for path in paths if os.path.lexists(path)}):
        if not any(path.startswith(folder.rstrip("/") + "/") for folder in kept):
            kept.append(path)
    return kept


def _show(root: Path, path: str) -> None:
    place = root / path.lstrip("/")
    if os.path.islink(path):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(os.readlink(path))
        return
    _bind(path, _folder(place) if os.path.isdir(path) else _file(place))
    _restrict(place, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, recursive=True)


def _hide(place: Path) -> None:
    if place.is_dir():
        _mount("tmpfs", place, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, "mode=755,size=4k,nr_inodes=2")


def _write_accounts(root: Path) -> None:
    etc = _folder(root / "etc")
    (etc / "passwd").write_text("kernel:x:1000:1000::/tmp/home:/bin/sh\n")
    (etc / "group").write_text("kernel:x:1000:\n")
    (etc / "hosts").write_text("127.0.0.1 localhost\n")


def _change_root(root: Path) -> None:
    # The old root ends up under the new one at the same place, and is then taken off.
    os.chdir(root)
    call("pivot_root", b".", b".")
    call("umount2", b".", MNT_DETACH)
    os.chdir("/")


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


def _file(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def _bind(source: str | Path, target: Path) -> None:
    _mount(source, target, None, MS_BIND | MS_REC)


def _mount(source: str | Path | None, target: str | Path, kind: str | None, flags: int, data: str = "") -> None:
    arguments = [os.fsencode(text) if text else None for text in (source, target, kind)]
    try:
        call("mount", *arguments, ctypes.c_ulong(flags), data.encode() or None)
    except OSError as error:
        raise OSError(error.errno, f"{target}: {error.strerror}") from None


def _restrict(target: Path, attributes: int, *, recursive: bool = False) -> None:
    structure = (ctypes.c_uint64 * 4)(attributes, 0, 0, 0)
    flags = AT_RECURSIVE if recursive else 0
    size = ctypes.c_size_t(ctypes.sizeof(structure))
    syscall(MOUNT_SETATTR, AT_FDCWD, os.fsencode(target), flags, ctypes.byref(structure), size)
