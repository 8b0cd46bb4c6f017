"""Reads what a student handed in, whatever it is: bounded, and never outside its folder."""

import hashlib
import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode, from_dict

MiB = 2**20
MOST_BYTES = 32 * MiB  # of one notebook
MOST_CELLS = 5000
MOST_FILES = 1000
IGNORED = (".ipynb_checkpoints", "__pycache__")
KINDS = ("code", "markdown", "raw")
# What a notebook's format says of a cell's metadata; other tools stumble over anything else.
FORMS: dict[str, Callable[[Any], bool]] = {
    "collapsed": lambda value: isinstance(value, bool),
    "execution": lambda value: isinstance(value, dict) and all(isinstance(when, str) for when in value.values()),
    "format": lambda value: isinstance(value, str),
    "jupyter": lambda value: isinstance(value, dict),
    "name": lambda value: isinstance(value, str) and bool(value),
    "scrolled": lambda value: value in (True, False, "auto"),
    "tags": lambda value: isinstance(value, list) and all(map(_is_tag, value)) and len(set(value)) == len(value),
}
CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class Unreadable(Exception):
    """What was handed in cannot be graded; the text says why, for a person."""


@dataclass(frozen=True)
class Handed:
    """One file of a submission: its path below the submission's folder, and why it is left alone, if it is."""

    name: str
    path: Path
    fault: str | None = None


def submission_files(folder: Path) -> list[Handed]:
    """The files of submitted/STUDENT/ASSIGNMENT, unless that is a link to somewhere else."""
    if not folder.resolve().is_relative_to(folder.parent.parent.resolve()):
        raise Unreadable("its folder is a link that leads elsewhere")
    return files_in(folder)


def files_in(folder: Path) -> list[Handed]:
    """Every file below a folder, in order."""
    found: list[Handed] = []
    for handed in _walk(folder, folder.resolve(), ""):
        if len(found) == MOST_FILES:
            raise Unreadable(f"it has more than {MOST_FILES} files")
        found.append(handed)
    return found


def _walk(folder: Path, root: Path, prefix: str) -> Iterator[Handed]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        path, name = Path(entry.path), prefix + entry.name
        if entry.name in IGNORED:
            continue
        if entry.is_symlink() and not _stays_in(path, root):
            yield Handed(name, path, "is a link that leads out of the submission")
        elif not _is_text(name):
            yield Handed(name, path, "has a name that is not UTF-8")
        elif entry.is_dir(follow_symlinks=False):
            yield from _walk(path, root, name + "/")
        elif not path.is_file():
            yield Handed(name, path, "is not a plain file")
        else:
            yield Handed(name, path)


def _stays_in(path: Path, root: Path) -> bool:
    try:
        return path.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):  # it leads nowhere, or in a circle
        return False


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def digest_of(handed: list[Handed]) -> str:
    """The same for the same files."""
    whole = hashlib.sha256()
    for one in handed:
        name = os.fsencode(one.name)
        whole.update(b"%d %s %s\n" % (len(name), name, (one.fault or "").encode()))
        if one.fault is None:
            with one.path.open("rb") as file:
                whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()


def read_notebook(handed: Handed, *, outputs: bool = False) -> NotebookNode:
    """A notebook in the present format, made anew of its cells: nothing that is not understood.

    Outputs are left out, or come as they are: believe nothing in them.
    """
    data = read_data(handed)
    cells = data["cells"]
    clean = [_clean(handed.name, number, cell) for number, cell in enumerate(cells)]
    if outputs:
        for new, cell in zip(clean, cells, strict=True):
            if new.cell_type == "code" and isinstance(cell.get("outputs"), list):
                new.outputs = from_dict([output for output in cell["outputs"] if isinstance(output, dict)])
    return NotebookNode(nbformat=4, nbformat_minor=5, metadata=_dict(data.get("metadata")), cells=clean)


def read_data(handed: Handed) -> dict[str, Any]:
    """What the file of a notebook holds, in the present format; its cells are a list, of anything."""
    if handed.fault is not None:
        raise Unreadable(f"{handed.name} {handed.fault}")
    data = _parse(handed.name, _bytes_of(handed))
    if data.get("nbformat") != 4:
        data = _upgraded(handed.name, data)
    cells = data.get("cells")
    if not isinstance(cells, list):
        raise Unreadable(f"{handed.name} is no notebook: it has no list of cells")
    if len(cells) > MOST_CELLS:
        raise Unreadable(f"{handed.name} has {len(cells)} cells; at most {MOST_CELLS} are read")
    return data


def _bytes_of(handed: Handed) -> bytes:
    """The whole file, where it is a plain one of bearable size."""
    try:
        descriptor = os.open(handed.path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe must not stop us
    except OSError as error:
        raise Unreadable(f"{handed.name} cannot be opened: {error.strerror}") from None
    with open(descriptor, "rb") as file:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            raise Unreadable(f"{handed.name} is not a plain file")
        if state.st_size > MOST_BYTES:
            size = f"{state.st_size / MiB:.0f} MiB"
            raise Unreadable(f"{handed.name} has {size}, at most {MOST_BYTES // MiB} are read; clear its outputs")
        return file.read(MOST_BYTES + 1)


def _parse(name: str, content: bytes) -> dict[str, Any]:
    if not content.strip():
        raise Unreadable(f"{name} is empty")
    try:
        text = content.decode(json.detect_encoding(content))
    except UnicodeDecodeError:
        raise Unreadable(f"{name} is not text in UTF-8") from None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Unreadable(f"{name} is not JSON{where}: it may have been cut off, or merged") from None
    if not isinstance(data, dict):
        raise Unreadable(f"{name} is no notebook")
    return data


def _upgraded(name: str, data: dict[str, Any]) -> dict[str, Any]:
    major = data.get("nbformat")
    if not isinstance(major, int) or major < 1:
        raise Unreadable(f"{name} is no notebook: it does not say its format")
    if major > 4:
        raise Unreadable(f"{name} has format {major}, which is newer than this grader reads (4)")
    try:
        return dict(nbformat.convert(from_dict(data), 4))
    except Exception as error:  # the converters fail in many ways on what they do not expect
        raise Unreadable(f"{name} has format {major} and cannot be converted: {type(error).__name__}") from None


def _clean(name: str, number: int, cell: Any) -> NotebookNode:
    if not isinstance(cell, dict) or cell.get("cell_type") not in KINDS:
        raise Unreadable(f"{name} is damaged: its cell {number + 1} is none")
    source = cell.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise Unreadable(f"{name} is damaged: its cell {number + 1} holds no text")
    given = cell.get("id")
    cell_id = given if isinstance(given, str) and CELL_ID.fullmatch(given) else f"unnamed-{number}"
    new = NotebookNode(cell_type=cell["cell_type"], id=cell_id, metadata=_metadata(cell.get("metadata")))
    new.source = _encodable(source)
    if new.cell_type == "code":
        new.execution_count, new.outputs = None, []
    elif new.cell_type == "markdown" and isinstance(cell.get("attachments"), dict):
        bundles = {name: bundle for name, bundle in cell["attachments"].items() if isinstance(bundle, dict)}
        new.attachments = from_dict(bundles)
    return new


def _metadata(given: Any) -> NotebookNode:
    """A cell's metadata, without what has no form that it may have."""
    found = _dict(given)
    for name in FORMS.keys() & found.keys():
        if not FORMS[name](found[name]):
            del found[name]
    return found


def _is_tag(value: Any) -> bool:
    return isinstance(value, str) and value != "" and "," not in value


def _encodable(text: str) -> str:
    """Text without the half characters that JSON can hold and no file can."""
    return text.encode("utf-8", "replace").decode()


def _dict(value: Any) -> NotebookNode:
    return from_dict(value) if isinstance(value, dict) else NotebookNode()
