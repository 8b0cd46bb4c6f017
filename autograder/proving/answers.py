"""Puts the answers that an exercise lists to its own check: right ones pass, each mistake is known as itself."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from autograder.checking.caller import local_answer
from autograder.checking.exercise import Exercise
from autograder.checking.judge import Verdict, judge
from autograder.checking.result import present
from autograder.checking.words import Text

LEAST_MISTAKES, LEAST_RIGHT = 3, 3
SLOW = 2.0  # seconds that a check may take on a right answer
FEW_CASES = 8  # fewer of them are dear ones, such as training runs
FEWER = 4  # times: what suffices for most mistakes where time is short


@dataclass(frozen=True)
class AnswersProof:
    """How the listed answers of one exercise fared."""

    exercise: str
    mistakes: int
    recognised: int
    right: int
    accepted: int
    slowest: float
    fewer_right: str
    misses: tuple[str, ...]


def prove_answers(exercise: Exercise, *, thorough: bool = True) -> AnswersProof:
    """Judge each listed answer, with several seeds if `thorough`; mistakes that were alike would be mistaken.

    If not, a mistake is first tried on fewer cases, and on all only if that does not tell it.
    """
    quick = replace(exercise, budget=0.0)  # the smallest failing case is for reading, and nobody reads here
    quicker = _with_fewer_cases(quick)
    seeds = seeds_for(exercise) if thorough else range(1)
    misses = list(_wanting(exercise))
    recognised = accepted = 0
    slowest = 0.0
    for mistake in exercise.mistakes:
        verdicts = [] if thorough else [judge(quicker, local_answer(*mistake.objects), seed=0)]
        if thorough or _unlike(mistake.name, verdicts[0]):
            verdicts = [judge(quick, local_answer(*mistake.objects), seed=seed) for seed in seeds]
        found = {f"mistake {mistake.name!r} {wrong}" for v in verdicts if (wrong := _unlike(mistake.name, v))}
        recognised += not found
        misses += sorted(found)
    for number, objects in enumerate(exercise.right, 1):
        verdicts = [judge(quick, local_answer(*objects), seed=seed) for seed in seeds]
        slowest = max(slowest, *(verdict.seconds for verdict in verdicts))
        rejected = next((verdict for verdict in verdicts if not verdict.passed), None)
        accepted += rejected is None
        if rejected is not None:
            misses.append(f"right answer {number} ({_label(objects)}) is rejected: {_told(rejected)}")
    return AnswersProof(
        exercise.name,
        len(exercise.mistakes),
        recognised,
        len(exercise.right),
        accepted,
        slowest,
        exercise.fewer_right,
        tuple(misses),
    )


def seeds_for(exercise: Exercise) -> range:
    """The seeds to judge with: as a few students of a class would have them, fewer where cases are dear."""
    examples = sum(stage.examples for part in exercise.parts for stage in part.stages)
    return range(3) if examples >= FEW_CASES else range(2)


def _with_fewer_cases(exercise: Exercise) -> Exercise:
    parts = []
    for part in exercise.parts:
        stages = (replace(stage, examples=-(-stage.examples // FEWER)) for stage in part.stages)
        parts.append(replace(part, stages=tuple(stages)))
    return replace(exercise, parts=tuple(parts))


def _wanting(exercise: Exercise) -> Iterator[str]:
    """What the declaration itself lacks."""
    if len(exercise.mistakes) < LEAST_MISTAKES:
        yield f"it knows {len(exercise.mistakes)} mistakes, at least {LEAST_MISTAKES} are wanted"
    if len(exercise.right) < LEAST_RIGHT and not exercise.fewer_right:
        yield f"it has {len(exercise.right)} right answers; add more up to {LEAST_RIGHT}, or say in fewer_right why not"
    names = [mistake.name for mistake in exercise.mistakes]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"two mistakes are named {name!r}"
    texts: list[tuple[str, Text]] = [(f"part {number}", part.title) for number, part in enumerate(exercise.parts, 1)]
    texts += [(f"mistake {mistake.name!r}", mistake.says) for mistake in exercise.mistakes]
    for where, text in texts:
        if not text.en.strip() or not text.fr.strip():
            yield f"{where} lacks its text in a language"
        elif text.en == text.fr:
            yield f"{where} says the same in both languages"


def _unlike(name: str, verdict: Verdict) -> str | None:
    """In which way a mistake was not known as itself."""
    if verdict.passed:
        return "passes the check"
    if verdict.mistake is None:
        return "is rejected, but not recognised"
    return None if verdict.mistake.name == name else f"is taken for {verdict.mistake.name!r}"


def _label(objects: tuple[Any, ...]) -> str:
    return getattr(objects[0], "__name__", type(objects[0]).__name__) if objects else "nothing"


def _told(verdict: Verdict) -> str:
    return " ".join(str(present(verdict, "en")).split())[:300]
