"""Names of people and of files: compared without accents and marks, and made safe for any disk."""

import re
import unicodedata
from collections.abc import Collection
from pathlib import PurePosixPath

LONGEST = 120  # of one file name, in bytes: it must fit any disk, with a few letters added
UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u202a-\u202e\u2066-\u2069\ud800-\udfff]')
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)")  # what Windows takes for a device
DEBRIS = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", ".ipynb_checkpoints", "__pycache__"}


def squeeze(text: str) -> str:
    """Letters and digits alone, without accents and case: what stays of a name on its way through any system."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def is_debris(name: str) -> bool:
    """Whether a path holds what systems and editors leave behind."""
    parts = name.split("/")
    return bool(DEBRIS & set(parts)) or parts[-1].startswith("._")


def safe_name(name: str) -> str:
    """A file name that any disk takes, as like the given one as can be."""
    name = UNSAFE.sub("_", unicodedata.normalize("NFC", name)).strip(" ").lstrip(".").rstrip(". ")
    if RESERVED.match(name):
        name = f"_{name}"
    return _shortened(name) or "_"


def safe_path(name: str) -> str:
    """A path below a folder: it leads nowhere else, whatever it says."""
    parts = [part for part in re.split(r"[/\\]", name) if part.strip(". ")]
    return "/".join(safe_name(part) for part in parts[-8:]) or "_"


def not_among(name: str, taken: Collection[str]) -> str:
    """The name, or one like it that is not taken, also where a disk does not tell upper from lower case."""
    folded = {one.casefold() for one in taken}
    path, number, new = PurePosixPath(name), 1, name
    while new.casefold() in folded:
        number += 1
        new = str(path.with_name(f"{path.stem}-{number}{path.suffix}"))
    return new


def free_name(name: str, taken: Collection[str]) -> str:
    """The path, or one like it, that can stand beside those taken: no file can be a folder too."""
    folders = {str(parent) for one in taken for parent in PurePosixPath(one).parents}
    files = {one.casefold() for one in taken}
    if any(str(parent).casefold() in files for parent in PurePosixPath(name).parents):
        name = name.replace("/", "_")
    return not_among(name, [*taken, *folders])


def student_id(name: str) -> str:
    """An id made of a person's name, where there is none else."""
    return re.sub(r"\s+", "_", safe_name(re.sub(r"[,;']", " ", name)).strip())


def _shortened(name: str) -> str:
    if len(name.encode()) <= LONGEST:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix.encode()) > 16:
        stem, dot, suffix = name, "", ""
    room = LONGEST - len((dot + suffix).encode())
    return stem.encode()[:room].decode(errors="ignore") + dot + suffix
