"""Made-up students: what each of them hands in for a lesson, drawn from its solutions and its known mistakes."""

import ast
import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from nbformat import NotebookNode

from autograder.demo.written import NotWritten, as_written
from autograder.grading.master import CHECK
from autograder.lessons.course import Course, Lesson
from autograder.lessons.pipeline import released, solved, to_text
from autograder.proving.declared import exercises_of

WORDS = {"en": "The same weights serve at every place.", "fr": "Les mêmes poids servent à chaque place."}


@dataclass(frozen=True)
class Sheet:
    """A lesson in one language, and by exercise its right answers (the solution first) and known mistakes."""

    notebook: NotebookNode
    language: str
    right: Mapping[str, list[str]]
    mistakes: Mapping[str, list[str]]

    @property
    def solutions(self) -> dict[str, str]:
        return {name: answers[0] for name, answers in self.right.items()}

    def filled_in(self, answers: Mapping[str, str], *, words: bool = True) -> str:
        """The file of the notebook with these answers; `words` also answers what a person reads."""
        notebook = copy.deepcopy(self.notebook)
        for cell in notebook.cells:
            about = cell.metadata.get("nbgrader", {})
            if words and cell.cell_type == "markdown" and about.get("solution"):
                cell.source = WORDS[self.language]
            cell.source = answers.get(cell.id, cell.source)
        return to_text(notebook)


def sheet(course: Course, lesson: Lesson, language: str) -> Sheet:
    notebook = released(course, lesson, language)
    exercises = exercises_of(course, lesson)
    cells = {cell.id: cell.source for cell in solved(course, lesson, language).cells}
    right: dict[str, list[str]] = {}
    mistakes: dict[str, list[str]] = {}
    for name, exercise in exercises.items():
        handed = [ast.unparse(argument) for argument in _call(cells[name + CHECK]).args[1:]]
        right[name] = [cells[name], *_written(exercise.right, handed)]
        mistakes[name] = list(_written([mistake.objects for mistake in exercise.mistakes], handed))
    return Sheet(notebook, language, right, mistakes)


def _written(answers: Iterable[Sequence[object]], names: Sequence[str]) -> Iterator[str]:
    """Those answers that can be written out."""
    for objects in answers:
        try:
            yield as_written(objects, names)
        except NotWritten:
            continue


def _call(check: str) -> ast.Call:
    (statement,) = ast.parse(check).body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Call)
    return statement.value


def solves(given: Sheet, rng: Random) -> str:
    return given.filled_in(given.solutions)


def errs(given: Sheet, rng: Random) -> str:
    """Some exercises are right, some have a known mistake, some are left out."""
    answers = {}
    for name, solution in given.solutions.items():
        draw = rng.random()
        if draw < 0.4 or not given.mistakes[name]:
            answers[name] = solution
        elif draw < 0.85:
            answers[name] = rng.choice(given.mistakes[name])
    return given.filled_in(answers)


def leaves_blank(given: Sheet, rng: Random) -> str:
    return given.filled_in({}, words=False)


def damages(given: Sheet, rng: Random) -> str:
    """The file was cut off on its way."""
    whole = given.filled_in(given.solutions)
    return whole[: rng.randrange(len(whole) // 4, len(whole) // 2)]


def hangs(given: Sheet, rng: Random) -> str:
    """All is right, but one function never ends."""
    functions = [name for name, solution in given.solutions.items() if f"def {name}(" in solution]
    name = rng.choice(functions)
    return given.filled_in({**given.solutions, name: f"def {name}(*values):\n    while True:\n        pass"})


CHEATS = (
    "def check(*anything):\n    return None",
    "class Equal:\n    def __eq__(self, other):\n        return True\n\n\ndef {name}(*values):\n    return Equal()",
    "import os\n\nos._exit(0)",
)


def cheats(given: Sheet, rng: Random) -> str:
    """It claims what it has not done: another check, an answer that equals everything, an early end."""
    cheat = rng.choice(CHEATS)
    return given.filled_in({name: cheat.format(name=name) for name in given.solutions}, words=False)


KINDS: Mapping[str, Callable[[Sheet, Random], str]] = {
    "solve everything": solves,
    "make known mistakes, and leave some out": errs,
    "hand in what they got": leaves_blank,
    "hand in a damaged file": damages,
    "write a loop that never ends": hangs,
    "cheat": cheats,
}
# One of each sort among the first six, more of the usual ones after that.
PATTERN = (*KINDS.values(), solves, errs)


def kind_of(number: int) -> Callable[[Sheet, Random], str]:
    """What student `number`, counted from 0, does."""
    return PATTERN[number % len(PATTERN)]
