"""A cell cut into pieces, which together are the cell again; some of them carry a message to translate."""

import textwrap
from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """A run of a cell's source; without a message it passes untouched."""

    text: str
    line: int  # in the cell, from 0
    message: str = ""
    first: str = ""  # stands before the first line of the translation
    rest: str = ""  # and before each further one
    width: int = 0  # the translation is wrapped to so many characters; 0: not at all

    def render(self, translation: str) -> str:
        lines = translation.split("\n")
        if self.width:
            room = max(self.width - len(self.rest), 40)
            lines = [part for line in lines for part in _wrap(line, room)]
        return self.first + f"\n{self.rest}".join(lines)


def join_lines(lines: list[str]) -> str:
    """Lines as one, so that wrapping the English anew changes no message; hard breaks stay."""
    joined = ""
    for line in lines:
        if joined:
            joined += "\n" if joined.endswith(("  ", "\\")) else " "
        joined += line.lstrip() if line.endswith("  ") else line.strip()
    return joined.rstrip()


def _wrap(line: str, width: int) -> list[str]:
    return textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) or [""]
