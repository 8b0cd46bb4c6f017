"""The table at the end of a run."""

from collections.abc import Iterator, Sequence
from typing import Any

from autograder.printing import shown

HEADINGS = ("student", "assignment", "score", "state")


def table(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """A line for each submission, what is odd about it below, and how many there are of each kind."""
    lines = [HEADINGS, *map(_line, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    for number, line in enumerate(lines):
        yield "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for note in rows[number - 1]["notes"] if number else []:
            yield f"    {shown(note)}"
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["state"]] = counts.get(row["state"], 0) + 1
    unchanged = sum(row["unchanged"] for row in rows)
    yield ", ".join(f"{count} {state}" for state, count in counts.items()) + f" ({unchanged} unchanged)" * bool(
        unchanged
    )


def _line(row: dict[str, Any]) -> tuple[str, ...]:
    score = "–" if row["score"] is None else f"{row['score']:g}"
    state = row["state"] + (", unchanged" if row["unchanged"] else "")
    if row["by_hand"]:
        state += f", {row['by_hand']} to mark by hand"
    return shown(row["student"]), row["assignment"], f"{score}/{row['max']:g}", state
