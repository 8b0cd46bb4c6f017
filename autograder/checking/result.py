"""What a check shows: as HTML in a notebook and as text everywhere else."""

import html
import re
from dataclasses import dataclass

from autograder.checking import explain
from autograder.checking.judge import Failure, Verdict
from autograder.checking.words import say

# A verdict never speaks by colour alone: a mark and a word say the same. Colours follow JupyterLab's theme.
DRAWN = ("value", "nan", "shape")  # differences that a picture shows
MARKS = {"passed": "✓", "partly": "◐", "failed": "✗", "not written": "○"}
TONES = {
    "passed": "var(--jp-success-color1, #2e7d32)",
    "partly": "var(--jp-warn-color1, #b26a00)",
    "failed": "var(--jp-error-color1, #c62828)",
    "not written": "var(--jp-border-color1, #8a8a8a)",
}
BOX = "border-left:4px solid {tone};padding:.4em .9em;margin:.3em 0;color:var(--jp-ui-font-color1,inherit)"
CODE = (
    "margin:.1em 0;white-space:pre-wrap;overflow-wrap:anywhere;"
    "font-family:var(--jp-code-font-family,monospace);background:none"
)
BLOCK = "margin-top:.5em;max-width:48em;overflow-wrap:anywhere"
HEADING = "opacity:.8"

_CODE_WORDS = re.compile(r"`([^`]+)`")
WORD = r'<code style="background:none">\1</code>'


@dataclass(frozen=True)
class Item:
    """One thing that a result says: a heading, and what stands under it as text or as code."""

    heading: str
    text: str
    is_code: bool = False


@dataclass(frozen=True)
class Result:
    """A verdict as a student sees it."""

    name: str
    state: str
    score: str
    items: tuple[Item, ...]
    language: str
    picture: str = ""

    @property
    def headline(self) -> str:
        ending = f" — {self.score}" if self.score else ""
        return say("headline", self.language, name=self.name, state=say(self.state, self.language)) + ending

    def __str__(self) -> str:
        lines = [f"{MARKS[self.state]} {self.headline}"]
        for item in self.items:
            text = item.text.replace("\n", "\n    ")
            said = say("item", self.language, heading=item.heading, text=text) if item.heading else text
            lines.append(f"  {said}")
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        title = f"<strong>{MARKS[self.state]} {html.escape(self.headline)}</strong>"
        body = "".join(_item_html(item, self.language) for item in self.items)
        style = BOX.format(tone=TONES[self.state])
        label = html.escape(self.headline, quote=True)
        # role=status: a screen reader speaks it when it appears; a dollar in a message is no formula
        told = f'class="tex2jax_ignore mathjax_ignore" role="status" aria-label="{label}" lang="{self.language}"'
        drawing = f'<div style="margin-top:.6em">{self.picture}</div>' if self.picture else ""
        return f'<div {told} style="{style}"><div>{title}</div>{body}{drawing}</div>'


def _item_html(item: Item, language: str) -> str:
    text = html.escape(item.text)
    if item.is_code:
        heading = f'<div style="{HEADING}">{html.escape(item.heading)}</div>' if item.heading else ""
        return f'<div style="{BLOCK}">{heading}<pre style="{CODE}">{text}</pre></div>'
    text = _CODE_WORDS.sub(WORD, text)
    if item.heading:
        heading = f"<strong>{html.escape(item.heading)}</strong>"
        text = say("item", language, heading=heading, text=text)
    return f'<div style="{BLOCK}">{text}</div>'


def present(verdict: Verdict, language: str, points: float | None = None) -> Result:
    """The verdict for the student's eyes."""
    failure = verdict.failure
    state = _state(verdict)
    if state == "not written":
        items = [Item("", say("predict it" if verdict.exercise.hide_expected else "write it", language))]
    elif verdict.broke:
        items = [Item("", _as_sentence(explain.broke(verdict, language)))]
    elif failure is not None and failure.is_not_written:
        items = [*_parts(verdict, language), Item("", say("write it", language))]
    elif failure is None:
        items = [Item("", _what_was_tried(verdict, language))]
    else:
        items = [*_parts(verdict, language), *_failure(verdict, failure, language)]
    return Result(
        verdict.exercise.name,
        state,
        _score(verdict, language, points),
        tuple(items),
        language,
        _picture(verdict, language) if failure is not None else "",
    )


def _state(verdict: Verdict) -> str:
    if verdict.passed:
        return "passed"
    if verdict.fraction:
        return "partly"
    failure = verdict.failure
    return "not written" if failure is not None and failure.is_not_written else "failed"


def _score(verdict: Verdict, language: str, points: float | None) -> str:
    if points is None:
        return ""
    earned = f"{points * verdict.fraction:.3g}"
    return say("point" if points == 1 else "points", language, earned=earned, points=f"{points:g}")


def _what_was_tried(verdict: Verdict, language: str) -> str:
    if verdict.exercise.hide_expected:
        return say("compared", language)
    return say("tried" if verdict.tried > 1 else "as asked", language, count=verdict.tried)


def _parts(verdict: Verdict, language: str) -> list[Item]:
    if len(verdict.parts) == 1:
        return []
    lines = []
    for part in verdict.parts:
        passed = part.failure is None
        word = say("part passed" if passed else "part failed", language)
        mark = MARKS["passed" if passed else "failed"]
        lines.append(f"{mark} {part.part.title.in_language(language)} ({word})")
    return [Item("", "\n".join(lines), is_code=True)]


def _failure(verdict: Verdict, failure: Failure, language: str) -> list[Item]:
    error = failure.got.error
    items = []
    if failure.case:
        given = "\n".join(f"{name} = {value}" for name, value in explain.inputs(failure.case))
        items.append(Item(say("smallest", language), given, is_code=True))
    values = explain.shown_values(verdict, failure) if error is None else None
    if values is not None:
        items.append(Item(say("got", language), explain.plain(values[0]), is_code=True))
        if not verdict.exercise.hide_expected:
            items.append(Item(say("expected", language), explain.plain(values[1]), is_code=True))
    wrong = explain.what_is_wrong(verdict, failure, language)
    items.append(Item(say("why", language), _as_sentence(wrong)))
    if error is not None and error.frames:
        lines = "\n".join(explain.where_it_raised(error, language))
        items.append(Item(say("in your code", language), lines, is_code=True))
    if failure.got.printed.strip():
        items.append(Item(say("printed", language), explain.printed(failure.got.printed), is_code=True))
    if verdict.mistake is not None:
        items.append(Item(say("likely", language), verdict.mistake.says.in_language(language)))
    return items


def _as_sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!", "…")) else ".")


def _picture(verdict: Verdict, language: str) -> str:
    """The exercise's own drawing of what came and what was expected; a result does without where it fails."""
    failure, draw = verdict.failure, verdict.exercise.picture
    if draw is None or failure is None or failure.got.error is not None or verdict.broke:
        return ""
    if explain.shown_values(verdict, failure) is None or failure.difference.kind not in DRAWN:
        return ""
    try:
        return draw(failure.got.value, failure.expected, language)
    except (TypeError, ValueError, LookupError, ArithmeticError):
        return ""
