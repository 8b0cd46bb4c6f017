"""One student's feedback on one notebook, as a page that needs nothing else."""

import base64
import hashlib
import importlib.metadata
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from autograder.grading.marks import Mark, NotebookMarks
from autograder.grading.master import CHECK
from autograder.reports import harmless
from autograder.reports.feedback_words import duration, number, say
from autograder.reports.notebook_part import ShownCell

HERE = Path(__file__).parent
GENERATOR = "autograder feedback"
SIGN = re.compile(rb'<meta name="generator" content="autograder feedback">\s*<meta name="made-of" content="(\w+)">')
SOURCES = ("feedback*.*", "harmless.py", "notebook_part.py")
LIBRARIES = ("bleach", "jinja2", "mistune", "nbconvert", "pygments")
SYMBOLS = {
    "passed": "✓",
    "partly": "◐",
    "failed": "✗",
    "not written": "○",
    "not judged": "✗",
    "waits": "…",
    "by hand": "✎",
}
HEADLINE = re.compile(r"^<div><div><strong>.*?</strong></div>")
HEADING = re.compile(r"<h[3-6]>(.*?)</h[3-6]>", re.DOTALL)
NOTHING = Markup()
MOST_FAILURES = 3  # of cells outside checks that are told; what a run printed is not
MOST_ERROR = 200  # characters


@dataclass(frozen=True)
class Failure:
    """A cell that raised an error in grading."""

    cell: int
    error: str


@dataclass(frozen=True)
class Facts:
    """All that a page tells. `result` is that of the notebook, of the student's result."""

    student: str
    assignment: str
    title: str
    language: str
    result: Mapping[str, Any]
    marks: NotebookMarks
    is_lesson: bool = False
    handed_in: datetime | None = None
    seconds_late: float = 0.0
    cells: Sequence[ShownCell] = ()
    failures: Sequence[Failure] = ()
    hidden: frozenset[str] = frozenset()  # tests of which a part is not shown
    untold: frozenset[str] = frozenset()  # tests of whose run nothing may be told


@dataclass(frozen=True)
class Row:
    """One graded cell."""

    name: str
    cell: str
    state: str
    mark: Mark
    most: float
    words: tuple[str, ...] = ()
    found: Markup = NOTHING
    comment: Markup | None = None

    @property
    def symbol(self) -> str:
        return SYMBOLS[self.state]

    @property
    def has_points(self) -> bool:
        return not self.mark.waits or self.mark.points != 0

    @property
    def has_details(self) -> bool:
        return bool(self.words or self.found or self.comment) and not self.is_left_out

    @property
    def is_left_out(self) -> bool:
        """Whether there is no more to say of it than that."""
        return self.state == "not written" and not self.found and self.comment is None


def page(facts: Facts, made_of: str) -> str:
    """The whole file."""
    language = facts.language
    rows = [_row(facts, cell) for cell in facts.result["cells"]]
    told = {row.name for row in rows} | {row.cell for row in rows}
    style = _style()
    tests = {cell.number for cell in facts.cells if cell.name in {row.cell for row in rows}}
    failures = [one for one in facts.failures if one.cell not in tests]
    return _template().render(
        facts=facts,
        rows=rows,
        by_cell={row.cell: row for row in rows},
        left_out=[row for row in rows if row.is_left_out],
        comments=[(name, _comment(text)) for name, text in facts.marks.comments.items() if name not in told],
        waits=any(row.mark.waits for row in rows),
        about=_about(facts),
        failures=failures[:MOST_FAILURES],
        more_failures=max(0, len(failures) - MOST_FAILURES),
        groups=_groups(facts.cells),
        say=lambda key, **values: say(key, language, **values),
        number=lambda value: number(value, language),
        duration=lambda seconds: duration(seconds, language),
        style=Markup(style),
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        generator=GENERATOR,
        made_of=made_of,
    )


def made_of(existing: bytes) -> str | None:
    """What a page that lies there says it was made of; None where it is none of ours."""
    found = SIGN.search(existing[:4000])
    return found[1].decode() if found else None


@lru_cache(1)
def program() -> str:
    """The same as long as pages would come out the same."""
    whole = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(HERE.glob(pattern)):
            whole.update(path.read_bytes())
    for name in LIBRARIES:
        whole.update(importlib.metadata.version(name).encode())
    return whole.hexdigest()


def _row(facts: Facts, cell: Mapping[str, Any]) -> Row:
    name = str(cell["name"])
    exercise = cell.get("exercise", name.removesuffix(CHECK) if facts.is_lesson else name)
    mark = facts.marks.cells.get(name, Mark(auto=cell["points"], waits=cell["points"] is None))
    comments = [facts.marks.comments[one] for one in dict.fromkeys((name, exercise)) if one in facts.marks.comments]
    words, found = _found(facts, cell)
    if mark.waits and facts.result["state"] == "graded":
        words = (*words, say("answer is read" if cell["points"] is None else "is looked at", facts.language))
    return Row(
        exercise,
        name,
        _state(cell, mark),
        mark,
        cell["max"],
        words,
        found,
        _comment("\n\n".join(comments)) if comments else None,
    )


def _state(cell: Mapping[str, Any], mark: Mark) -> str:
    outcome = cell.get("outcome") or {}
    if mark.waits:
        return "waits"
    if mark.manual is not None:
        return "by hand"
    if "exercise" in cell and outcome.get("state") != "judged":
        return "not judged"
    if (outcome.get("not_written") and not cell["points"]) or cell["reason"] == "no answer":
        return "not written"
    if cell["points"] == cell["max"] and (cell["points"] or cell["reason"] == "passed"):
        return "passed"
    return "partly" if cell["points"] else "failed"


def _found(facts: Facts, cell: Mapping[str, Any]) -> tuple[tuple[str, ...], Markup]:
    """What grading found in a cell, as sentences, or as the judge showed it."""
    language, name = facts.language, cell["name"]
    outcome = cell.get("outcome") or {}
    if facts.result["state"] != "graded" or (cell["points"] is None and "exercise" not in cell):
        return (), NOTHING
    if outcome.get("state") == "judged":
        if outcome["fraction"] == 1:
            return (), NOTHING
        if outcome["not_written"] and not outcome["fraction"]:
            return (), NOTHING
        return (), Markup(HEADLINE.sub("<div>", harmless.trusted(outcome["shown"]["html"]), count=1))
    if "exercise" in cell:
        key = {"lost": "broken off", "another exercise": "another"}.get(outcome.get("state", ""), "never asked")
        return (say(key, language), *_error(facts, name)), NOTHING
    if cell["reason"] == "no answer":
        return (), NOTHING
    words = () if cell["points"] == cell["max"] else (say("test failed", language), *_error(facts, name))
    return (*words, *([say("hidden", language)] if name in facts.hidden else [])), NOTHING


def _error(facts: Facts, name: str) -> tuple[str, ...]:
    """The error of a test's cell, where nothing is hidden that it could tell."""
    numbers = {cell.number for cell in facts.cells if cell.name == name}
    found = [one.error for one in facts.failures if one.cell in numbers and name not in facts.untold]
    return tuple(say("raised", facts.language, error=error) for error in found[:1])


def _about(facts: Facts) -> list[str]:
    """What there is to say of the file."""
    result, language, lines = facts.result, facts.language, []
    notebook = result["name"]
    if result["state"] == "missing":
        lines.append(say("missing", language, notebook=notebook))
    if result["state"] == "unreadable":
        lines.append(say("unreadable", language))
    if result.get("file", f"{notebook}.ipynb") != f"{notebook}.ipynb":
        lines.append(say("renamed", language, file=result["file"], notebook=notebook))
    if mended := dict.fromkeys(line.partition(":")[0] for line in result.get("mended", [])):
        lines.append(say("mended", language, cells=", ".join(mended)))
    if result.get("died"):
        lines.append(say("died", language))
    if result.get("review") and any(mark.waits for mark in facts.marks.cells.values()):
        lines.append(say("looked at", language))
    return lines


@dataclass
class Group:
    """Cells in a row: the lesson's own texts, which are folded away under their first heading, or others."""

    is_folded: bool
    cells: list[ShownCell]

    @property
    def heading(self) -> str:
        found = [HEADING.search(cell.body) for cell in self.cells]
        return next((Markup(one[1]).striptags() for one in found if one is not None), "")


def _groups(cells: Sequence[ShownCell]) -> list[Group]:
    groups: list[Group] = []
    for cell in cells:
        is_folded = cell.is_lesson and cell.kind != "code"
        if not groups or groups[-1].is_folded != is_folded or (is_folded and HEADING.search(cell.body)):
            groups.append(Group(is_folded, []))
        groups[-1].cells.append(cell)
    return groups


def _comment(text: str) -> Markup:
    return harmless.markdown(text)


@lru_cache(1)
def _style() -> str:
    return (HERE / "feedback.css").read_text(encoding="utf-8")


@lru_cache(1)
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("feedback.html")
