"""Cuts a markdown cell into pieces: a message a paragraph, heading, list item or table row."""

import re
from collections.abc import Iterator

from autograder.lessons.inline import has_words
from autograder.lessons.pieces import Piece, join_lines
from autograder.lessons.regions import BEGIN, END

FENCE = re.compile(r"\s*(```+|~~~+)")
MATH = re.compile(r"\s*(\$\$|\\begin\{(\w+\*?)\}|\\\[)")
HEADING = re.compile(r"(#{1,6} +)(.*)")
ITEM = re.compile(r"(\s*(?:[-*+]|\d+[.)]) +(?:\[[ x]\] +)?)(.*)")
QUOTE = re.compile(r"(\s*> ?)(.*)")
INLINE = "a|abbr|b|code|em|i|kbd|mark|small|span|strong|sub|sup|var"
BLOCK_TAG = rf"<!--.*?-->|</?(?!(?:{INLINE})\b)[A-Za-z][^<>]*>"
TAGGED = re.compile(rf"\s*(?:{BLOCK_TAG}|<!--)")
VERBATIM = re.compile(r"\s*$|\s*\[[^\]]+\]: |\s*\|?[-:| ]+\|?\s*$|\s*(?:-\s*){3,}$")
WORD_IN_MATH = re.compile(r"\\text\{[^{}]*[^\W\d_]{2}")
ATTRIBUTE = re.compile(r'(?<=\balt=")[^"]+|(?<=\btitle=")[^"]+')


def markdown_pieces(source: str) -> list[Piece]:
    """The pieces of a markdown source; code, display math and solutions among them are left whole."""
    lines = source.split("\n")
    pieces: list[Piece] = []
    start = 0
    while start < len(lines):
        if start:
            pieces.append(Piece("\n", start - 1))
        end = _block_end(lines, start)
        pieces.extend(_block(lines[start:end], start))
        start = end
    return pieces


def _block_end(lines: list[str], start: int) -> int:
    """The line after the block that begins at `start`."""
    line = lines[start]
    closes = _closing(line)
    if closes is not None:
        for number in range(start + 1, len(lines)):
            if closes.match(lines[number]):
                return number + 1
        return len(lines)
    if VERBATIM.match(line) or TAGGED.match(line) or HEADING.match(line) or line.lstrip().startswith("|"):
        return start + 1
    if MATH.match(line):  # opened and closed on one line
        return start + 1
    end = start + 1
    while end < len(lines) and _continues(line, lines[end]):
        end += 1
    return end


def _closing(line: str) -> re.Pattern[str] | None:
    """What ends the fence, display, comment or solution that `line` opens; None if it opens none."""
    if line.strip() == BEGIN:
        return re.compile(re.escape(END))
    if line.lstrip().startswith("<!--") and "-->" not in line:
        return re.compile(".*-->")
    if fence := FENCE.match(line):
        return re.compile(rf"\s*{re.escape(fence[1])}\s*$")
    if math := MATH.match(line):
        ending = {"$$": "$$", "\\[": "\\]"}.get(math[1], f"\\end{{{math[2]}}}")
        if ending not in line[math.end() :]:
            return re.compile(".*" + re.escape(ending))
    return None


def _continues(first: str, line: str) -> bool:
    if QUOTE.match(first):
        return QUOTE.match(line) is not None
    others = (VERBATIM, TAGGED, HEADING, ITEM, QUOTE, FENCE, MATH)
    return not line.lstrip().startswith("|") and not any(kind.match(line) for kind in others)


def _block(lines: list[str], start: int) -> Iterator[Piece]:
    text, first = "\n".join(lines), lines[0]
    if _closing(first) or MATH.match(first):
        yield Piece(text, start, message=text if WORD_IN_MATH.search(text) and MATH.match(first) else "")
    elif VERBATIM.match(first):
        yield Piece(text, start)
    elif TAGGED.match(first):
        yield from _tagged(text, start)
    else:
        prefix, rest = _prefixes(first)
        message = join_lines([first[len(prefix) :], *(_without(rest, line) for line in lines[1:])])
        yield Piece(text, start, message if has_words(message) else "", first=prefix, rest=rest)


def _prefixes(first: str) -> tuple[str, str]:
    """What stands before the text of a block: on its first line, and on each further one."""
    if heading := HEADING.match(first):
        return heading[1], ""
    if item := ITEM.match(first):
        return item[1], " " * len(item[1])
    if quote := QUOTE.match(first):
        return quote[1], quote[1]
    indent = first[: len(first) - len(first.lstrip())]
    return indent, indent


def _without(prefix: str, line: str) -> str:
    return line.removeprefix(prefix) if prefix.strip() else line


def _tagged(line: str, number: int) -> Iterator[Piece]:
    """A line of HTML: the texts between its blocks, and its alt texts, are messages."""
    for part in re.split(f"({BLOCK_TAG})", line):
        if re.match(BLOCK_TAG, part) and not part.startswith("<!"):
            at = 0
            for attribute in ATTRIBUTE.finditer(part):
                yield Piece(part[at : attribute.start()], number)
                yield Piece(attribute.group(), number, message=attribute.group())
                at = attribute.end()
            yield Piece(part[at:], number)
        elif not part.startswith("<!") and has_words(part):
            left, text = part[: len(part) - len(part.lstrip())], part.strip()
            yield Piece(part, number, message=text, first=left)
        elif part:
            yield Piece(part, number)
