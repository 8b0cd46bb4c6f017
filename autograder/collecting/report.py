"""What came of collecting, as a table."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from autograder.printing import shown

HEADINGS = ("student", "assignment", "state")


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """A line for each submission, what is odd about it below; then what could not be placed, and who is missing."""
    return map(shown, _lines(report))


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    rows: Sequence[Mapping[str, Any]] = report["submissions"]
    table = [HEADINGS, *((row["student"], row["assignment"], _state(row)) for row in rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(HEADINGS))]
    for number, line in enumerate(table):
        yield "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for note in rows[number - 1]["notes"] if number else []:
            yield f"    {note}"
    if report["unmatched"]:
        yield ""
        yield "not collected:"
    for stray in report["unmatched"]:
        yield f"  {stray['file']} {stray['why']}"
        if stray["kept"]:
            yield f"    kept as {stray['kept']}"
    if any([*report["missing"].values(), *report["unlisted"].values()]):
        yield ""
    for assignment, students in report["missing"].items():
        if students:
            yield f"nothing for {assignment} by {len(students)} of the roster: {', '.join(students)}"
    for assignment, students in report["unlisted"].items():
        if students:
            yield f"not of the roster, but in submitted/ for {assignment}: {', '.join(students)}"
    yield ""
    counts = Counter(row["state"] for row in rows)
    said = [f"{count} {state}" for state, count in counts.items()]
    said += [f"{sum(row['late'] for row in rows)} late"] * any(row["late"] for row in rows)
    said += [f"{len(report['unmatched'])} not collected"] * bool(report["unmatched"])
    yield ", ".join(said) or "nothing was found"


def _state(row: Mapping[str, Any]) -> str:
    return row["state"] + ", late" * row["late"]
