"""The syllabus as data: the lessons of a course, in order, as `solutions/course.toml` lists them."""

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import UserError
from autograder.lessons.words import WORDS

Texts = Mapping[str, str]  # language -> text


@dataclass(frozen=True)
class Lesson:
    """One row of the syllabus; whether the lesson is written yet is a question to its course."""

    id: str
    version: int
    minutes: int
    title: Texts
    summary: Texts
    sections: tuple[Texts, ...]
    exercises: tuple[str, ...]
    predictions: tuple[str, ...]


@dataclass(frozen=True)
class Course:
    """A folder with `solutions/` to read and `notebooks/` to write; English comes first."""

    folder: Path
    title: Texts
    languages: tuple[str, ...]
    checks: str  # the module whose `lesson` opens every notebook
    lessons: tuple[Lesson, ...]

    def source(self, lesson: Lesson) -> Path:
        return self.folder / "solutions" / f"{lesson.id}.py"

    def executed(self, lesson: Lesson) -> Path:
        return self.folder / "solutions" / f"{lesson.id}.ipynb"

    def released(self, lesson: Lesson, language: str) -> Path:
        return self.folder / "notebooks" / language / f"{lesson.id}.ipynb"

    def catalogue(self, lesson: Lesson, language: str) -> Path:
        return self.folder / "solutions" / "locale" / language / f"{lesson.id}.po"

    def written(self) -> list[Lesson]:
        """The lessons whose source exists."""
        return [lesson for lesson in self.lessons if self.source(lesson).exists()]

    def select(self, names: Sequence[str]) -> list[Lesson]:
        """The written lessons of these ids or numbers, in the course's order; all of them for no names."""
        chosen = {self._find(name).id for name in names}
        return [lesson for lesson in self.written() if not names or lesson.id in chosen]

    def _find(self, name: str) -> Lesson:
        for lesson in self.lessons:
            if name in (lesson.id, lesson.id.partition("_")[0]):
                if not self.source(lesson).exists():
                    raise UserError(f"lesson {lesson.id} is not written yet: solutions/{lesson.id}.py is missing")
                return lesson
        ids = [lesson.id for lesson in self.lessons]
        close = difflib.get_close_matches(name, ids, n=1)
        hint = f"did you mean {close[0]}?" if close else f"the lessons are {', '.join(ids)}"
        raise UserError(f"there is no lesson {name!r}; {hint}")


def load_course(folder: Path) -> Course:
    """The course in `folder`."""
    path = folder / "solutions" / "course.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{folder} holds no course: solutions/course.toml is missing") from None
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path}: {error}") from None
    _refuse_fields(f"{path}: the course", data, {"title", "languages", "checks", "lessons"})
    languages = tuple(data["languages"])
    if unknown := [language for language in languages if language not in WORDS]:
        raise UserError(f"{path}: languages has {', '.join(unknown)}; {', '.join(WORDS)} fit (lessons/words.py)")
    lessons = tuple(_lesson(path, entry, languages) for entry in data["lessons"])
    ids = [lesson.id for lesson in lessons]
    if ids != sorted(set(ids)):
        raise UserError(f"{path}: the ids of the lessons are not in order, each once: {', '.join(ids)}")
    _refuse_unlisted(folder, ids)
    return Course(folder, _texts(path, "title", data["title"], languages), languages, data["checks"], lessons)


def _lesson(path: Path, entry: Mapping[str, Any], languages: Sequence[str]) -> Lesson:
    where = f"{path}: lesson {entry.get('id', '(without id)')}"
    _refuse_fields(where, entry, set(Lesson.__dataclass_fields__))
    return Lesson(
        id=entry["id"],
        version=entry["version"],
        minutes=entry["minutes"],
        title=_texts(where, "title", entry["title"], languages),
        summary=_texts(where, "summary", entry["summary"], languages),
        sections=tuple(_texts(where, "section", section, languages) for section in entry["sections"]),
        exercises=tuple(entry["exercises"]),
        predictions=tuple(entry["predictions"]),
    )


def _refuse_fields(where: str, entry: Mapping[str, Any], fields: set[str]) -> None:
    if missing := sorted(fields - set(entry)):
        raise UserError(f"{where} lacks {', '.join(missing)}")
    if unknown := sorted(set(entry) - fields):
        raise UserError(f"{where} has the unknown {', '.join(unknown)}")


def _texts(where: Path | str, name: str, texts: Texts, languages: Sequence[str]) -> Texts:
    missing = [language for language in languages if not texts.get(language)]
    if missing:
        raise UserError(f"{where}: {name} {dict(texts)} lacks {', '.join(missing)}")
    return dict(texts)


def _refuse_unlisted(folder: Path, ids: Sequence[str]) -> None:
    for source in sorted((folder / "solutions").glob("*.py")):
        if source.stem not in ids:
            raise UserError(f"{source} is not a lesson of solutions/course.toml; list it there or move it away")
