"""Which names of a notebook a cell uses and which it leaves behind, read without running it."""

import re
import symtable
from collections.abc import Iterable, Iterator

WORD = re.compile(r"\w+")


def used_in(source: str) -> set[str]:
    """The names of the notebook that a cell may refer to; all its words where it is no Python."""
    table = _table(source)
    return set(WORD.findall(source)) if table is None else set(globals_in(table))


def bound_in(source: str) -> set[str]:
    """The names that a cell leaves behind, other than those it imports; all its words where it is no Python."""
    table = _table(source)
    if table is None:
        return set(WORD.findall(source))
    own = (symbol for symbol in table.get_symbols() if not symbol.is_imported())
    bound = {symbol.get_name() for symbol in own if symbol.is_assigned() or symbol.is_namespace()}
    return bound | set(_declared_global(table))


def behind(source: str, cells: Iterable[str]) -> list[str]:
    """The cells, in their order, that bind what `source` uses, what those use, and so on."""
    left = dict(enumerate(cells))
    found: dict[int, str] = {}
    wanted = used_in(source)
    while chosen := {number: cell for number, cell in left.items() if wanted & bound_in(cell)}:
        found |= chosen
        left = {number: cell for number, cell in left.items() if number not in chosen}
        wanted = wanted.union(*map(used_in, chosen.values()))
    return [found[number] for number in sorted(found)]


def globals_in(table: symtable.SymbolTable) -> Iterator[str]:
    """The names of the notebook in a scope and those within."""
    is_cell = table.get_type() == "module"
    yield from (symbol.get_name() for symbol in table.get_symbols() if is_cell or symbol.is_global())
    for inner in table.get_children():
        yield from globals_in(inner)


def _table(source: str) -> symtable.SymbolTable | None:
    try:
        return symtable.symtable(source, "cell", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return None


def _declared_global(table: symtable.SymbolTable) -> Iterator[str]:
    for inner in table.get_children():
        yield from (s.get_name() for s in inner.get_symbols() if s.is_declared_global() and s.is_assigned())
        yield from _declared_global(inner)
