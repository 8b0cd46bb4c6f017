"""Due dates, extensions, what lateness costs and who is excused, as a class's `autograder.toml` says."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from autograder.errors import UserError
from autograder.grading.marks import Marks

DAY = 86400
POLICIES = ("none", "zero", "per day")
ALL = "all"


@dataclass(frozen=True)
class LatePolicy:
    """What a late submission loses."""

    policy: str = "none"
    percent: float = 0.0  # for each day begun
    grace_minutes: float = 0.0
    cap_percent: float = 100.0
    of: str = "score"  # the percentage is of the points earned, or of the "max"

    def penalty(self, raw: float, most: float, seconds_late: float) -> float:
        """The points taken off; never more than there are."""
        if self.policy == "none" or seconds_late <= max(0.0, 60 * self.grace_minutes) or raw <= 0:
            return 0.0
        if self.policy == "zero":
            return raw
        percent = min(self.cap_percent, self.percent * math.ceil(seconds_late / DAY))
        return min(raw, (raw if self.of == "score" else most) * percent / 100)


@dataclass(frozen=True)
class Deadlines:
    """What the class has agreed on. Without `[deadlines]` and `[late]`, nbgrader's own penalties stand."""

    due: Mapping[str, datetime] = field(default_factory=dict)
    extended: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    excused: Mapping[str, frozenset[str]] = field(default_factory=dict)
    late: LatePolicy | None = None

    def due_for(self, student: str, assignment: str) -> datetime | None:
        return self.extended.get((student, assignment), self.due.get(assignment))

    def is_excused(self, student: str, assignment: str) -> bool:
        return bool(self.excused.get(student, frozenset()) & {assignment, ALL})

    def applied(self, student: str, assignment: str, most: float, marks: Marks) -> Marks:
        """What was recorded, with the lateness and the penalty that these rules give, where there are any."""
        due = self.due_for(student, assignment)
        if due is not None:
            late = 0.0 if marks.handed_in is None else (marks.handed_in.replace(tzinfo=UTC) - due).total_seconds()
            marks = replace(marks, seconds_late=max(0.0, late))
        if self.late is None:
            return marks
        raw = sum(notebook.raw for notebook in marks.notebooks.values())
        share = self.late.penalty(raw, most, marks.seconds_late) / raw if raw > 0 else 0.0
        notebooks = {name: replace(one, penalty=one.raw * share) for name, one in marks.notebooks.items()}
        return replace(marks, notebooks=notebooks)

    def students(self) -> set[str]:
        """All who are named."""
        return {*self.excused, *(student for student, _ in self.extended)}


def deadlines(own: Mapping[str, Any], path: Path, assignments: Iterable[str]) -> Deadlines:
    """What `own`, read from `path`, says of these assignments."""
    reader = _Reader(path, sorted(assignments))
    tables = {name: reader.table(own, name) for name in ("deadlines", "extensions", "excused", "late")}
    zone = reader.zone(tables["deadlines"].pop("timezone", None))
    due = {name: reader.moment(f"[deadlines] {name}", value, zone) for name, value in tables["deadlines"].items()}
    extended = {
        (student, name): reader.moment(f"[extensions.{student}] {name}", value, zone)
        for student, own_dates in tables["extensions"].items()
        for name, value in reader.table(tables["extensions"], student).items()
    }
    excused = {student: reader.names(student, value) for student, value in tables["excused"].items()}
    reader.known("[deadlines]", due)
    reader.known("[extensions]", (name for _, name in extended))
    reader.known("[excused]", (name for names in excused.values() for name in names if name != ALL))
    late = reader.policy(tables["late"]) if due or tables["late"] else None
    return Deadlines(due, extended, excused, late)


class _Reader:
    """Reads values, and names the file and the place where one does not fit."""

    def __init__(self, path: Path, assignments: list[str]) -> None:
        self._path, self._assignments = path, assignments

    def table(self, source: Mapping[str, Any], name: str) -> dict[str, Any]:
        found = source.get(name, {})
        if not isinstance(found, dict):
            raise self._wrong(f"{name} must be a table")
        return dict(found)

    def zone(self, name: Any) -> ZoneInfo | None:
        if name is None:
            return None
        try:
            return ZoneInfo(name)
        except (TypeError, ValueError, OSError, KeyError):  # the last is how a zone that is not there is told
            raise self._wrong(f"this machine knows no timezone {name!r}; one is 'Europe/Paris'") from None

    def moment(self, where: str, value: Any, zone: ZoneInfo | None) -> datetime:
        """A date means the end of that day; a time that clocks show twice means the later one."""
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime.combine(value, time.max)
        if not isinstance(value, datetime):
            raise self._wrong(f"{where} is {value!r}, not a date such as 2026-10-05 or 2026-10-05T18:00:00")
        if value.tzinfo is not None:
            return value.astimezone(UTC)
        if zone is None:
            raise self._wrong(f"{where} does not say whose clock: add timezone = 'Europe/Paris' to [deadlines]")
        return max(value.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))

    def names(self, student: str, value: Any) -> frozenset[str]:
        names = [value] if value == ALL else value
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise self._wrong(f"[excused] {student} is {value!r}, not a list of assignments or {ALL!r}")
        return frozenset(names)

    def known(self, where: str, names: Iterable[str]) -> None:
        if unknown := sorted(set(names) - set(self._assignments)):
            there = ", ".join(self._assignments) or "none"
            raise self._wrong(f"{where} names {unknown[0]}, which is no assignment; there are: {there}")

    def policy(self, values: dict[str, Any]) -> LatePolicy:
        try:
            late = LatePolicy(**values)
        except TypeError:
            fields = ", ".join(LatePolicy.__dataclass_fields__)
            raise self._wrong(f"[late] takes {fields}; it has {', '.join(values)}") from None
        if late.policy not in POLICIES:
            raise self._wrong(f"[late] policy is {late.policy!r}; it can be {', '.join(map(repr, POLICIES))}")
        if late.of not in ("score", "max"):
            raise self._wrong(f"[late] of is {late.of!r}; it can be 'score' or 'max'")
        for name in ("percent", "grace_minutes", "cap_percent"):
            number = getattr(late, name)
            if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number < math.inf:
                raise self._wrong(f"[late] {name} is {number!r}, not a number from 0 up")
        if late.policy == "per day" and not late.percent:
            raise self._wrong("[late] policy is 'per day', but percent does not say how much a day costs")
        return late

    def _wrong(self, what: str) -> UserError:
        return UserError(f"{self._path}: {what}")
