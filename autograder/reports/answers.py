"""What students wrote for each exercise, read from what they handed in, as `similarity` compares it."""

import json
import multiprocessing
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import autograder
from autograder.grading.classroom import Classroom
from autograder.grading.master import Assignment, Master
from autograder.grading.restore import restore
from autograder.grading.submission import Handed, Unreadable, read_notebook
from autograder.reports.class_facts import ClassFacts
from autograder.reports.similarity import Alike, Library, LikeSource, alike, runs_of, signs

LIBRARY = Path(autograder.__file__).parents[1] / "cnnlib"
NOT_ASKED_FOR = ("data", "draw")  # parts of the library that no exercise asks to write
FEW = 40  # notebooks are read sooner than other processes have started


@dataclass(frozen=True)
class Likeness:
    """What is alike in one exercise's answers."""

    assignment: str
    exercise: str
    answers: int
    groups: Sequence[Alike]
    sources: Sequence[LikeSource]


@dataclass(frozen=True)
class Notebook:
    """One to read."""

    student: str
    assignment: str
    file: Handed
    master: Master


def likenesses(classroom: Classroom, facts: ClassFacts, chosen: Sequence[Assignment], jobs: int = 0) -> list[Likeness]:
    """What is alike, by exercise; the exercises where nothing is are left out."""
    answers: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    notebooks = list(_notebooks(classroom, facts, chosen))
    for notebook, found in zip(notebooks, _read_all(notebooks, jobs), strict=True):
        for exercise, tokens in found.items():
            answers[notebook.assignment, exercise][notebook.student] = tokens
    given = {one.name: runs_of(_handed_out(classroom, one)) for one in chosen}
    is_lesson = {one.name for one in chosen if any(m.lesson for e in one.notebooks.values() for m in e.values())}
    library = _library() if is_lesson and answers else None
    rows = []
    for (assignment, exercise), written in answers.items():
        groups = alike(written, given[assignment])
        sources = library.like(written, given[assignment]) if library and assignment in is_lesson else []
        if groups or sources:
            rows.append(Likeness(assignment, exercise, len(written), groups, sources))
    return rows


@cache
def _library() -> Library:
    return Library(LIBRARY, NOT_ASKED_FOR)


def _notebooks(classroom: Classroom, facts: ClassFacts, chosen: Sequence[Assignment]) -> Iterator[Notebook]:
    assigned = {one.name: one for one in chosen}
    folders = {name: dict(classroom.submissions(name)) for name in assigned}
    for submission in facts.read:
        folder = folders[submission.assignment].get(submission.student)
        if folder is None:
            continue
        for name, (file, language) in submission.files.items():
            editions = assigned[submission.assignment].notebooks.get(name, {})
            if editions:
                master = editions.get(language or "", next(iter(editions.values())))
                yield Notebook(submission.student, submission.assignment, Handed(file, folder / file), master)


def _read_all(notebooks: Sequence[Notebook], jobs: int) -> Iterable[Mapping[str, str]]:
    workers = min(jobs or os.cpu_count() or 1, len(notebooks) // FEW)
    return map(read, notebooks) if workers < 2 else _in_processes(notebooks, workers)


def _in_processes(notebooks: Sequence[Notebook], workers: int) -> Iterator[Mapping[str, str]]:
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(read, notebooks, chunksize=16)


def read(notebook: Notebook) -> dict[str, str]:
    """The signs of each exercise's answer, where there is one."""
    try:
        restored = restore(read_notebook(notebook.file), notebook.master)
    except Unreadable:  # it was replaced since it was graded
        return {}
    sources = {
        cell.name: restored.notebook.cells[number].source
        for number, cell in restored.masters.items()
        if cell.solution and cell.cell_type == "code"
    }
    blank = {cell.name: cell.source for cell in notebook.master.cells}
    return {name: signs(source) for name, source in sources.items() if source.strip() and source != blank[name]}


def _handed_out(classroom: Classroom, assignment: Assignment) -> Iterator[str]:
    """All code that students were given."""
    editions = classroom.editions().get(assignment.name, {})
    paths = editions.values() or [classroom.release(assignment.name) / f"{one}.ipynb" for one in assignment.notebooks]
    for path in paths:
        yield from _code(path)
    for notebooks in assignment.notebooks.values():
        for master in notebooks.values():
            yield from (cell.source for cell in master.cells if cell.cell_type == "code")


def _code(path: Path) -> list[str]:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, LookupError, TypeError):  # then only its named cells are known
        return []
