"""Sorts what was found into submissions: whose, of which assignment, and which of several versions counts."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath

from autograder.collecting.naming import free_name, safe_path
from autograder.collecting.people import Finder, Stranger
from autograder.collecting.piece import Piece
from autograder.collecting.recognise import Recognised, Released, Unknown, is_notebook
from autograder.collecting.roster import Person
from autograder.collecting.unpack import Found

NUMBERED = re.compile(r"[ _]?(?:\((\d{1,9})\)|[-v](\d{1,9}))$")  # 01_convolution (2), -2, _v2
PACKED = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
STAMP = "timestamp.txt"
TELL_APART = "a roster with their numbers tells them apart"
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Version:
    """One notebook that somebody handed in, perhaps several times."""

    piece: Piece
    recognised: Recognised
    at: int  # its place in the source

    @property
    def age(self) -> tuple[bool, int, datetime, int, int]:
        """The larger, the newer; a file that only looks like the notebook counts for less than one that is it."""
        matched = NUMBERED.search(PurePosixPath(self.piece.name).stem)
        number = int(matched[1] or matched[2]) if matched else 0
        sure = self.recognised.doubt is None
        return sure, self.piece.order, self.piece.found.time or BEGINNING, number, self.at


@dataclass
class Submission:
    """What one student handed in for one assignment."""

    student: str
    assignment: str
    versions: dict[str, list[Version]] = field(default_factory=dict)
    others: list[Piece] = field(default_factory=list)
    stamp: Piece | None = None
    told: Person | None = None  # what the roster says of the student
    notes: list[str] = field(default_factory=list)

    def newest(self) -> dict[str, Version]:
        """The version of each notebook that counts."""
        return {name: max(versions, key=lambda one: one.age) for name, versions in self.versions.items()}

    def older(self) -> list[Version]:
        counted = set(map(id, self.newest().values()))
        return [one for versions in self.versions.values() for one in versions if id(one) not in counted]

    def files(self) -> dict[str, Found]:
        """What its folder is to hold: notebooks by the names they were given out under, and what came with them."""
        files = {f"{name}.ipynb": version.piece.found for name, version in self.newest().items()}
        for piece in self.others:
            files[free_name(safe_path(piece.name), [*files, STAMP])] = piece.found
        return files

    @property
    def late(self) -> bool:
        told = self.told is not None and self.told.late
        return told or any(version.piece.sender.late for version in self.newest().values())

    @property
    def order(self) -> int:
        return max(version.piece.order for version in self.newest().values())

    def time(self, *, trust_files: bool) -> datetime | None:
        """When it came: by the roster, else by the last of the files that count, where they can be trusted."""
        if self.told is not None and self.told.handed_in is not None:
            return self.told.handed_in
        if not trust_files:
            return None
        times = [version.piece.found.time for version in self.newest().values()]
        known = [time for time in times if time is not None]
        return max(known) if len(known) == len(times) else None


@dataclass(frozen=True)
class Stray:
    """A file that belongs to nobody, or to nothing."""

    found: Found
    why: str


class Gathering:
    """The submissions of one source, and what is none."""

    def __init__(self, released: Released, find: Finder, chosen: str | None) -> None:
        self._released, self._find, self._chosen = released, find, chosen
        self._submissions: dict[tuple[str, str], Submission] = {}
        self.strays: list[Stray] = []

    @property
    def submissions(self) -> list[Submission]:
        return [self._submissions[key] for key in sorted(self._submissions)]

    def take(self, files: Iterable[Found], read: Callable[[Found], Piece | None], unknown: str) -> None:
        """Sort all files of a source, those of one sender together."""
        senders: dict[tuple[str, str], list[tuple[int, Piece]]] = {}
        for at, found in enumerate(files):
            if found.fault is not None:
                self.strays.append(Stray(found, found.fault))
            elif (piece := read(found)) is None:
                self.strays.append(Stray(found, unknown))
            else:
                senders.setdefault((piece.sender.name, piece.sender.number), []).append((at, piece))
        numbers: dict[tuple[str, ...], set[str]] = {}
        known: list[tuple[list[str], list[str], list[tuple[int, Piece]]]] = []
        for pieces in senders.values():
            sender = pieces[0][1].sender
            try:
                students, notes = self._find(sender)
            except Stranger as fault:
                self.strays += [Stray(piece.found, str(fault)) for _, piece in pieces]
                continue
            numbers.setdefault(tuple(students), set()).add(sender.number)
            known.append((students, notes, pieces))
        for students, notes, pieces in known:
            if len(same := numbers[tuple(students)]) > 1:
                why = f"comes from one of several who look like {students[0]} ({', '.join(sorted(same))}); {TELL_APART}"
                self.strays += [Stray(piece.found, why) for _, piece in pieces]
            else:
                self._take_from(students, notes, pieces)

    def _take_from(self, students: list[str], notes: list[str], pieces: list[tuple[int, Piece]]) -> None:
        versions = list(self._versions(pieces))
        assignments = sorted({version.recognised.place.assignment for version in versions})
        notebooks = {version.at for version in versions}
        lost = {id(stray.found) for stray in self.strays}
        others = [piece for at, piece in pieces if at not in notebooks and id(piece.found) not in lost]
        for piece in others if len(assignments) != 1 else []:
            whose = "several assignments" if assignments else "no notebook"
            advice = "; ask for a zip" if piece.name.lower().endswith(PACKED) else ""
            why = f"comes from {students[0]} with {whose}, so it cannot be placed{advice}"
            self.strays.append(Stray(piece.found, why))
        for student in students:
            for assignment in assignments:
                submission = self._of(student, assignment)
                submission.notes += notes
                for version in (one for one in versions if one.recognised.place.assignment == assignment):
                    submission.versions.setdefault(version.recognised.place.notebook, []).append(version)
                if len(assignments) == 1:
                    submission.others += [piece for piece in others if not piece.stamp]
                    submission.stamp = next((piece for piece in others if piece.stamp), submission.stamp)

    def _versions(self, pieces: Iterable[tuple[int, Piece]]) -> Iterator[Version]:
        """The notebooks among what one sender sent; what only looks like one is nobody's."""
        for at, piece in pieces:
            assert piece.found.path is not None
            if piece.typed or not is_notebook(piece.name, piece.found.path):
                continue
            try:
                yield Version(piece, self._released.place(piece.name, piece.found.path, self._chosen), at)
            except Unknown as fault:
                self.strays.append(Stray(piece.found, str(fault)))

    def _of(self, student: str, assignment: str) -> Submission:
        return self._submissions.setdefault((student, assignment), Submission(student, assignment))
