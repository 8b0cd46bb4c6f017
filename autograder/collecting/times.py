"""Times as Moodle's grading worksheet writes them.

`Wednesday, 10 June 2026, 2:14 PM`, `Wednesday, June 10, 2026, 2:14 PM`, `mercredi 10 juin 2026, 14:14`.
"""

import re
from datetime import UTC, datetime

from autograder.collecting.naming import squeeze

MONTHS = (
    ("january", "janvier"),
    ("february", "fevrier"),
    ("march", "mars"),
    ("april", "avril"),
    ("may", "mai"),
    ("june", "juin"),
    ("july", "juillet"),
    ("august", "aout"),
    ("september", "septembre"),
    ("october", "octobre"),
    ("november", "novembre"),
    ("december", "decembre"),
)
NUMBER_OF = {name: number for number, names in enumerate(MONTHS, start=1) for name in names}
TIME = re.compile(r"(\d{1,2})[:h](\d{2})(?:\s*([AP])M)?", re.I)
YEAR, DAY = re.compile(r"\b(\d{4})\b"), re.compile(r"\b(\d{1,2})(?:er)?\b")
LATE = re.compile(r"\b(late|retard)\b", re.I)  # "Submitted for grading - 3 hours late", "Remis … en retard"


def parse_time(text: str) -> datetime | None:
    """The moment, by the clock of this place; nothing where the text says none."""
    clock, year = TIME.search(text), YEAR.search(text)
    months = [NUMBER_OF[word] for word in map(squeeze, re.findall(r"[^\W\d_]+", text)) if word in NUMBER_OF]
    day = DAY.search(text[: clock.start()]) if clock else None
    if clock is None or year is None or day is None or len(months) != 1:
        return None
    hour = int(clock[1])
    if clock[3]:
        hour = hour % 12 + 12 * (clock[3].upper() == "P")
    try:
        return datetime(int(year[1]), months[0], int(day[1]), hour, int(clock[2])).astimezone(UTC)
    except ValueError:
        return None


def is_late(status: str) -> bool:
    """Whether the worksheet's status says so."""
    return LATE.search(status) is not None
