"""The pictures that checks show, drawn by cnnlib in the lesson's language."""

from typing import Any

import cnnlib.draw as draw


def difference(got: Any, expected: Any, language: str) -> str:
    """Two arrays that should be equal, and where they are not."""
    draw.language(language)
    return draw.difference(expected, got).html()
