"""Which names a cell takes from the rest of its notebook: those it reads before it surely gives them a value itself."""

import ast
import symtable
from collections.abc import Iterable
from functools import lru_cache

from autograder.grading.names import globals_in, used_in

Statements = Iterable[ast.stmt]


@lru_cache(4096)
def taken_from_outside(source: str) -> frozenset[str]:
    """The names; all the words of a cell that is no Python.

    What a function reads counts from where it is defined, since nobody knows when it is called. The body of a `with`
    is taken to run to its end.
    """
    try:
        return frozenset(_Reader().read(source))
    except (SyntaxError, ValueError, RecursionError):
        return frozenset(used_in(source))


class _Reader:
    """Follows a cell from line to line with the set of names that it has surely bound so far."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def read(self, source: str) -> set[str]:
        self._block(ast.parse(source).body, set())
        return self._taken

    def _block(self, statements: Statements, bound: set[str]) -> set[str]:
        """What is bound after the statements, if `bound` is before."""
        for statement in statements:
            bound = self._statement(statement, bound)
        return bound

    def _statement(self, statement: ast.stmt, bound: set[str]) -> set[str]:
        match statement:
            case ast.If(test, body, orelse):
                bound = self._simple(test, bound)
                return self._block(body, bound) & self._block(orelse, bound)
            case ast.While(test, body, orelse):
                bound = self._simple(test, bound)
                self._block(body, bound)
                self._block(orelse, bound)
            case ast.For(target, values, body, orelse) | ast.AsyncFor(target, values, body, orelse):
                bound = self._simple(values, bound)
                self._block(body, bound | self._stored(target, bound))
                self._block(orelse, bound)
            case ast.With(items, body) | ast.AsyncWith(items, body):
                for item in items:
                    bound = self._simple(item.context_expr, bound)
                    bound = bound | (self._stored(item.optional_vars, bound) if item.optional_vars else set())
                return self._block(body, bound)
            case ast.Try(body, handlers, orelse, final) | ast.TryStar(body, handlers, orelse, final):
                ends = [self._block([*body, *orelse], bound)]
                for handler in handlers:
                    if handler.type is not None:
                        self._simple(handler.type, bound)
                    ends.append(self._block(handler.body, bound | {handler.name or ""}))
                self._block(final, bound)
                return set.intersection(*ends)
            case ast.Match(subject, cases):
                bound = self._simple(subject, bound)
                for case in cases:
                    names = {name for node in ast.walk(case.pattern) if (name := _captured(node))}
                    if case.guard is not None:
                        self._simple(case.guard, bound | names)
                    self._block(case.body, bound | names)
            case _:
                return self._simple(statement, bound)
        return bound

    def _simple(self, node: ast.AST, bound: set[str]) -> set[str]:
        """Read what holds no statements of its own but those of functions and classes."""
        table = symtable.symtable(ast.unparse(node), "cell", "exec")
        symbols = table.get_symbols()
        read = {symbol.get_name() for symbol in symbols if symbol.is_referenced()}
        read |= {name for inner in table.get_children() for name in globals_in(inner)}
        if isinstance(node, ast.AugAssign | ast.Delete):  # which read what they store
            read |= {symbol.get_name() for symbol in symbols}
        self._taken |= read - bound
        made = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported() or s.is_namespace()}
        return bound - made if isinstance(node, ast.Delete) else bound | made

    def _stored(self, target: ast.expr, bound: set[str]) -> set[str]:
        """The names that a loop or a `with` binds; `a[i]` and `a.b` read `a`."""
        names = [node for node in ast.walk(target) if isinstance(node, ast.Name)]
        self._taken |= {name.id for name in names if isinstance(name.ctx, ast.Load)} - bound
        return {name.id for name in names if isinstance(name.ctx, ast.Store)}


def _captured(node: ast.AST) -> str | None:
    match node:
        case ast.MatchAs(name=name) | ast.MatchStar(name=name) | ast.MatchMapping(rest=name):
            return name
    return None
