"""Small errors planted in code: one changed operator, constant, axis, slice, argument or statement at a time.

Written here because mutmut and cosmic-ray change text on disk for a test command and know no slices, axes or tuples.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

OPERATORS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div, ast.Mult),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}


@dataclass(frozen=True)
class Mutant:
    """Code with one small error: its line, that line before and after, and the whole."""

    line: int
    before: str
    after: str
    tree: ast.Module

    @property
    def diff(self) -> str:
        return f"- {self.before}\n+ {self.after}"


def mutants(tree: ast.Module, lines: frozenset[int]) -> list[Mutant]:
    """Every mutant of `tree` with its error in one of `lines`, each once."""
    found: dict[str, Mutant] = {}
    original = ast.unparse(tree)
    for node in ast.walk(tree):
        if getattr(node, "lineno", None) not in lines:
            continue
        for changed in _changes(node):
            # The copy takes the changed node wherever it comes to the old one.
            text = ast.unparse(ast.fix_missing_locations(copy.deepcopy(tree, {id(node): changed})))
            if text != original and text not in found and _is_python(text):
                before, after = _changed_lines(original, text)
                found[text] = Mutant(node.lineno, before, after, ast.parse(text))  # type: ignore[attr-defined]
    return list(found.values())


def _is_python(text: str) -> bool:
    """Whether it can be compiled: a mutant that cannot would be found out by no merit of the check."""
    try:
        compile(text, "<mutant>", "exec")
    except SyntaxError:
        return False
    return True


def _changed_lines(original: str, text: str) -> tuple[str, str]:
    """From the first to the last line that differs, in both."""
    old, new = original.splitlines(), text.splitlines()
    while old and new and old[0] == new[0]:
        del old[0], new[0]
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    return " ⏎ ".join(line.strip() for line in old), " ⏎ ".join(line.strip() for line in new)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """Nodes to put in the place of `node`."""
    if isinstance(node, ast.BinOp | ast.AugAssign | ast.BoolOp):
        yield from (_with(node, op=other()) for other in OPERATORS.get(type(node.op), ()))
    elif isinstance(node, ast.Compare):
        yield from _comparisons(node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        yield node.operand
    elif isinstance(node, ast.Constant):
        yield from (ast.Constant(value) for value in _constants(node.value))
    elif isinstance(node, ast.Tuple | ast.List):
        yield from (_with(node, elts=elements) for elements in _swapped(node.elts))
    elif isinstance(node, ast.Subscript):
        yield from _subscripts(node)
    elif isinstance(node, ast.Slice):
        yield from _slices(node)
    elif isinstance(node, ast.Call):
        yield from _calls(node)
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    elif isinstance(node, ast.If | ast.While | ast.IfExp):
        yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))
    if isinstance(node, ast.AugAssign):
        yield ast.Assign([node.target], node.value)
    if isinstance(node, ast.stmt) and not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Return | ast.Pass):
        yield ast.Pass()


def _comparisons(node: ast.Compare) -> Iterator[ast.AST]:
    for position, operator in enumerate(node.ops):
        for other in OPERATORS.get(type(operator), ()):
            yield _with(node, ops=[*node.ops[:position], other(), *node.ops[position + 1 :]])


def _constants(value: object) -> Iterator[int | float]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield from (other for other in (value + 1, value - 1, type(value)(0)) if other != value)
        if value:
            yield -value


def _subscripts(node: ast.Subscript) -> Iterator[ast.AST]:
    """`x[i]` one place off, along each axis, and `x[::-1]` not turned around."""
    index = node.slice
    if isinstance(index, ast.Tuple):
        for position, element in enumerate(index.elts):
            for moved in _moved(element):
                elements = [*index.elts[:position], moved, *index.elts[position + 1 :]]
                yield _with(node, slice=_with(index, elts=elements))
    else:
        yield from (_with(node, slice=moved) for moved in _moved(index))
        if isinstance(index, ast.Slice):
            yield node.value


def _moved(index: ast.AST) -> Iterator[ast.AST]:
    """A variable that counts, one more and one less."""
    if isinstance(index, ast.Name | ast.BinOp):
        yield from _shifted(index)


def _shifted(node: ast.expr) -> Iterator[ast.BinOp]:
    yield ast.BinOp(node, ast.Add(), ast.Constant(1))
    yield ast.BinOp(node, ast.Sub(), ast.Constant(1))


def _slices(node: ast.Slice) -> Iterator[ast.AST]:
    for bound, if_missing in (("lower", 1), ("upper", -1)):
        there = getattr(node, bound)
        if there is None and node.step is None:
            yield _with(node, **{bound: ast.Constant(if_missing)})
        elif there is not None:
            yield _with(node, **{bound: None})
            yield from (_with(node, **{bound: moved}) for moved in _shifted(there))
    if node.step is not None:
        yield _with(node, step=None)


def _calls(node: ast.Call) -> Iterator[ast.AST]:
    yield from (_with(node, args=arguments) for arguments in _swapped(node.args))
    for position in range(len(node.keywords)):
        yield _with(node, keywords=node.keywords[:position] + node.keywords[position + 1 :])
    if isinstance(node.func, ast.Attribute) and not node.args and not node.keywords:
        yield node.func.value  # x.copy(), x.ravel() … left out
    if isinstance(node.func, ast.Name) and node.func.id == "range":
        for position, bound in enumerate(node.args):
            for moved in _shifted(bound):
                yield _with(node, args=[*node.args[:position], moved, *node.args[position + 1 :]])
        if len(node.args) == 1:
            yield _with(node, args=[ast.Constant(1), *node.args])


def _swapped(items: list[ast.expr]) -> Iterator[list[ast.expr]]:
    """Each two neighbours in each other's place."""
    for i in range(len(items) - 1):
        yield [*items[:i], items[i + 1], items[i], *items[i + 2 :]]


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed
