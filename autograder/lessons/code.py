"""Cuts a code cell into pieces: a message a comment, or a paragraph of a docstring."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from autograder.lessons.inline import has_words
from autograder.lessons.pieces import Piece, join_lines
from autograder.lessons.regions import solution_lines

WIDTH = 100
DIRECTIVE = re.compile(r"#+\s*(?:noqa|type:|fmt:|ruff:|pragma|isort:|%%|!)")

Span = tuple[int, int, list[Piece]]  # from and to which character, and the pieces of that run


def code_pieces(source: str) -> list[Piece]:
    """The pieces of a code source; all but comments and docstrings, and all of a solution, pass untouched."""
    hidden = solution_lines(source)
    starts = _line_starts(source)
    pieces: list[Piece] = []
    at = 0
    for start, end, translated in sorted([*_comments(source, starts, hidden), *_docstrings(source, starts, hidden)]):
        pieces.append(Piece(source[at:start], source.count("\n", 0, at)))
        pieces.extend(translated)
        at = end
    pieces.append(Piece(source[at:], source.count("\n", 0, at)))
    return [piece for piece in pieces if piece.text]


def same_code(source: str, translated: str) -> bool:
    """Whether two sources differ in comments and docstrings alone."""
    try:
        return _without_docstrings(source) == _without_docstrings(translated)
    except SyntaxError:
        return False


def _without_docstrings(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and ast.get_docstring(node) is not None
        ):
            node.body = node.body[1:]
    return ast.dump(tree)


def _line_starts(source: str) -> list[int]:
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts


def _comments(source: str, starts: list[int], hidden: set[int]) -> Iterator[Span]:
    for comments in _runs(source, hidden):
        (row, column), (last, _) = comments[0].start, comments[-1].start
        start = starts[row - 1] + column
        end = starts[last - 1] + comments[-1].end[1]
        message = join_lines([comment.string.lstrip("#") for comment in comments])
        if has_words(message):
            first = re.match(r"#+\s*", comments[0].string)[0]  # type: ignore[index]  # every comment has its #
            width = WIDTH if _flows(comments[0]) else 0
            yield start, end, [Piece(source[start:end], row - 1, message, first, " " * column + "# ", width)]


def _runs(source: str, hidden: set[int]) -> Iterator[list[tokenize.TokenInfo]]:
    """Comments that stand alone on lines below each other, at one indent; any other comment by itself."""
    run: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT or token.start[0] - 1 in hidden or DIRECTIVE.match(token.string):
            continue
        row, column = token.start
        if run and _flows(run[-1]) and _flows(token) and run[-1].start == (row - 1, column):
            run.append(token)
            continue
        if run:
            yield run
        run = [token]
    if run:
        yield run


def _flows(comment: tokenize.TokenInfo) -> bool:
    """Whether a comment stands alone on its line, and is not laid out by hand."""
    return not comment.line[: comment.start[1]].strip() and re.match(r"#+ ?\S", comment.string) is not None


def _docstrings(source: str, starts: list[int], hidden: set[int]) -> Iterator[Span]:
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if ast.get_docstring(node) is None or node.body[0].lineno - 1 in hidden:
            continue
        string = node.body[0]
        start = starts[string.lineno - 1] + _characters(lines[string.lineno - 1], string.col_offset)
        end = starts[(string.end_lineno or 0) - 1] + _characters(
            lines[(string.end_lineno or 0) - 1], string.end_col_offset or 0
        )
        indent = " " * string.col_offset
        yield start, end, list(_paragraphs(source[start:end], indent, string.lineno - 1))


def _characters(line: str, offset: int) -> int:
    """`ast` counts bytes."""
    return len(line.encode()[:offset].decode())


def _paragraphs(literal: str, indent: str, row: int) -> Iterator[Piece]:
    opening = re.match(r"[rRuU]?(\"\"\"|'''|\"|')", literal)
    assert opening is not None, literal
    quotes = opening[1]
    yield Piece(opening[0], row)
    body = literal[opening.end() : -len(quotes)]
    # Blank lines and the closing indent are pieces of their own, between the paragraphs.
    for part in re.split(r"(\s*\n[ \t]*\n\s*|\s*\n[ \t]*$)", body):
        if part and not part.isspace():
            yield from _paragraph(part, indent, row)
        elif part:
            yield Piece(part, row)
        row += part.count("\n")
    yield Piece(quotes, row)


def _paragraph(text: str, indent: str, row: int) -> Iterator[Piece]:
    lines = text.split("\n")
    if lines[0].lstrip().startswith(">>>"):
        yield Piece(text, row)
    elif all(_indent(line) == indent for line in lines[1:]):
        message = join_lines(lines)
        yield Piece(text, row, message if has_words(message) else "", rest=indent, width=WIDTH)
    else:  # laid out by hand, so line by line
        for number, line in enumerate(lines):
            if number:
                yield Piece("\n", row + number - 1)
            first = _indent(line)
            message = line.strip()
            yield Piece(line, row + number, message if has_words(message) else "", first=first, rest=first)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
