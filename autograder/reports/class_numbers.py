"""A class's facts, counted: by lesson, by exercise, by known mistake, by student."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from autograder.grading.roster import Assigned
from autograder.reports.class_facts import ClassFacts, Concern, Item, Submission, Try
from autograder.reports.statistics import LEAST_STUDENTS, Separation, Summary, histogram, separation, summary

SLOWEST = 10
FAILED = ("partly", "wrong")  # tries in which something is wrong that can be named


@dataclass(frozen=True)
class LessonNumbers:
    """One assignment: how many students are where, and their shares of its points."""

    assigned: Assigned
    statuses: Counter[str]
    shares: Summary | None
    bins: Sequence[int]
    seconds: Summary | None


@dataclass(frozen=True)
class ItemNumbers:
    """One exercise, or another graded cell. `unseparated` says why there is no `separates`, if there is none."""

    item: Item
    states: Counter[str]
    known: int  # of those that failed: known mistakes
    broke_rule: int
    mean: float | None  # share of its points
    separates: Separation | None
    unseparated: str = ""  # few, same, alone


@dataclass(frozen=True)
class MistakeNumbers:
    """The students who made one mistake; an empty `name` is a broken rule, None what has no name."""

    item: Item
    name: str | None
    students: Sequence[str]
    of: int  # students whose answers could be graded


@dataclass(frozen=True)
class StudentNumbers:
    """One student: points by assignment (None: no score), all of them, and how many known mistakes."""

    student: str
    points: Mapping[str, float | None]
    statuses: Mapping[str, str]
    total: float
    most: float
    mistakes: int


@dataclass(frozen=True)
class ClassNumbers:
    """All that is counted."""

    lessons: Sequence[LessonNumbers]
    items: Sequence[ItemNumbers]
    mistakes: Sequence[MistakeNumbers]
    unnamed: Sequence[MistakeNumbers]
    waiting: Sequence[tuple[Item, Sequence[str]]]
    concerns: Sequence[tuple[Concern, Sequence[str]]]
    failures: Sequence[tuple[Concern, Sequence[str]]]
    slowest: Sequence[Submission]
    students: Sequence[StudentNumbers]


def count(facts: ClassFacts) -> ClassNumbers:
    tries: dict[Item, dict[str, Try]] = {item: {} for item in facts.items}
    for one in facts.submissions:
        for item, found in one.tries.items():
            if item in tries:  # a cell of an earlier release has no place in this one's numbers
                tries[item][one.student] = found
    mistakes = [row for item in facts.items for row in _mistakes(item, tries[item])]
    by_count = sorted(mistakes, key=lambda row: -len(row.students))
    waiting = [(item, sorted(s for s, one in found.items() if one.state == "waits")) for item, found in tries.items()]
    return ClassNumbers(
        lessons=[_lesson(facts, assigned) for assigned in facts.sheet.assignments],
        items=[_item(item, tries) for item in facts.items],
        mistakes=[row for row in by_count if row.name is not None],
        unnamed=[row for row in by_count if row.name is None],
        waiting=[row for row in waiting if row[1]],
        concerns=_together(concern for one in facts.submissions for concern in one.concerns),
        failures=_together(failure for one in facts.submissions for failure in one.failures),
        slowest=_slowest(facts.submissions),
        students=_students(facts, tries),
    )


def _lesson(facts: ClassFacts, assigned: Assigned) -> LessonNumbers:
    entries = [entry for (_, name), entry in facts.sheet.entries.items() if name == assigned.name]
    scored = [entry.raw for entry in entries if entry.raw is not None and entry.status != "excused"]
    shares = [raw / assigned.most for raw in scored if assigned.most]
    seconds = [one.seconds for one in facts.read if one.assignment == assigned.name and one.seconds is not None]
    statuses = Counter(entry.status for entry in entries)
    return LessonNumbers(assigned, statuses, summary(shares), histogram(shares), summary(seconds))


def _item(item: Item, tries: Mapping[Item, Mapping[str, Try]]) -> ItemNumbers:
    own = tries[item]
    points = {student: one.points for student, one in own.items() if one.points is not None}
    others = [found for other, found in tries.items() if other.assignment == item.assignment and other != item]
    pairs = []
    for student, earned in sorted(points.items()):
        rest = [found[student].points for found in others if student in found]
        if known := [value for value in rest if value is not None]:
            pairs.append((earned, sum(known)))
    separates = separation([mine for mine, _ in pairs], [rest for _, rest in pairs])
    unseparated = "alone" if not pairs else "few" if len(pairs) < LEAST_STUDENTS else "same"
    waits = not item.is_exercise and len(points) < len(own)  # those that a person has marked are no fair sample
    return ItemNumbers(
        item,
        Counter(one.state for one in own.values()),
        sum(one.mistake is not None and one.state in FAILED for one in own.values()),
        sum(one.broke_rule for one in own.values()),
        sum(points.values()) / (len(points) * item.most) if points and item.most and not waits else None,
        separates,
        "" if separates else unseparated,
    )


def _mistakes(item: Item, tries: Mapping[str, Try]) -> list[MistakeNumbers]:
    made: dict[str | None, list[str]] = defaultdict(list)
    for student, one in sorted(tries.items()):
        if one.broke_rule:
            made[""].append(student)
        elif one.state in FAILED and (one.mistake is not None or item.is_exercise):
            made[one.mistake].append(student)
    graded = sum(one.state != "waits" for one in tries.values())
    return [MistakeNumbers(item, name, students, graded) for name, students in made.items()]


def _together(concerns: Iterable[Concern]) -> list[tuple[Concern, Sequence[str]]]:
    """Those of one kind in one submission, with all that was told of them."""
    told: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for one in concerns:
        told[one.kind, one.student, one.assignment].append(one.told)
    return [(Concern(*key), list(dict.fromkeys(filter(None, lines)))) for key, lines in told.items()]


def _slowest(submissions: Sequence[Submission]) -> list[Submission]:
    timed = [one for one in submissions if one.seconds is not None]
    return sorted(timed, key=lambda one: (-(one.seconds or 0.0), one.student, one.assignment))[:SLOWEST]


def _students(facts: ClassFacts, tries: Mapping[Item, Mapping[str, Try]]) -> list[StudentNumbers]:
    mistakes = Counter(
        student
        for found in tries.values()
        for student, one in found.items()
        if one.mistake is not None and one.state in FAILED
    )
    rows = []
    for student in facts.sheet.students:
        entries = {one.name: facts.sheet.entries[student.id, one.name] for one in facts.sheet.assignments}
        counted = [one for one in facts.sheet.assignments if entries[one.name].status != "excused"]
        rows.append(
            StudentNumbers(
                student.id,
                {name: None if entry.status == "excused" else entry.raw for name, entry in entries.items()},
                {name: entry.status for name, entry in entries.items()},
                sum(entries[one.name].raw or 0.0 for one in counted),
                sum(one.most for one in counted),
                mistakes[student.id],
            )
        )
    return rows
