"""greedy_decode: from the best label of each column to what is written, without repeats and blanks."""

from itertools import groupby, pairwise

import numpy as np
from hypothesis import strategies as st

from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text


@st.composite
def _columns(draw, most, labels):
    """The best label of each column, in runs and with blanks, as a network gives them."""
    runs = draw(st.lists(st.tuples(st.integers(0, labels), st.integers(1, 3)), min_size=1, max_size=most))
    return {"best": np.array([label for label, length in runs for _ in range(length)])}


def _observe(answer, case):
    """The labels as a list of whole numbers, whatever holds them."""
    found = answer(case["best"])
    if isinstance(found, np.ndarray):
        found = found.tolist()
    return [int(label) if isinstance(label, np.integer) else label for label in found]


def _reference(best):
    return [int(label) for label, _ in groupby(best) if label != 0]


def _by_loop(best):
    found, last = [], 0
    for label in best:
        if label not in (0, last):
            found.append(int(label))
        last = label
    return found


def _by_mask(best):
    before = np.concatenate([[0], best[:-1]])
    return best[(best != 0) & (best != before)]


def _by_slices(best):
    return [int(best[i]) for i in range(len(best)) if best[i] > 0 and (i == 0 or best[i] != best[i - 1])]


def _blanks_first(best):
    return [int(label) for label, _ in groupby(best[best != 0])]


def _repeats_stay(best):
    return [int(label) for label in best if label != 0]


def _blanks_stay(best):
    return [int(label) for label, _ in groupby(best)]


def _each_once(best):
    return [label for label in dict.fromkeys(int(label) for label in best) if label != 0]


def _first_lost(best):
    return [int(now) for before, now in pairwise(best) if now not in (0, before)]


greedy_decode = Exercise(
    name="greedy_decode",
    reference=(_reference,),
    parts=(
        Part(
            Text("what the columns say", "ce que disent les colonnes"),
            (Stage(_columns(5, 2), 40, 20), Stage(_columns(20, 10), 20)),
        ),
    ),
    observe=_observe,
    mistakes=(
        Mistake(
            "blanks removed first",
            (_blanks_first,),
            Text(
                "The blanks are dropped before the repeats are merged, so a letter that is written twice comes out "
                "once. Merge first: a blank between two equal letters keeps them apart.",
                "Les blancs sont ôtés avant que les répétitions soient fusionnées : une lettre écrite deux fois ne "
                "ressort qu’une fois. Fusionnez d’abord : un blanc entre deux lettres égales les sépare.",
            ),
        ),
        Mistake(
            "repeats stay",
            (_repeats_stay,),
            Text(
                "A letter several columns wide comes out several times. Neighbouring columns with the same label are "
                "one letter.",
                "Une lettre large de plusieurs colonnes ressort plusieurs fois. Des colonnes voisines de même "
                "étiquette forment une seule lettre.",
            ),
        ),
        Mistake(
            "blanks stay",
            (_blanks_stay,),
            Text(
                "The blanks are still there. 0 means: no letter here.",
                "Les blancs sont restés. 0 veut dire : pas de lettre ici.",
            ),
        ),
        Mistake(
            "each letter once",
            (_each_once,),
            Text(
                "Each letter comes out once in the whole line. Only *neighbouring* repeats are merged.",
                "Chaque lettre ne sort qu’une fois pour toute la ligne. On ne fusionne que les répétitions *voisines*.",
            ),
        ),
        Mistake(
            "first column lost",
            (_first_lost,),
            Text(
                "A letter that begins in the very first column is lost: nothing stands before it to differ from.",
                "Une lettre qui commence dès la première colonne est perdue : rien ne la précède dont elle puisse "
                "différer.",
            ),
        ),
    ),
    right=((_by_loop,), (_by_mask,), (_by_slices,)),
)
