"""Times of Moodle's worksheet, in English and French."""

from datetime import UTC, datetime

import pytest

from autograder.collecting.times import is_late, parse_time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wednesday, 10 June 2026, 2:14 PM", (2026, 6, 10, 14, 14)),
        ("Wednesday, June 10, 2026, 2:14 PM", (2026, 6, 10, 14, 14)),
        ("Saturday, 1 August 2026, 12:05 AM", (2026, 8, 1, 0, 5)),
        ("Saturday, 1 August 2026, 12:05\u202fpm", (2026, 8, 1, 12, 5)),
        ("mercredi 10 juin 2026, 14:14", (2026, 6, 10, 14, 14)),
        ("samedi 1er août 2026, 00h05", (2026, 8, 1, 0, 5)),
        ("mardi 3 février 2026, 9:30", (2026, 2, 3, 9, 30)),
        ("Sunday, 10 May 2026, 9:30 PM", (2026, 5, 10, 21, 30)),
    ],
)
def test_a_time(text, expected):
    assert parse_time(text) == datetime(*expected).astimezone(UTC)


@pytest.mark.parametrize(
    "text", ["", "-", "never", "31 June 2026, 2:14 PM", "2026", "10:15", "10 June or July 2026, 2:14", "5 mai, 2:14"]
)
def test_no_time(text):
    assert parse_time(text) is None


@pytest.mark.parametrize(
    ("status", "late"),
    [
        ("Submitted for grading - 3 mins 31 secs late", True),
        ("Remis pour évaluation - 2 heures en retard", True),
        ("Submitted for grading - Released", False),
        ("", False),
    ],
)
def test_late(status, late):
    assert is_late(status) is late
