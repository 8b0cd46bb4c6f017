"""Lesson rules kept by reading the code: names that an exercise asks the student to do without.

What runs is watched too (`watch.py`); reading catches what a watch inside the student's process could miss.
"""

import ast
import textwrap
from collections.abc import Iterator

from autograder.checking.exercise import Rule

# Ways to reach a name without writing it, and to make a watch look away. A course answer needs none of them.
# Python's own functions, unless the code gives the name a meaning of its own (`model.eval()` is none of them):
FUNCTIONS = frozenset({"__import__", "exec", "eval", "compile", "globals", "vars", "__builtins__"})
MODULES = frozenset(
    {"autograder", "builtins", "codeop", "ctypes", "gc", "importlib", "inspect", "marshal", "pkgutil", "runpy"}
)
ATTRIBUTES = frozenset({"__builtins__", "__code__", "__dict__", "__globals__", "__subclasses__"})
IN_SYS = frozenset({"_current_frames", "_getframe", "meta_path", "modules", "monitoring", "setprofile", "settrace"})

USUAL_ALIASES = {"np": "numpy", "F": "torch.nn.functional", "nn": "torch.nn", "plt": "matplotlib.pyplot"}


def broken_by_source(rule: Rule, source: str) -> Iterator[str]:
    """What `source` uses against `rule`: the forbidden names, and disguises for them."""
    if not rule.calls:
        return
    try:
        tree = ast.parse(textwrap.dedent(source))
    except SyntaxError:  # a lambda cut out of a longer line; the watch still sees what it calls
        return
    names = _Names(tree)
    for node in ast.walk(tree):
        for name in names.written(node):
            yield from (call for call in rule.calls if _is_within(name, call))
            yield from _disguises(name)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
            yield from _through_getattr(node, rule, names)


def _is_within(name: str, call: str) -> bool:
    return name == call or name.startswith(call + ".")


def _disguises(name: str) -> Iterator[str]:
    first, *rest = name.split(".")
    if first in MODULES or (not rest and first in FUNCTIONS):
        yield first
    yield from (ATTRIBUTES | IN_SYS if first == "sys" else ATTRIBUTES).intersection(rest)


def _through_getattr(node: ast.Call, rule: Rule, names: "_Names") -> Iterator[str]:
    """A `getattr` for a forbidden name, or for a name made up at run time."""
    thing, wanted = [*node.args, None, None][:2]
    if not (isinstance(wanted, ast.Constant) and isinstance(wanted.value, str)):
        yield "getattr"
        return
    base = names.dotted(thing)
    for call in rule.calls:
        if wanted.value == call.rpartition(".")[2] or (base and _is_within(f"{base}.{wanted.value}", call)):
            yield call


class _Names:
    """What the names in some code stand for, as its imports tell."""

    def __init__(self, tree: ast.AST) -> None:
        self._aliases = dict(USUAL_ALIASES)
        self._all_of: list[str] = []  # modules of which everything is imported
        self._bound: set[str] = set()
        for node in ast.walk(tree):
            self._note(node)

    def _note(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                self._aliases[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                self._aliases[alias.asname or alias.name] = f"{node.module}.{alias.name}"
            self._all_of += [node.module] * any(alias.name == "*" for alias in node.names)
        elif isinstance(node, ast.arg):
            self._bound.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            self._bound.add(node.name)
        elif isinstance(node, ast.Assign) and not isinstance(node.value, ast.Name | ast.Attribute):
            # `f = np.convolve` gives a name to what is written there anyway; `F = len(w)` gives it a new meaning
            stored = [name for target in node.targets for name in ast.walk(target)]
            self._bound |= {name.id for name in stored if isinstance(name, ast.Name)}

    def written(self, node: ast.AST) -> Iterator[str]:
        """The full names that a node writes: `np.convolve` is "numpy.convolve"."""
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in self._bound:
            yield self._aliases.get(node.id, node.id)
            yield from (f"{module}.{node.id}" for module in self._all_of)
        elif isinstance(node, ast.Attribute):
            name = self.dotted(node)
            if name is not None:
                yield name

    def dotted(self, node: ast.AST | None) -> str | None:
        """The full name of what a node stands for, if it has one."""
        if isinstance(node, ast.Name):
            return f".{node.id}" if node.id in self._bound else self._aliases.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            return f"{self.dotted(node.value) or ''}.{node.attr}"
        return None
