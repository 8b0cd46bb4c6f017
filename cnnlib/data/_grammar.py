"""What reviews are made of, in each language: whom they speak of, what can be said, and how it can be turned round."""

from typing import NamedTuple


class Noun(NamedTuple):
    """What is spoken of, the same with stress, the pronoun for it, and which form its adjectives take."""

    plain: str
    stressed: str
    pronoun: str
    form: int = 0


class Grammar(NamedTuple):
    """Turns are sentences with places to fill: {noun}, {pronoun}, {degree}, and adjectives, {said} and {denied}.

    {said} is on the side of the verdict, {denied} on the other. Where an adjective has two forms, a bar parts them.
    """

    nouns: tuple[Noun, ...]
    good: tuple[str, ...]
    bad: tuple[str, ...]
    degrees: tuple[str, ...]
    turns: dict[str, tuple[str, ...]]
    openings: tuple[str, ...]
    endings: tuple[str, ...]
    joint: str
    example: str


def _noun(noun: str) -> Noun:
    return Noun(f"the {noun}", f"the actual {noun}", "it")


def _masculine(noun: str) -> Noun:
    return Noun(f"le {noun}", f"le {noun} lui-même", "il", form=0)


def _feminine(noun: str) -> Noun:
    return Noun(f"la {noun}", f"la {noun} elle-même", "elle", form=1)


_NOUNS = (
    "service",
    "meal",
    "soup",
    "bread",
    "wine",
    "coffee",
    "dessert",
    "menu",
    "music",
    "garden",
    "terrace",
    "view",
)
_ENGLISH = Grammar(
    nouns=tuple(map(_noun, _NOUNS)),
    good=("good", "nice", "pleasant", "lovely", "charming", "remarkable"),
    bad=("bad", "poor", "dull", "mediocre", "unpleasant", "disappointing"),
    degrees=("", "very", "really", "so"),
    turns={
        "plain": (
            "{noun} was {degree} {said}",
            "i would say that {noun} was {degree} {said}",
        ),
        "negated": (
            "{noun} was not {degree} {denied}",
            "{noun} was not {denied} at all",
        ),
        "contrast": (
            "{noun} was not {degree} {denied} but {degree} {said}",
            "{noun} was {said} and not {denied}",
        ),
        "expected": (
            "we thought {noun} would be {degree} {denied} but {pronoun} was {said}",
            "{noun} should have been {denied} but {pronoun} was {degree} {said}",
        ),
        "distant": (
            "i would not say that {noun} was {degree} {denied}",
            "nobody would say that {noun} was {degree} {denied}",
        ),
    },
    openings=("", "", "last night", "to be honest", "once again"),
    endings=("", "", "for the price", "on the whole", "so far"),
    joint="and",
    example="the actual service was not very good",
)

_FRENCH = Grammar(
    nouns=(
        *map(_masculine, ["service", "repas", "vin", "café", "dessert", "menu"]),
        *map(_feminine, ["soupe", "viande", "carte", "musique", "terrasse", "vue"]),
    ),
    good=("bon|bonne", "agréable", "réussi|réussie", "plaisant|plaisante", "charmant|charmante", "remarquable"),
    bad=("mauvais|mauvaise", "quelconque", "ennuyeux|ennuyeuse", "médiocre", "désagréable", "décevant|décevante"),
    degrees=("", "très", "vraiment", "si"),
    turns={
        "plain": (
            "{noun} était {degree} {said}",
            "je dirais que {noun} était {degree} {said}",
        ),
        "negated": (
            "{noun} n’était pas {degree} {denied}",
            "{noun} n’était pas {denied} du tout",
        ),
        "contrast": (
            "{noun} n’était pas {degree} {denied} mais {degree} {said}",
            "{noun} était {said} et non {denied}",
        ),
        "expected": (
            "nous pensions que {noun} serait {degree} {denied} mais {pronoun} était {said}",
            "{noun} devait être {denied} mais {pronoun} était {degree} {said}",
        ),
        "distant": (
            "je ne dirais pas que {noun} était {degree} {denied}",
            "personne ne dirait que {noun} était {degree} {denied}",
        ),
    },
    openings=("", "", "hier soir", "pour être honnête", "une fois encore"),
    endings=("", "", "pour ce prix", "dans l’ensemble", "jusqu’ici"),
    joint="et",
    example="le service lui-même n’était pas très bon",
)

GRAMMARS = {"en": _ENGLISH, "fr": _FRENCH}
