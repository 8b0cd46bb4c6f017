"""What became of a lesson's mutants, kept beside the solutions: `solutions/mutants/NN_name.json`.

A survivor stands there until a stronger check rejects it, or until someone writes why it is `equivalent`.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.errors import UserError
from autograder.lessons.course import Course, Lesson

MOST_EQUIVALENT = 0.1  # of a lesson's mutants


@dataclass(frozen=True)
class Survivor:
    """A mutant that the check accepts with so many seeds, and why that is right, if it is."""

    line: int
    mutant: str
    seeds: int
    equivalent: str = ""


@dataclass(frozen=True)
class Fate:
    """The mutants of one exercise: how many were tried, and those that survived."""

    digest: str
    tried: int
    survivors: tuple[Survivor, ...] = ()

    @property
    def equivalent(self) -> int:
        return sum(bool(survivor.equivalent.strip()) for survivor in self.survivors)

    @property
    def killed(self) -> int:
        return self.tried - len(self.survivors)

    @property
    def unexplained(self) -> list[Survivor]:
        return [survivor for survivor in self.survivors if not survivor.equivalent.strip()]


Record = dict[str, Fate]


def record_path(course: Course, lesson: Lesson) -> Path:
    return course.folder / "solutions" / "mutants" / f"{lesson.id}.json"


def read_record(path: Path) -> Record:
    """The record at `path`; an empty one if there is none."""
    if not path.exists():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return {
            name: Fate(fate["digest"], fate["tried"], tuple(Survivor(**one) for one in fate["survivors"]))
            for name, fate in data.items()
        }
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{path}: not a record of mutants ({error}); remove it and run autograder mutants") from None


def write_record(path: Path, record: Record) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = {name: asdict(fate) for name, fate in record.items()}
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def record_misses(record: Record, digests: dict[str, str], lesson_id: str) -> Iterator[str]:
    """What is wrong with a record: not of this code, a survivor without a reason, too many reasons."""
    mend = f"run autograder mutants {lesson_id}"
    for name, digest in digests.items():
        fate = record.get(name)
        if fate is None or fate.digest != digest:
            yield f"{name}: its mutants {'were never tried' if fate is None else 'are out of date'}: {mend}"
            continue
        for survivor in fate.unexplained:
            yield (
                f"{name}: a mutant of line {survivor.line} passes with {survivor.seeds} seeds: strengthen the check, "
                f"or say in the record why it is equivalent:   {_one_line(survivor.mutant)}"
            )
    tried = sum(fate.tried for fate in record.values())
    equivalent = sum(fate.equivalent for fate in record.values())
    if equivalent > MOST_EQUIVALENT * tried:
        yield f"{equivalent} of {tried} mutants are called equivalent, at most one in ten may be"
    yield from (f"{name}: in the record, but no exercise: {mend}" for name in record if name not in digests)


def _one_line(mutant: str) -> str:
    return mutant.replace("\n", "   ")
