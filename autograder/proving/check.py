"""`autograder check`: what a student's notebook would earn, in a fresh kernel, before it is handed in."""

import argparse
import importlib
import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from autograder.errors import UserError
from autograder.proving.words import say as words

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.proving.score import Score

Say = Callable[[str], object]

NEEDED = ("nbformat", "nbclient", "ipykernel")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("notebook", type=Path, metavar="NOTEBOOK", help="an .ipynb file of a lesson")
    parser.add_argument("--seconds", type=int, default=120, metavar="N", help="what one cell may take")


def run(options: argparse.Namespace, say: Say) -> int:
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise UserError(f"{' and '.join(missing)} must be installed first: pip install {' '.join(missing)}")
    notebook = read_notebook(options.notebook)
    for line in check_notebook(notebook, options.notebook, options.seconds):
        say(line)
    return 0


def read_notebook(path: Path) -> "NotebookNode":
    """The notebook at `path`; anything else is refused in one sentence."""
    import nbformat

    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError):
        raise UserError(f"{path} is not a notebook: a lesson is a file that ends in .ipynb") from None
    try:
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
    except (ValueError, AttributeError, nbformat.ValidationError, nbformat.reader.NotJSONError):
        raise UserError(f"{path} is not a notebook, or is damaged: open it in JupyterLab to see") from None
    return notebook


def check_notebook(notebook: "NotebookNode", path: Path, seconds: int) -> Iterator[str]:
    """What to tell the student, line by line, in the notebook's language."""
    from autograder.proving.locked import warnings
    from autograder.proving.run import run_notebook
    from autograder.proving.score import is_check, score

    lesson, language, module = _lesson_of(notebook, path)
    names = [exercise.name for exercise in module.EXERCISES]
    about = list(_version(notebook, module, language)) + list(warnings(notebook, names, language))
    ran = run_notebook(notebook, seconds=seconds, folder=path.resolve().parent)
    scores = {one.name: one for one in (score(cell) for cell in ran.cells if is_check(cell))}
    before = {one.name: one for one in (score(cell) for cell in notebook.cells if is_check(cell))}
    yield words("title", language, lesson=lesson, file=path.name)
    yield from _rows(notebook, scores, names, language)
    about += _raised(ran, language, seconds)
    about += [words("hidden", language, name=name) for name in scores if _hidden(before[name], scores[name])]
    yield from (f"! {line}" for line in about)


def _lesson_of(notebook: "NotebookNode", path: Path) -> tuple[str, str, ModuleType]:
    """Which lesson it is, in which language, and its exercises."""
    from autograder.checking.lesson import load_exercises

    about = notebook.metadata.get("lesson")
    name = about.get("id") if isinstance(about, dict) else None
    if not isinstance(name, str):
        raise UserError(f"{path} is a notebook, but not a lesson of this course")
    language = "fr" if about.get("language") == "fr" else "en"
    return name, language, load_exercises(name, language)


def _version(notebook: "NotebookNode", module: ModuleType, language: str) -> Iterator[str]:
    mine, known = notebook.metadata.lesson.get("version"), module.VERSION
    if isinstance(mine, int) and mine != known:
        yield words("older" if mine < known else "newer", language, mine=mine, known=known)


def _rows(notebook: "NotebookNode", scores: dict[str, "Score"], names: list[str], language: str) -> Iterator[str]:
    """One line an exercise and question, then the total."""
    from autograder.proving.locked import points_listed

    listed = points_listed(notebook)
    rows: list[tuple[str, str, str]] = []
    for name in names:
        one = scores.get(name)
        if one is None:
            of, what = listed.get(name, 0.0), words("missing", language)
            rows.append((name, words("points", language, earned=0.0, of=of), what))
        else:
            points = words("points", language, earned=one.points, of=one.of)
            rows.append((name, points, words(one.state.value, language, said=one.said)))
    questions = list(_questions(notebook))
    for name, of, filled in questions:
        points = words("read", language, of=of) if of else ""
        rows.append((name, points, words("filled in" if filled else "empty", language)))
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(2)]
    for name, points, what in rows:
        yield f"  {name:{widths[0]}}  {points:>{widths[1]}}  {what}"
    of = sum(scores[name].of if name in scores else listed.get(name, 0.0) for name in names)
    yield words("total", language, earned=sum(one.points for one in scores.values()), of=of)
    by_hand = sum(of for _, of, _ in questions)
    if by_hand:
        yield words("open", language, of=by_hand)


def _questions(notebook: "NotebookNode") -> Iterator[tuple[str, float, bool]]:
    """The answers in words: name, points that a person may give, and whether something was written."""
    from autograder.lessons.words import WORDS

    stubs = {said.answer_stub.strip() for said in WORDS.values()}
    prompts = {
        cell.metadata.nbgrader.grade_id.removesuffix("-prompt")
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id", "").endswith("-prompt")
    }
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        name = about.get("grade_id", cell.get("id"))
        if cell.cell_type == "markdown" and name in prompts:
            written = cell.source.strip()
            yield name, float(about.get("points", 0)), bool(written) and written not in stubs


def _raised(ran: "NotebookNode", language: str, seconds: int) -> Iterator[str]:
    """The cells, checks aside, that did not run to their end."""
    from autograder.proving.run import KERNEL_DIED, TOOK_TOO_LONG, error_of
    from autograder.proving.score import is_check

    for number, cell in enumerate(ran.cells, 1):
        raised = error_of(cell)
        if raised is None or (is_check(cell) and raised[0] not in (KERNEL_DIED, TOOK_TOO_LONG)):
            continue
        name, message = raised
        about: dict[str, Any] = {"number": number, "line": cell.source.strip().partition("\n")[0][:50]}
        key = {TOOK_TOO_LONG: "took too long", KERNEL_DIED: "kernel died"}.get(name, "cell raised")
        error = f"{name}: {message}".strip(": ").partition("\n")[0]
        yield words(key, language, error=error, seconds=seconds, **about)


def _hidden(before: "Score", now: "Score") -> bool:
    """Whether the notebook as saved shows a better end than a run from top to bottom."""
    return before.points > now.points
