"""The solution of an exercise as code: its cell, and the earlier cells that it leans on."""

import ast
import symtable
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nbformat import NotebookNode

from autograder.errors import UserError
from autograder.lessons.course import Course, Lesson
from autograder.lessons.regions import solution_lines
from autograder.lessons.source import read_lesson
from autograder.proving.mutate import Mutant, mutants


@dataclass(frozen=True)
class Solution:
    """One exercise's cell; `before` are the cells that it leans on, `check` hands over what it defines."""

    name: str
    line: int  # of the source, where the cell starts
    source: str
    check: str
    before: tuple[str, ...]

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    def mutants(self) -> list[Mutant]:
        """The mutants of what the student writes; a prediction is written whole."""
        lines = {number + 1 for number in solution_lines(self.source)}
        return mutants(self.tree, frozenset(lines or range(1, self.source.count("\n") + 2)))

    def surroundings(self) -> dict[str, Any]:
        """The names that the cells before it make."""
        namespace: dict[str, Any] = {"__name__": "lesson"}
        for source in self.before:
            exec(compile(source, "<lesson>", "exec"), namespace)  # noqa: S102  # the course's own source
        return namespace

    def objects(self, surroundings: dict[str, Any], tree: ast.Module | None = None) -> tuple[Any, ...]:
        """What the check is handed, if the cell is `tree`."""
        handed: list[tuple[Any, ...]] = []
        namespace = {**surroundings, "check": lambda _name, *objects: handed.append(objects)}
        exec(compile(tree or self.tree, f"<solution of {self.name}>", "exec"), namespace)  # noqa: S102  # as above
        exec(compile(self.check, "<check>", "exec"), namespace)  # noqa: S102  # as above
        return handed[0]


def solutions(course: Course, lesson: Lesson) -> dict[str, Solution]:
    """The solution of each exercise and prediction of a lesson."""
    cells = [cell for cell in read_lesson(course.source(lesson)).cells if cell.cell_type == "code"]
    checks = {cell.metadata.marker.name: cell.source for cell in cells if cell.metadata.marker.kind == "check"}
    found = {}
    for number, cell in enumerate(cells):
        marker = cell.metadata.marker
        if marker.kind in ("exercise", "predict"):
            before = _leans_on(cell, checks[marker.name], cells[:number])
            found[marker.name] = Solution(marker.name, marker.line, cell.source, checks[marker.name], before)
    return found


def solution_of(course: Course, lesson: Lesson, name: str) -> Solution:
    found = solutions(course, lesson)
    if name not in found:
        raise UserError(f"lesson {lesson.id} has no exercise {name!r}")
    return found[name]


def _leans_on(cell: NotebookNode, check: str, earlier: Sequence[NotebookNode]) -> tuple[str, ...]:
    """The earlier cells that bind a name which the cell, or one of those, reads."""
    wanted = set(_read(cell.source)) | set(_read(check))
    chosen: list[str] = []
    for other in reversed(earlier):
        tree = ast.parse(other.source)
        if other.metadata.marker.kind != "check" and wanted.intersection(_bound(tree.body)):
            chosen.insert(0, other.source)
            wanted |= set(_read(other.source))
    return tuple(chosen)


def _read(source: str) -> Iterator[str]:
    """The names that a cell takes from outside: not those of a function's own."""
    waiting = [symtable.symtable(source, "<lesson>", "exec")]
    while waiting:
        scope = waiting.pop()
        waiting += scope.get_children()
        own = scope.get_type() == "module"
        yield from (one.get_name() for one in scope.get_symbols() if one.is_referenced() and (own or one.is_global()))


def _bound(body: Sequence[ast.AST]) -> Iterator[str]:
    """The names that statements bind where they stand, not those inside functions and classes."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        else:
            yield from _bound(list(ast.iter_child_nodes(node)))
