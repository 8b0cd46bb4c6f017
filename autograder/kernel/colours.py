"""Colours the code in a traceback as `stack_data` does, which builds a lexer and a style anew for all that it shows."""

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Any

import pygments
import stack_data
import stack_data.core
from pygments.lexers.python import PythonLexer


def install() -> None:
    """Let tracebacks be coloured by this module from now on."""
    stack_data.core._pygmented_with_ranges = coloured
    stack_data.style_with_executing_node = cache(stack_data.style_with_executing_node)


def coloured(formatter: Any, code: str, ranges: Sequence[tuple[int, int]]) -> list[str]:
    """The lines of some code, in colours. What lies in `ranges` is what was being executed."""
    return list(_coloured(_Style(formatter), code, tuple(ranges)))


@lru_cache(maxsize=256)
def _coloured(style: "_Style", code: str, ranges: tuple[tuple[int, int], ...]) -> tuple[str, ...]:
    try:
        shown = pygments.highlight(code, _Lexer(ranges), style.formatter)
    except Exception:  # as `stack_data` has it: better no colours than no traceback
        shown = code
    return tuple(shown.splitlines())


class _Style:
    """A formatter, equal to all that would draw the same."""

    def __init__(self, formatter: Any) -> None:
        self.formatter = formatter
        self._key = type(formatter), formatter.style, repr(formatter.options)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Style) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


class _Lexer(PythonLexer):
    def __init__(self, ranges: Sequence[tuple[int, int]]) -> None:
        super().__init__(stripnl=False)
        self._ranges = ranges

    def get_tokens(self, text: str, unfiltered: bool = False) -> Iterator[tuple[Any, str]]:
        position = 0
        for kind, value in super().get_tokens(text, unfiltered):
            executed = any(start <= position < end for start, end in self._ranges)
            yield (kind.ExecutingNode if executed else kind), value
            position += len(value)
