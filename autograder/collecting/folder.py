"""A plain folder, or a zip of one.

STUDENT/file, STUDENT/ASSIGNMENT/file as nbgrader has it, or STUDENT_ASSIGNMENT.ipynb.
"""

import re
from collections.abc import Callable, Collection, Sequence

from autograder.collecting.piece import Piece, Sender
from autograder.collecting.unpack import Found

WRAPPERS = ("submitted", "submissions")
STAMP = "timestamp.txt"
UNKNOWN = "names no student: STUDENT/file or STUDENT_ASSIGNMENT.ipynb is expected"


def reader(
    names: Sequence[str], assignments: Collection[str], is_known: Callable[[str], bool]
) -> Callable[[Found], Piece | None]:
    """What reads the paths of one source; all of them are looked at for a folder around the students' own."""
    skipped = 1 if _is_wrapped(names, assignments, is_known) else 0
    ending = "|".join(map(re.escape, sorted(assignments, key=len, reverse=True))) or r"(?!)"
    flat = re.compile(rf"(?is)(?P<student>.+?)[ _-]+(?:{ending})(?![^\W_]).*")

    def piece(found: Found) -> Piece | None:
        parts = found.name.split("/")[skipped:]
        own = [part for part in parts[:-1] if part not in assignments]
        if own and (matched := flat.fullmatch(_unzipped(own[0]))):
            return Piece(found, Sender(matched["student"]), "/".join([*own[1:], parts[-1]]))
        if own:
            stamp = len(parts) == 3 and parts[1] in assignments and parts[2] == STAMP and not found.nested
            return Piece(found, Sender(_unzipped(own[0])), "/".join([*own[1:], parts[-1]]), stamp=stamp)
        if matched := flat.fullmatch(parts[-1]):
            return Piece(found, Sender(matched["student"]), parts[-1])
        return None

    return piece


def _unzipped(part: str) -> str:
    return re.sub(r"(?i)\.zip$", "", part)


def _is_wrapped(names: Sequence[str], assignments: Collection[str], is_known: Callable[[str], bool]) -> bool:
    """Whether all lie in one folder that is no student's, as in a zip of a whole folder."""
    paths = [name.split("/") for name in names]
    tops = {path[0] for path in paths}
    if len(tops) != 1 or any(len(path) == 1 for path in paths):
        return False
    top = tops.pop()
    if top.lower() in WRAPPERS:
        return True
    if is_known(top) or top in assignments or top.lower().endswith(".zip"):
        return False
    inner = {path[1] for path in paths if len(path) > 2}
    return bool(inner) and not inner <= set(assignments)
