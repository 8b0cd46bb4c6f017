"""Lesson rules kept by reading the code: names that an exercise asks the student to do without.

What runs is watched too (`watch.py`); reading catches what a watch inside the student's process could miss.
"""

import ast
import textwrap
from collections.abc import Iterator

from autograder.checking.exercise import Rule

# Ways to reach a name without writing it, and to make a watch look away. A course answer needs none of them.
DISGUISES = frozenset(
    {
        "__import__",
        "importlib",
        "exec",
        "eval",
        "compile",
        "inspect",
        "getsource",
        "globals",
        "vars",
        "ctypes",
    }
    | {"setprofile", "settrace", "_getframe", "__subclasses__", "__globals__", "__builtins__", "__code__"}
)
USUAL_ALIASES = {"np": "numpy", "F": "torch.nn.functional", "nn": "torch.nn", "plt": "matplotlib.pyplot"}


def broken_by_source(rule: Rule, source: str) -> Iterator[str]:
    """What `source` uses against `rule`: the forbidden names, and disguises for them."""
    if not rule.calls:
        return
    try:
        tree = ast.parse(textwrap.dedent(source))
    except SyntaxError:  # a lambda cut out of a longer line; the watch still sees what it calls
        return
    aliases = USUAL_ALIASES | dict(_imports(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
            yield from _through_getattr(node, rule)
        for name in _names(node, aliases):
            yield from (call for call in rule.calls if name == call or name.startswith(call + "."))
            yield from DISGUISES.intersection(name.split("."))


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """The names that imports bind, and what they stand for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.name if alias.asname else alias.name.partition(".")[0]
                yield alias.asname or bound, bound
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _names(node: ast.AST, aliases: dict[str, str]) -> Iterator[str]:
    """The full names that a node writes: `np.convolve` is "numpy.convolve"."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Name | ast.Attribute):
        name = _dotted(node, aliases)
        if name is not None:
            yield name


def _dotted(node: ast.AST, aliases: dict[str, str]) -> str | None:
    if isinstance(node, ast.Name):
        return aliases.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        base = _dotted(node.value, aliases)
        return f"{base}.{node.attr}" if base else node.attr
    return None


def _through_getattr(node: ast.Call, rule: Rule) -> Iterator[str]:
    """A `getattr` for a forbidden name, or for a name made up at run time."""
    wanted = node.args[1] if len(node.args) > 1 else None
    if isinstance(wanted, ast.Constant) and isinstance(wanted.value, str):
        yield from (call for call in rule.calls if wanted.value in call.split("."))
    else:
        yield "getattr"
