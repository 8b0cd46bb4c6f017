"""Texts of students' making on a terminal."""

import re

MISLEADING = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")  # what steers a terminal


def shown(text: str) -> str:
    """The text as it can be printed in a line: a file's name, or what is in it, may hold anything."""
    return MISLEADING.sub("\N{REPLACEMENT CHARACTER}", text)
