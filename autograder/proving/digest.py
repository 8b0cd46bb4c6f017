"""What the fate of an exercise's mutants depends on, as one hash; comments, docstrings and wording are left out."""

import ast
import hashlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from autograder.checking.exercise import Exercise
from autograder.proving.solution import Solution


def digest(solution: Solution, exercise: Exercise, module: ModuleType) -> str:
    """The hash of the mutants and of the exercise's declaration; that the engine rejects what it should is not in it.

    The engine's own tests hold that, and `autograder prove` with every known mistake.
    """
    about = hashlib.sha256()
    for source in solution.before:
        about.update(_canonical(ast.parse(source)).encode())
    for mutant in solution.mutants():
        about.update(_canonical(mutant.tree).encode())
    for path in declaration(exercise, module):
        about.update(_canonical(ast.parse(path.read_text(encoding="utf-8"))).encode())
    return about.hexdigest()


def declaration(exercise: Exercise, module: ModuleType) -> list[Path]:
    """The file that declares an exercise, and those beside it that it imports, in order."""
    package = f"{module.__name__}."
    parts = {name: part for name, part in sys.modules.items() if name.startswith(package)}
    homes = [name for name, part in parts.items() if any(value is exercise for value in vars(part).values())]
    waiting, seen = sorted(homes) or [module.__name__], set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += [package + other for other in _siblings(_origin(name)) if package + other in parts]
    return [_origin(name) for name in sorted(seen)]


def _siblings(path: Path) -> Iterator[str]:
    """The modules that a file imports from beside it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module:
            yield node.module


def _origin(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None, name
    return Path(spec.origin)


def _canonical(node: object) -> str:
    """Code as text, the same from one Python to the next."""
    if isinstance(node, list):
        return f"[{' '.join(map(_canonical, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text":
        return "Text"
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return "docstring"
    fields = ((name, value) for name, value in ast.iter_fields(node) if value not in (None, []))
    return f"{type(node).__name__}({', '.join(f'{name}={_canonical(value)}' for name, value in fields)})"
