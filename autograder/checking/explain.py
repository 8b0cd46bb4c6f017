"""A verdict in words: short, for the student, in their language, and never the solution."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.checking.caller import StudentError
from autograder.checking.compare import Difference
from autograder.checking.exercise import Exercise
from autograder.checking.judge import Failure, Verdict
from autograder.checking.values import Function, Large, Model, Other, Rng, Tensor
from autograder.checking.words import say, type_words

MOST_CHARACTERS = 600
MOST_LINES = 5
# How arrays are written, whatever a notebook has set.
PRINTED: dict[str, Any] = {
    "precision": 4,
    "suppress_small": True,
    "threshold": 60,
    "edgeitems": 2,
    "max_line_width": 88,
    "floatmode": "maxprec",
    "sign": "-",
    "formatter": {},
}


def what_is_wrong(verdict: Verdict, failure: Failure, language: str) -> str:
    """One sentence: in which way the answer is wrong on the failing case."""
    found = failure.difference
    if found.kind == "raised":
        return _raised(found.got, language, verdict.exercise)
    if found.kind in ("changed", "shares"):
        return say(found.kind, language, names=", ".join(argument_names(failure, found.got)))
    sentence = _property(verdict, found, language)
    if sentence is not None:
        return sentence
    path = "".join(f"[{step!r}]" for step in shown_path(verdict, found))
    lead = say("in item", language, path=path) if path else ""
    return lead + _sentence(found, language, hidden=verdict.exercise.hide_expected)


def _sentence(found: Difference, language: str, *, hidden: bool) -> str:
    if found.kind == "type":
        return say("type", language, got=type_words(found.got, language), expected=type_words(found.expected, language))
    if found.kind not in ("nan", "value"):
        return say(found.kind, language, got=found.got, expected=found.expected)
    where = say("at index", language, index=list(found.index)) if found.index else ""
    several = found.count and found.size > 1
    how_many = "one of values" if found.count == 1 else "of values"
    of = say(how_many, language, count=found.count, size=found.size) if several else ""
    got, expected = plain(found.got), plain(found.expected)
    return say("hidden" if hidden else found.kind, language, got=got, expected=expected, where=where) + of


def _raised(error: StudentError, language: str, exercise: Exercise) -> str:
    seconds = exercise.patience if error.kind == "too slow" else exercise.seconds
    said = say(error.kind, language, type=error.type, message=_short(error.message), count=error.count, seconds=seconds)
    return said.rstrip(": \xa0")


def _property(verdict: Verdict, found: Difference, language: str) -> str | None:
    """The exercise's own sentence for what was observed, where it has one."""
    properties, item = verdict.exercise.properties or {}, str(found.path[0]) if found.path else ""
    return properties[item].in_language(language) if item in properties else None


def shown_path(verdict: Verdict, found: Difference) -> tuple[Any, ...]:
    """The way to the difference within what is shown."""
    return found.path if verdict.exercise.properties is None else found.path[1:]


def shown_values(verdict: Verdict, failure: Failure) -> tuple[Any, Any] | None:
    """What came and what was expected, as the student knows it; None where a sentence says it all."""
    properties, path = verdict.exercise.properties, failure.difference.path
    if properties is None or not path:
        return failure.got.value, failure.expected
    if path[0] in properties:
        return None
    return failure.got.value[path[0]], failure.expected[path[0]]


def where_it_raised(error: StudentError, language: str) -> list[str]:
    """The student's own lines that led to the error, the last one last."""
    lines: dict[tuple[str, str], str] = {}  # a comprehension is a frame of its own on the same line
    for frame in error.frames:
        line, function, source = (str(frame.get(key))[:MOST_CHARACTERS] for key in ("line", "function", "source"))
        lines.setdefault((line, source), f"{say('line', language, line=line, function=function)}: {source}")
    return list(lines.values())


def printed(text: str) -> str:
    """The start of what student code printed."""
    lines = text.rstrip().splitlines()
    return "\n".join([line[:120] for line in lines[:MOST_LINES]] + ["…"] * (len(lines) > MOST_LINES))


def argument_names(failure: Failure, paths: Sequence[Any]) -> list[str]:
    """The names of the arguments that `paths` lead to."""
    names = list(failure.case)
    firsts = dict.fromkeys(path[0] for path in paths)
    return [names[first] if isinstance(first, int) and first < len(names) else str(first) for first in firsts]


def inputs(case: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The case as (name, value) for showing."""
    return [(name, plain(value)) for name, value in case.items()]


def plain(value: Any) -> str:
    """A value as a student would type it, shortened where it is large."""
    if isinstance(value, Tensor):
        return f"torch.tensor({_array(value.array)})"
    if isinstance(value, np.ndarray):
        return f"np.array({_array(value)})" + _kind(value)
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, float | np.floating):
        return f"{float(value):.6g}"
    if isinstance(value, complex | np.integer):
        return str(value)
    if isinstance(value, Rng):
        return f"np.random.default_rng({value.seed})"
    if isinstance(value, Function):
        return getattr(value.function, "__name__", "f")
    if isinstance(value, Model):
        return value.builder.rpartition(":")[2]
    if isinstance(value, Other):
        return value.type_name
    if isinstance(value, Large):
        return f"{value.type_name}, {value.shape}"
    if isinstance(value, dict):
        return _short("{" + ", ".join(f"{key!r}: {plain(item)}" for key, item in value.items()) + "}")
    if isinstance(value, list):
        return _short("[" + ", ".join(map(plain, value)) + "]")
    if isinstance(value, tuple):
        return _short("(" + ", ".join(map(plain, value)) + ("," if len(value) == 1 else "") + ")")
    return _short(repr(value))


def _array(array: np.ndarray) -> str:
    if array.size == 0:
        return f"[], shape={array.shape}"
    return np.array2string(array, separator=", ", prefix="np.array(", **PRINTED)


def _kind(array: np.ndarray) -> str:
    return "" if array.dtype == np.float64 else f".astype({array.dtype})"


def _short(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS] + " …"


def broke(verdict: Verdict, language: str) -> str:
    """Which lesson rule the answer breaks."""
    return say("broke", language, names=", ".join(f"`{name}`" for name in verdict.broke))
