"""What there is to translate in a lesson."""

from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.lessons.code import code_pieces
from autograder.lessons.markdown import markdown_pieces
from autograder.lessons.pieces import Piece


@dataclass(frozen=True)
class Message:
    """A paragraph, heading, comment … in English, and the lines of the source where it stands."""

    text: str
    lines: tuple[int, ...]


def pieces_of(cell: NotebookNode) -> list[Piece]:
    """A cell in pieces; their texts together are its source."""
    return code_pieces(cell.source) if cell.cell_type == "code" else markdown_pieces(cell.source)


def messages_of(notebook: NotebookNode) -> list[Message]:
    """The messages of a lesson's source, each once, in the order they first appear."""
    places: dict[str, list[int]] = {}
    for cell in notebook.cells:
        for piece in pieces_of(cell):
            if piece.message:
                places.setdefault(piece.message, []).append(cell.metadata.marker.line + 1 + piece.line)
    return [Message(text, tuple(lines)) for text, lines in places.items()]
