"""Opens a zip, or a folder, that students have filled: bounded, and never written to where it says.

What a zip holds is unpacked under numbers, so that no name in it matters to the disk.
"""

import contextlib
import os
import stat
import zipfile
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from autograder.collecting.naming import is_debris
from autograder.errors import UserError

MiB = 2**20
MOST_ENTRIES = 50_000  # of all that is opened
MOST_BYTES = 16 * 1024 * MiB  # of all that is unpacked
MOST_IN_ONE = 256 * MiB  # of one file
MOST_INSIDE = 512 * MiB  # of a zip within the zip
MOST_FILES_INSIDE = 1000
MOST_DEEP = 2  # zips within zips
MOST_RATIO, FREE = 100, 16 * MiB  # what is larger than FREE may not have shrunk more than this
UTF8, ENCRYPTED = 0x800, 0x1  # flags of an entry
TIMES = 0x5455  # the extra field that holds the time in UTC
EPOCH_OF_ZIP = 1980  # stands for no time


@dataclass(frozen=True)
class Found:
    """A file of the source: its path there, where its content lies now, and why it is left alone, if it is."""

    name: str
    path: Path | None
    time: datetime | None = None
    fault: str | None = None
    nested: bool = False


class Unpacker:
    """Opens one source; `room` is a folder of our own."""

    def __init__(self, room: Path) -> None:
        self._room = room
        self._entries = 0
        self._bytes = 0

    def files(self, source: Path) -> Iterator[Found]:
        """Every file of a zip or a folder, and of the zips in it."""
        if source.exists() and not os.access(source, os.R_OK):
            raise UserError(f"{source} may not be read by you; change its permissions")
        if source.is_dir():
            yield from self._folder(source, "")
        elif source.is_file():
            fault = yield from self._zip(source, "", None, 0)
            if fault is not None:
                raise UserError(f"{source} {fault}; give the zip as it was downloaded, or a folder")
        else:
            raise UserError(f"{source} is neither a zip nor a folder")

    def _folder(self, folder: Path, prefix: str) -> Iterator[Found]:
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            path = Path(entry.path)
            name = prefix + entry.name.encode(errors="replace").decode()
            if is_debris(name):
                continue
            if entry.is_symlink():
                yield Found(name, None, fault="is a link, and links are not followed")
            elif not os.access(path, os.R_OK):
                yield Found(name, None, fault="may not be read by you; change its permissions")
            elif entry.is_dir():
                yield from self._folder(path, name + "/")
            elif not entry.is_file():
                yield Found(name, None, fault="is not a plain file")
            else:
                self._count()
                yield from self._opened(Found(name, path), 0)

    def _opened(self, found: Found, depth: int) -> Iterator[Found]:
        """The file itself, or what is in it where it is a zip."""
        if found.path is None or found.fault is not None or not found.name.lower().endswith(".zip"):
            yield found
            return
        if depth == MOST_DEEP:
            fault: str | None = f"is a zip in {depth} others, and is not opened"
        else:
            fault = yield from self._zip(found.path, found.name + "/", found.time, depth + 1)
        if fault is not None:
            yield Found(found.name, found.path, found.time, fault, found.nested)

    def _zip(self, archive: Path, prefix: str, time: datetime | None, depth: int) -> Generator[Found, None, str | None]:
        """What is in a zip; returns why it cannot be opened, if it cannot."""
        try:
            opened = zipfile.ZipFile(archive)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
            return "is no zip, or a damaged one"
        with opened:
            entries = [entry for entry in opened.infolist() if not entry.is_dir()]
            if depth and len(entries) > MOST_FILES_INSIDE:
                return f"holds {len(entries)} files; at most {MOST_FILES_INSIDE} are unpacked"
            if depth and (size := sum(entry.file_size for entry in entries)) > MOST_INSIDE:
                return f"unpacks to {size // MiB} MiB; at most {MOST_INSIDE // MiB} are unpacked"
            for entry in entries:
                name = name_of(entry)
                if is_debris(name):
                    continue
                self._count()
                # What a student's own zip says of times is theirs to write; it came when the zip came.
                came = time if depth else time_of(entry)
                found = Found(prefix + name, None, came, nested=depth > 0)
                yield from self._opened(self._entry(opened, entry, found), depth)
        return None

    def _entry(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, found: Found) -> Found:
        """One entry, unpacked under a number."""
        path = self._room / f"{self._entries:06}"
        fault = self._fault_before(entry) or _copy(archive, entry, path)
        if fault is not None:
            return replace(found, fault=fault)
        return replace(found, path=path, fault=_stray(name_of(entry)))

    def _fault_before(self, entry: zipfile.ZipInfo) -> str | None:
        if entry.flag_bits & ENCRYPTED:
            return "is encrypted; ask for it without a password"
        if stat.S_ISLNK(entry.external_attr >> 16):
            return "is a link, and links are not followed"
        if entry.file_size > MOST_IN_ONE:
            return f"has {entry.file_size // MiB} MiB; at most {MOST_IN_ONE // MiB} are unpacked"
        if entry.file_size > FREE and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            return f"unpacks to more than {MOST_RATIO} times its size, and is taken for a zip bomb"
        self._bytes += entry.file_size
        if self._bytes > MOST_BYTES:
            return f"comes after {MOST_BYTES // MiB} MiB, and no more are unpacked at once; collect it by itself"
        return None

    def _count(self) -> None:
        self._entries += 1
        if self._entries > MOST_ENTRIES:
            raise UserError(f"there are more than {MOST_ENTRIES} files; collect them in parts")


def name_of(entry: zipfile.ZipInfo) -> str:
    """The path of an entry with /, in the characters that were meant: many systems write UTF-8 and do not say so."""
    name = entry.filename
    if not entry.flag_bits & UTF8:
        with contextlib.suppress(UnicodeError):  # else it is the encoding of old zips, as zipfile has read it
            name = name.encode("cp437").decode()
    return name.replace("\\", "/")


def time_of(entry: zipfile.ZipInfo) -> datetime | None:
    """When an entry was last changed, where it says so."""
    rest = entry.extra
    while len(rest) >= 4:
        kind, size = int.from_bytes(rest[:2], "little"), int.from_bytes(rest[2:4], "little")
        content, rest = rest[4 : 4 + size], rest[4 + size :]
        if kind == TIMES and len(content) >= 5 and content[0] & 1:
            return datetime.fromtimestamp(int.from_bytes(content[1:5], "little"), UTC)
    try:
        here = datetime(*entry.date_time)
    except ValueError:
        return None
    return None if here.year == EPOCH_OF_ZIP else here.astimezone(UTC)


def _copy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> str | None:
    """Unpack one entry; why that failed, if it did."""
    try:
        with archive.open(entry) as packed, path.open("wb") as file:
            while piece := packed.read(MiB):  # never more than the entry said it would be
                file.write(piece)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        path.unlink(missing_ok=True)
        if isinstance(error, NotImplementedError):
            return "is packed in a way that is not known here; ask for a plain zip"
        if isinstance(error, OSError) and error.errno is not None:
            raise
        return "is damaged in the zip"
    return None


def _stray(name: str) -> str | None:
    """What is wrong with a path, if anything."""
    if name.startswith("/") or ".." in name.split("/") or name[1:3] == ":/":
        return "has a path that leads out of the zip"
    return None
