"""A known mistake as a student would have written it: its function's source, under the name that the check wants."""

import ast
import inspect
from collections.abc import Iterator, Sequence
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

PLAIN = (bool, int, float, str)


class NotWritten(Exception):
    """An object that no source by itself makes, such as a function that another one made."""


def as_written(objects: Sequence[Any], names: Sequence[str]) -> str:
    """Source that binds objects like these to these names."""
    definitions: dict[str, str] = {}
    own = [_definition(found, name, definitions) for found, name in zip(objects, names, strict=True)]
    return "\n\n".join([*definitions.values(), *own])


def _definition(found: Any, name: str, others: dict[str, str]) -> str:
    """What binds `found` to `name`; what it leans on is added to the others."""
    if isinstance(found, ModuleType):
        return f"import {found.__name__} as {name}"
    if isinstance(found, np.ndarray):
        return f"{name} = {found.tolist()!r}"
    if isinstance(found, PLAIN) or (isinstance(found, tuple) and all(isinstance(one, PLAIN) for one in found)):
        return f"{name} = {found!r}"
    if not isinstance(found, FunctionType) or found.__closure__ or not found.__name__.isidentifier():
        raise NotWritten(name)
    tree = ast.parse(inspect.getsource(found))
    for used in _globals_of(tree, found):
        if used not in others and used != found.__name__:
            definition = _definition(found.__globals__[used], used, others)
            others[used] = definition
    return ast.unparse(_Renamed(found.__name__, name).visit(tree))


def _globals_of(tree: ast.AST, function: FunctionType) -> Iterator[str]:
    names = sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)})
    return (name for name in names if name in function.__globals__)


class _Renamed(ast.NodeTransformer):
    """A function under another name."""

    def __init__(self, old: str, new: str) -> None:
        self._old, self._new = old, new

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        if node.name == self._old:
            node.name = self._new
        self.generic_visit(node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.Name:
        if node.id == self._old:
            node.id = self._new
        return node
