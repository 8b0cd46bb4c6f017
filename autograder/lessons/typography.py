"""The spaces that French typography asks for, so that translators may type plain ones."""

import re

from autograder.lessons.inline import PROTECTED

NO_BREAK, NARROW = "\u00a0", "\u202f"
BLANK = f"[ {NO_BREAK}{NARROW}]"

FRENCH = [
    (re.compile(f"«{BLANK}*"), f"«{NO_BREAK}"),
    (re.compile(f"{BLANK}*»"), f"{NO_BREAK}»"),
    (re.compile(f"(?<=\\S){BLANK}+(?=[;?]|!(?!\\[))"), NARROW),
    (re.compile(f"(?<=[^\\s|]){BLANK}+(?=:(?!\\S))"), NO_BREAK),
    (re.compile(f"(?<=\\d){BLANK}+(?=%)"), NO_BREAK),
]


def typeset(text: str, language: str) -> str:
    """The text with its language's spaces, outside code, math, links and tags."""
    if language != "fr":
        return text
    # A protected span counts as one letter, so that the space between it and a colon is seen.
    spans = [match.group() for match in PROTECTED.finditer(text)]
    text = PROTECTED.sub("\ufffc", text)
    for pattern, spaced in FRENCH:
        text = pattern.sub(spaced, text)
    for span in spans:
        text = text.replace("\ufffc", span, 1)
    return text
