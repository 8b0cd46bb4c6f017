"""Short reviews made by a grammar, in English or French, in which the order of the words decides."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from cnnlib.data._grammar import GRAMMARS, Grammar, Noun
from cnnlib.ops._arguments import Array, generator, number, whole

Words = tuple[str, ...]

# How a review says what it says, and how many do so. Only the plain ones can be read word by word.
TURNS = {"plain": 0.5, "negated": 0.2, "contrast": 0.15, "expected": 0.15}
# One more is written where it is asked for: a negation that stands far from what it denies.
ALL_TURNS = (*TURNS, "distant")
# One sentence of seven words in each language, for drawing and counting.
SEVEN_WORDS = {language: tuple(grammar.example.split()) for language, grammar in GRAMMARS.items()}

MOST_REPEATS = 2000  # one after the other, after which no new review is hoped for


class Reviews(NamedTuple):
    """Sentences as words, all different; their verdicts (N,), 1 for good and 0 for bad, and their turns (N,), as int64.

    Turns are places in those that were asked for.
    """

    sentences: tuple[Words, ...]
    labels: Array
    turns: Array


def write_reviews(
    n: int,
    *,
    rng: np.random.Generator,
    language: str = "en",
    turns: Mapping[str, float] = TURNS,
    two_clauses: float = 0.2,
) -> Reviews:
    """n different reviews, as many good as bad: "the soup was not very good", and what else the turns allow.

    `turns` gives each turn its share; `two_clauses` is the share of those that say the same of two things.
    """
    op = "write_reviews"
    generator(op, rng)
    whole(op, "n", n, least=1)
    number(op, "two_clauses", two_clauses, least=0, most=1)
    if language not in GRAMMARS:
        raise ValueError(f"{op}: language is {language!r}; {' or '.join(map(repr, GRAMMARS))} fits")
    names, shares = _shares(op, turns)
    labels = rng.permutation(np.arange(n) % 2)
    found: dict[Words, int] = {}  # in the order of writing, with their turns
    repeats = 0
    while len(found) < n:
        turn = int(rng.choice(len(names), p=shares))
        sentence = _review(GRAMMARS[language], names[turn], bool(labels[len(found)]), two_clauses, rng)
        repeats = repeats + 1 if sentence in found else 0
        if repeats > MOST_REPEATS:
            raise ValueError(f"{op}: n is {n} but hardly more than {len(found)} reviews of these turns differ")
        found.setdefault(sentence, turn)
    return Reviews(tuple(found), labels.astype(np.int64), np.array(list(found.values()), dtype=np.int64))


def _shares(op: str, turns: Mapping[str, float]) -> tuple[list[str], Array]:
    """The names of the turns, and their shares of the whole."""
    if not isinstance(turns, Mapping) or not turns or not set(turns) <= set(ALL_TURNS):
        raise ValueError(
            f"{op}: turns is {turns!r}; shares of some of {', '.join(ALL_TURNS)} fit, such as {{'plain': 1}}"
        )
    shares = np.array([number(op, f"the share of {name}", share, least=0) for name, share in turns.items()])
    if not shares.sum():
        raise ValueError(f"{op}: turns is {turns!r}; at least one share above 0 fits")
    return list(turns), shares / shares.sum()


def _review(grammar: Grammar, turn: str, good: bool, two_clauses: float, rng: np.random.Generator) -> Words:
    clauses = 2 if rng.random() < two_clauses else 1
    nouns = [grammar.nouns[i] for i in rng.permutation(len(grammar.nouns))[:clauses]]
    said = f" {grammar.joint} ".join(_clause(grammar, noun, turn, good, rng) for noun in nouns)
    return tuple(f"{_any(grammar.openings, rng)} {said} {_any(grammar.endings, rng)}".split())


def _clause(grammar: Grammar, noun: Noun, turn: str, good: bool, rng: np.random.Generator) -> str:
    for_it, against = (grammar.good, grammar.bad) if good else (grammar.bad, grammar.good)
    form = _any(grammar.turns[turn], rng)
    filled = form.replace("{noun}", noun.stressed if rng.random() < 0.25 else noun.plain)
    filled = filled.replace("{pronoun}", noun.pronoun)
    filled = filled.replace("{said}", _agreeing(_any(for_it, rng), noun))
    filled = filled.replace("{denied}", _agreeing(_any(against, rng), noun))
    while "{degree}" in filled:
        filled = filled.replace("{degree}", _any(grammar.degrees, rng), 1)
    return filled


def _agreeing(adjective: str, noun: Noun) -> str:
    """The form of an adjective that the noun takes."""
    forms = adjective.split("|")
    return forms[min(noun.form, len(forms) - 1)]


def _any(choices: Sequence[str], rng: np.random.Generator) -> str:
    return choices[int(rng.integers(len(choices)))]
