"""What `print` writes to in a kernel: a cell that prints without end gets an error, and the notebook goes on."""

from typing import Any

from ipykernel.iostream import OutStream

PER_CELL = 8  # a cell may print this part of what its notebook may


class TooMuchOutput(Exception):
    """A cell printed more than it may."""


class BoundedOutStream(OutStream):
    """An output stream that counts; a notebook that goes round it meets the limit in `output`."""

    most = 2**20
    _printed = 0

    def write(self, string: str) -> int:
        """Write text, unless this cell has printed too much."""
        self._printed += len(string)
        if self._printed > self.most:
            raise TooMuchOutput(f"this cell printed more than {self.most:,} characters")
        super().write(string)
        return len(string)

    def set_parent(self, parent: Any) -> None:
        """Begin with a new cell."""
        self._printed = 0
        super().set_parent(parent)
