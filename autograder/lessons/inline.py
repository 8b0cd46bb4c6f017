"""What inside a line of text no translation may touch: code, math, links, tags."""

import re
from collections import Counter

CODE = r"``.+?``|`[^`\n]+`|<code>.*?</code>"
MATH = r"\$\$.+?\$\$|(?<![\\$])\$(?:\\.|[^$\\])+\$"
LINK = r"(?<=\])\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)|https?://[^\s)>\]]+"
TAG = r"</?[A-Za-z][^<>]*>"
ENTITY = r"&#?\w+;"
PROTECTED = re.compile("|".join([CODE, MATH, LINK, TAG, ENTITY]), re.DOTALL)

KEPT = {"code": CODE, "math": MATH, "link": LINK, "tag": TAG}


def has_words(text: str) -> bool:
    """Whether there is anything to translate: a word of two letters outside code, math and links."""
    return re.search(r"[^\W\d_]{2}", PROTECTED.sub(" ", text)) is not None


def losses(message: str, translation: str) -> list[str]:
    """What the translation of a message lost, added or broke; empty if it kept all."""
    found = []
    for kind in KEPT:
        before, after = _kept(kind, message), _kept(kind, translation)
        found += [f"lost the {kind} {text}" for text in (before - after).elements()]
        found += [f"has the {kind} {text}, not in the English" for text in (after - before).elements()]
    if _bars(message) != _bars(translation):
        found.append(f"has {_bars(translation)} bars | of a table row, not {_bars(message)}")
    if PROTECTED.sub("", translation).count("**") % 2:
        found.append("has an odd number of **")
    return found


def _kept(kind: str, text: str) -> Counter[str]:
    others = "|".join(pattern for name, pattern in KEPT.items() if name != kind and name in ("code", "math"))
    if kind in ("link", "tag"):
        text = re.sub(others, " ", text, flags=re.DOTALL)
    return Counter(_comparable(match.group()) for match in re.finditer(KEPT[kind], text, re.DOTALL))


def _comparable(text: str) -> str:
    """The words that math and tags may hold are translated with the rest."""
    text = re.sub(r"\\text\{[^{}]*\}", r"\\text{}", text)
    return re.sub(r'\b(alt|title)="[^"]*"', r'\1=""', text)


def _bars(text: str) -> int:
    return PROTECTED.sub("", text).count("|") if text.startswith("|") else 0
