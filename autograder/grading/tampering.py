"""Signs, in what a student wrote, of reaching for the grader: a person should look at them.

None of this earns or costs points, and code that means to hide can. No lesson needs any of it.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from nbformat import NotebookNode

from autograder.grading.master import Master, MasterCell
from autograder.grading.names import bound_in, used_in
from autograder.grading.written import plain_python

# What names are reached, by their full names, and what to say of it.
FRAMES = "looks into the calls that run it"
REACHES = {
    "autograder": "reaches into the autograder",
    "builtins": "reaches behind Python's own functions",
    "__builtins__": "reaches behind Python's own functions",
    "codeop": "makes up code at run time",
    "ctypes": "works on memory",
    "gc.get_objects": "looks through all objects",
    "gc.get_referents": "looks through all objects",
    "gc.get_referrers": "looks through all objects",
    "inspect.currentframe": FRAMES,
    "inspect.getclosurevars": FRAMES,
    "inspect.getinnerframes": FRAMES,
    "inspect.getouterframes": FRAMES,
    "inspect.stack": FRAMES,
    "inspect.trace": FRAMES,
    "importlib": "imports by run-time names",
    "marshal": "makes up code at run time",
    "pkgutil": "imports by run-time names",
    "runpy": "imports by run-time names",
    "sys._current_frames": FRAMES,
    "sys._getframe": FRAMES,
    "sys.addaudithook": "hooks into Python",
    "sys.displayhook": "hooks into Python",
    "sys.excepthook": "hooks into Python",
    "sys.meta_path": "hooks into imports",
    "sys.modules": "reaches into the modules that are loaded",
    "sys.monitoring": "hooks into what runs",
    "sys.path_hooks": "hooks into imports",
    "sys.setprofile": "hooks into what runs",
    "sys.settrace": "hooks into what runs",
    "threading.setprofile": "hooks into what runs",
    "threading.settrace": "hooks into what runs",
    "types.CodeType": "makes up code at run time",
    "types.FunctionType": "makes up code at run time",
    "unittest.mock": "replaces what belongs to others",
}
HARMLESS = ("importlib.metadata", "importlib.reload", "importlib.resources", "importlib.util.find_spec")
IMPORTERS = ("importlib.import_module", "__import__")
FUNCTIONS = {
    "__import__": "imports by run-time names",
    "compile": "makes up code at run time",
    "eval": "makes up code at run time",
    "exec": "makes up code at run time",
}
ATTRIBUTES = {
    **dict.fromkeys(("__builtins__", "__closure__", "__code__", "__globals__", "__subclasses__"), "opens functions up"),
    **dict.fromkeys(("f_back", "f_builtins", "f_globals", "f_locals", "tb_frame", "gi_frame", "cr_frame"), FRAMES),
}
# Packages that checks rely on: nothing in them may be replaced, but what is there to be set.
SHARED = ("IPython", "autograder", "cnnlib", "hypothesis", "ipykernel", "numpy", "torch")
SETTINGS = ("torch.backends",)
# What magics and `!` turn into; a kernel's shell offers more, to look away with.
MAGICS = ("getoutput", "run_cell_magic", "run_line_magic", "system")
OF_THE_LESSON = ("check", "lesson")
TOLD = ("check.language",)  # what lessons ask for themselves; to be read, not to be set
TELLING = re.compile(r"(?i)(^|/)autograder([._/]|$)|^/proc/(self|\d+)?(/|$)")
ALIASES = {"np": "numpy", "plt": "matplotlib.pyplot"}
SEEN_IN_USE = ("builtins", "importlib", "marshal", "pkgutil", "runpy")  # importing these does nothing yet
MOST_SHOWN = 60  # characters of the code
MOST_SIGNS = 3  # in one cell


def suspicions(notebook: NotebookNode, masters: Mapping[int, MasterCell], master: Master) -> Iterator[str]:
    """A sentence for each of the student's cells in which there are such signs."""
    own = {
        number: plain_python(cell.source)
        for number, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and cell.source not in master.demonstrations
        if not (number in masters and masters[number].locked)
    }
    for number, signs in zip(own, tampering(list(own.values())), strict=True):
        if signs:
            name = f" ({masters[number].name})" if number in masters else ""
            more = f"; and {len(signs) - MOST_SIGNS} more such signs" if len(signs) > MOST_SIGNS else ""
            yield f"{master.name}, cell {number + 1}{name}: please look at it, it {'; '.join(signs[:MOST_SIGNS])}{more}"


def tampering(cells: Sequence[str]) -> list[list[str]]:
    """What in each of a notebook's cells, as plain Python, looks like tampering."""
    trees = [_parse(source) for source in cells]
    aliases = _aliases(trees)
    return [
        [] if tree is None else list(dict.fromkeys(_Reader(source, tree, aliases).signs()))
        for source, tree in zip(cells, trees, strict=True)
    ]


def _parse(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # it does not run either
        return None


def _aliases(trees: Sequence[ast.Module | None]) -> dict[str, str]:
    """What names stand for all over the notebook, as its imports and plain assignments tell."""
    aliases = dict(ALIASES)
    nodes = [node for tree in trees if tree is not None for node in ast.walk(tree)]
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                aliases[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module:
            aliases |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    for _ in range(3):  # names of names of names
        for node in nodes:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name | ast.Attribute):
                named = _dotted(node.value, aliases)
                targets = [target.id for target in node.targets if isinstance(target, ast.Name)]
                if named and named.partition(".")[0] in aliases.values():
                    aliases |= {target: named for target in targets if target not in aliases}
    return aliases


def _dotted(node: ast.AST, aliases: dict[str, str]) -> str | None:
    """The full name that an expression writes."""
    if isinstance(node, ast.Name):
        return aliases.get(node.id, node.id)
    if isinstance(node, ast.Attribute) and (base := _dotted(node.value, aliases)):
        return f"{base}.{node.attr}"
    return None


def _is_told(node: ast.Attribute) -> bool:
    return isinstance(node.ctx, ast.Load) and _dotted(node, {}) in TOLD


def _is_within(name: str, *places: str) -> bool:
    return any(name == place or name.startswith(place + ".") for place in places)


class _Reader:
    """Reads one cell."""

    def __init__(self, source: str, tree: ast.Module, aliases: dict[str, str]) -> None:
        self._tree, self._aliases = tree, aliases
        self._bound, self._used = bound_in(source), used_in(source)
        self._known = set(aliases)
        self._called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
        self._inner = {id(node.value) for node in attributes}
        self._told = {id(node.value) for node in attributes if _is_told(node)}
        self._texts = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings

    def signs(self) -> Iterator[str]:
        for name in OF_THE_LESSON:
            if name in self._bound:
                yield f"gives `{name}` a meaning of its own"
        for node in ast.walk(self._tree):
            for what, shown in self._of(node):
                yield f"{what} (`{shown[:MOST_SHOWN]}`)"

    def _of(self, node: ast.AST) -> Iterator[tuple[str, str]]:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from self._imports(node)
        elif isinstance(node, ast.Name | ast.Attribute):
            yield from self._names(node)
        elif isinstance(node, ast.Call):
            yield from self._calls(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
            if node.value is not None and _is_shell(node.value, self._aliases):
                yield "reaches into the notebook's shell", ast.unparse(node)
        elif isinstance(node, ast.Constant) and id(node) not in self._texts and TELLING.search(str(node.value)):
            yield "names what belongs to the grader", ascii(node.value)

    def _imports(self, node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
        for alias in node.names:
            name = alias.name if isinstance(node, ast.Import) else f"{node.module or ''}.{alias.name}"
            if name not in IMPORTERS and (name not in SEEN_IN_USE or isinstance(node, ast.ImportFrom)):
                yield from self._reached(name, ast.unparse(node))

    def _names(self, node: ast.Name | ast.Attribute) -> Iterator[tuple[str, str]]:
        shown = ast.unparse(node)
        name = _dotted(node, self._aliases)
        if isinstance(node, ast.Attribute):
            if node.attr in ATTRIBUTES:
                yield ATTRIBUTES[node.attr], shown
            if node.attr == "__dict__" and self._is_shared(node.value):
                yield "replaces what belongs to others", shown
            if isinstance(node.ctx, ast.Store | ast.Del) and self._is_shared(node.value):
                yield "replaces what belongs to others", shown
            if _is_shell(node.value, self._aliases) and node.attr not in MAGICS:
                yield "reaches into the notebook's shell", shown
        elif node.id in OF_THE_LESSON and node.id in self._used:
            if isinstance(node.ctx, ast.Load) and id(node) not in self._called | self._told:
                yield "takes apart what checks, or gives it another name", shown
        elif node.id in FUNCTIONS and node.id in self._used:
            yield FUNCTIONS[node.id], shown
        whole = id(node) not in self._inner and not (name in IMPORTERS and id(node) in self._called)
        if name is not None and whole and self._is_module(node):
            yield from self._reached(name, shown)

    def _reached(self, name: str, shown: str) -> Iterator[tuple[str, str]]:
        if not _is_within(name, *HARMLESS):
            yield from ((what, shown) for place, what in REACHES.items() if _is_within(name, place))

    def _calls(self, node: ast.Call) -> Iterator[tuple[str, str]]:
        name, shown = _dotted(node.func, self._aliases), ast.unparse(node)
        first = node.args[0] if node.args else None
        if name in IMPORTERS:
            constant = first.value if isinstance(first, ast.Constant) else None
            if isinstance(constant, str):
                yield from self._reached(constant, shown)
            else:
                yield "imports by run-time names", shown
        elif name in ("getattr", "vars", "dir") and first is not None:
            if _is_within(_dotted(first, self._aliases) or "", "sys", "builtins", "gc", *OF_THE_LESSON):
                yield "reaches for what it does not name", shown
            elif name == "vars" and self._is_shared(first):
                yield "replaces what belongs to others", shown
        elif name in ("setattr", "delattr") and first is not None and self._is_shared(first):
            yield "replaces what belongs to others", shown

    def _is_module(self, node: ast.AST) -> bool:
        """Whether an expression starts at something that was imported, or at Python's own names."""
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and (node.id in self._known or node.id == "__builtins__")

    def _is_shared(self, node: ast.AST) -> bool:
        name = _dotted(node, self._aliases)
        return (
            name is not None and self._is_module(node) and _is_within(name, *SHARED) and not _is_within(name, *SETTINGS)
        )


def _is_shell(node: ast.AST, aliases: dict[str, str]) -> bool:
    """Whether an expression is the shell, or a name that it was given."""
    return isinstance(node, ast.Call) and (_dotted(node.func, aliases) or "").rpartition(".")[2] == "get_ipython"
