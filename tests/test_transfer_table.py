"""The card of the letters and the benchmarks show one table of what transfers."""

from pathlib import Path

ROOT = Path(__file__).parents[1]


def table(path):
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("| labels a class"))
    return lines[start : start + 5]


def test_the_card_shows_what_the_benchmarks_show():
    assert table("cnnlib/models/weights/letters.md") == table("benchmarks/README.md")
