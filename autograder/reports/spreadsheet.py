"""CSV that spreadsheets and learning platforms read as it is meant, whatever students call themselves."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence

NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
FORMULA = tuple("=+-@＝＋－＠")
BREAKS = ("\t", "\r", "\n")

Cell = str | float | int | None


def to_csv(rows: Iterable[Sequence[Cell]], *, bom: bool = False, separator: str = ",") -> bytes:
    """Rows as CSV in UTF-8. Text that a spreadsheet would run is disarmed; numbers are numbers."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    for row in rows:
        writer.writerow([disarmed(cell) if isinstance(cell, str) else number(cell, separator) for cell in row])
    return (codecs.BOM_UTF8 if bom else b"") + text.getvalue().encode("utf-8", "replace")


def disarmed(text: str) -> str:
    """Text with an apostrophe before it where a spreadsheet would take it for a formula."""
    start = text.lstrip()
    harmless = len(start) < 2 or NUMBER.fullmatch(text)
    is_formula = start.startswith(FORMULA) and not harmless
    return f"'{text}" if is_formula or text.startswith(BREAKS) else text


def number(value: float | None, separator: str = ",") -> str:
    """A number with up to four decimals; with a decimal comma where semicolons separate cells."""
    if value is None:
        return ""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    text = "0" if text == "-0" else text
    return text.replace(".", ",") if separator == ";" else text
