"""What a system's file name says: who sent it, and what it was called."""

from dataclasses import dataclass

from autograder.collecting.unpack import Found


@dataclass(frozen=True)
class Sender:
    """Who a system says handed something in: a person, or a group."""

    name: str = ""
    number: str = ""  # what the system calls them, if it does
    late: bool = False
    perhaps: tuple[str, ...] = ()  # other numbers that its file's name could mean


@dataclass(frozen=True)
class Piece:
    """A file that was handed in."""

    found: Found
    sender: Sender
    name: str  # as its sender called it, with its folders
    order: int = 0  # the larger, the later it came, where the system counts
    typed: bool = False  # into the system, and no file
    stamp: bool = False  # nbgrader's own note of the time
