"""The ledger of a network: what each layer gives, learns, costs and sees."""

import html
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from cnnlib.draw.words import say

CELL = "padding:0.15em 0.7em;border:0;background:none;color:inherit;font-variant-numeric:tabular-nums;"
RULE = "border-top:1px solid color-mix(in srgb, currentColor 45%, transparent);"
Shape = tuple[int, ...]


class Row(NamedTuple):
    """A layer, or an operation that no layer stands for, in the order in which they ran; shapes are of one image.

    `multiplications` are those of convolutions and matrix products. `field`, the receptive field, is how much of
    the input one value sees, as if the input had no border; where paths have met, along the one that sees most.
    """

    layer: str
    kind: str
    output: Shape
    kernel: Shape | None
    stride: Shape | None
    parameters: int
    multiplications: int
    field: Shape


@dataclass(frozen=True)
class Ledger:
    """Rows and their sums; a notebook shows a table, `print` the same as text."""

    name: str
    input_size: Shape
    rows: tuple[Row, ...]
    idle: dict[str, int] = field(default_factory=dict)  # parameters of parts that did not run: auxiliary heads

    @property
    def parameters(self) -> int:
        """All that the network learns, parts that did not run included."""
        return sum(row.parameters for row in self.rows) + sum(self.idle.values())

    @property
    def multiplications(self) -> int:
        """For one image, in convolutions and matrix products."""
        return sum(row.multiplications for row in self.rows)

    def __getitem__(self, layer: str) -> Row:
        """The row of a layer, by its name."""
        for row in self.rows:
            if row.layer == layer:
                return row
        raise KeyError(f"summary: {layer} is no layer of {self.name}; {', '.join(row.layer for row in self.rows)} are")

    def __str__(self) -> str:
        lines = [_headers(), *map(_cells, self.rows), _totals(self)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        texts = [_aligned(line, widths) for line in lines]
        rule = "─" * max(map(len, texts))
        title = f"{self.name}, {_by(self.input_size)}"
        return "\n".join([title, rule, texts[0], rule, *texts[1:-1], rule, texts[-1], *_notes(self)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        title = f"{html.escape(self.name)}, {_by(self.input_size)}"
        body = "".join(f"<tr>{_html_cells(_cells(row))}</tr>" for row in self.rows)
        totals = _html_cells(_totals(self), extra=RULE + "font-weight:bold;")
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in _notes(self))
        return (
            '<div style="overflow-x:auto"><table style="border-collapse:collapse;color:inherit">'
            f'<caption style="text-align:left;color:inherit">{title}</caption>'
            f"<thead><tr>{_html_cells(_headers(), 'th')}</tr></thead>"
            f"<tbody>{body}</tbody><tfoot><tr>{totals}</tr></tfoot></table></div>{notes}"
        )


# What stands in each column, and whether it is a number.
COLUMNS: tuple[tuple[str, Callable[[Row], str], bool], ...] = (
    ("layer", lambda row: row.layer, False),
    ("kind", lambda row: row.kind, False),
    ("output", lambda row: _by(row.output), True),
    ("kernel", lambda row: _side(row.kernel), True),
    ("the stride", lambda row: _side(row.stride), True),
    ("parameters", lambda row: _count(row.parameters), True),
    ("multiplications", lambda row: _count(row.multiplications), True),
    ("receptive field", lambda row: _side(row.field), True),
)


def _headers() -> list[str]:
    return [say(word) for word, _, _ in COLUMNS]


def _cells(row: Row) -> list[str]:
    return [text(row) for _, text, _ in COLUMNS]


def _totals(ledger: Ledger) -> list[str]:
    return [say("total"), "", "", "", "", _count(ledger.parameters), _count(ledger.multiplications), ""]


def _notes(ledger: Ledger) -> list[str]:
    parts = ", ".join(f"{name} ({_count(count)})" for name, count in ledger.idle.items())
    return [say("idle", parts=parts)] if parts else []


def _aligned(cells: list[str], widths: list[int]) -> str:
    padded = [
        cell.rjust(width) if is_number else cell.ljust(width)
        for cell, width, (_, _, is_number) in zip(cells, widths, COLUMNS, strict=True)
    ]
    return "  ".join(padded).rstrip()


def _html_cells(cells: list[str], tag: str = "td", extra: str = "") -> str:
    return "".join(
        f'<{tag} style="{CELL}{extra}text-align:{"right" if is_number else "left"}">{html.escape(cell)}</{tag}>'
        for cell, (_, _, is_number) in zip(cells, COLUMNS, strict=True)
    )


def _count(number: int) -> str:
    return f"{number:,}".replace(",", say("thousands")) if number else "–"


def _by(shape: Shape) -> str:
    return "×".join(map(str, shape))


def _side(shape: Shape | None) -> str:
    """One number where all axes have the same."""
    if not shape:
        return ""
    return str(shape[0]) if len(set(shape)) == 1 else _by(shape)
