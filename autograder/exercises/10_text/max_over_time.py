"""max_over_time: the strongest answer of each filter, wherever it was, whatever fills a sentence up."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.cases import whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import READY_MADE, any_numbers


@st.composite
def _answers(draw, most, numbers):
    """What filters of k words answer to sentences of so many words; some are empty, some shorter than k."""
    N, K, k = draw(st.integers(1, 3)), draw(st.integers(1, most)), draw(st.integers(1, 3))
    longest = draw(st.integers(k, k + most + 1))
    lengths = np.array(draw(st.lists(st.integers(0, longest), min_size=N, max_size=N)))
    return {"y": draw(numbers((N, K, longest - k + 1))), "lengths": lengths, "k": k}


def _whole_windows(lengths, k):
    """How many windows of each sentence count."""
    return np.where(lengths > 0, np.maximum(lengths - k + 1, 1), 0)


def _reference(y, lengths, k):
    windows = _whole_windows(lengths, k)
    strongest, _ = cnnlib.max_over_time_forward(y, np.maximum(windows, 1))
    return np.where(windows[:, None] > 0, strongest, 0.0)


def _masked(y, windows, *, fill=-np.inf):
    """The maximum over the first so many windows of each sentence, the others set to `fill`."""
    real = np.arange(y.shape[2]) < windows[:, None]
    return np.where(real[:, None], y, fill).max(axis=2)


def _by_mask(y, lengths, k):
    strongest = _masked(y, _whole_windows(lengths, k))
    strongest[lengths == 0] = 0
    return strongest


def _by_loops(y, lengths, k):
    z = np.zeros(y.shape[:2])
    for n, length in enumerate(lengths):
        if length:
            z[n] = y[n, :, : max(length - k + 1, 1)].max(axis=1)
    return z


def _by_initial(y, lengths, k):
    windows = _whole_windows(lengths, k)
    real = np.broadcast_to((np.arange(y.shape[2]) < windows[:, None])[:, None], y.shape)
    found = np.max(y.astype(np.float32), axis=2, where=real, initial=-np.inf)
    return np.where(np.isinf(found), 0, found)


def _by_sorting(y, lengths, k):
    rows = [
        sorted(row[: max(n - k + 1, 1)])[-1] if n else 0.0 for block, n in zip(y, lengths, strict=True) for row in block
    ]
    return np.array(rows).reshape(y.shape[:2])


def _not_masked(y, lengths, k):
    return y.max(axis=2)


def _zeros_for_padding(y, lengths, k):
    return _masked(y, _whole_windows(lengths, k), fill=0)


def _words_counted(y, lengths, k):
    """Windows that begin with a real word but end in the padding count too."""
    strongest = _masked(y, lengths)
    strongest[lengths == 0] = 0
    return strongest


def _one_short(y, lengths, k):
    windows = np.where(lengths > 0, np.maximum(lengths - k, 1), 0)
    strongest = _masked(y, windows)
    strongest[lengths == 0] = 0
    return strongest


def _short_is_nothing(y, lengths, k):
    """Short sentences are left with minus infinity."""
    strongest = _masked(y, lengths - k + 1)
    strongest[lengths == 0] = 0
    return strongest


def _short_is_zero(y, lengths, k):
    strongest = _masked(y, lengths - k + 1)
    return np.where(np.isinf(strongest), 0, strongest)


def _empty_is_nothing(y, lengths, k):
    return _masked(y, _whole_windows(lengths, k))


def _empty_is_a_window(y, lengths, k):
    return _masked(y, np.maximum(lengths - k + 1, 1))


def _mean(y, lengths, k):
    windows = _whole_windows(lengths, k)
    real = (np.arange(y.shape[2]) < windows[:, None])[:, None]
    return (y * real).sum(axis=2) / np.maximum(windows, 1)[:, None]


def _place(y, lengths, k):
    windows = _whole_windows(lengths, k)
    real = np.arange(y.shape[2]) < windows[:, None]
    return np.where(real[:, None], y, -np.inf).argmax(axis=2)


def _by_magnitude(y, lengths, k):
    windows = _whole_windows(lengths, k)
    real = (np.arange(y.shape[2]) < windows[:, None])[:, None]
    places = np.where(real, np.abs(y), -1.0).argmax(axis=2)[:, :, None]
    return np.take_along_axis(y, places, axis=2)[:, :, 0] * (lengths > 0)[:, None]


def _over_filters(y, lengths, k):
    windows = _whole_windows(lengths, k)
    real = (np.arange(y.shape[2]) < windows[:, None])[:, None]
    return np.where(real, y, 0.0).max(axis=1)


max_over_time = Exercise(
    name="max_over_time",
    reference=(_reference,),
    parts=(
        Part(
            Text("the strongest answer of each filter", "la plus forte réponse de chaque filtre"),
            (Stage(_answers(2, whole_numbers), 60, 24), Stage(_answers(4, any_numbers), 25)),
        ),
    ),
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "padding not masked",
            (_not_masked,),
            Text(
                "The padding takes part: an answer to a window that is not in the sentence can win. Look at the first "
                "`lengths - k + 1` windows of each sentence only.",
                "Le remplissage participe : la réponse à une fenêtre qui n’est pas dans la phrase peut gagner. Ne "
                "regardez que les `lengths - k + 1` premières fenêtres de chaque phrase.",
            ),
        ),
        Mistake(
            "zeros for the padding",
            (_zeros_for_padding,),
            Text(
                "The answers to the padding have been set to 0, and 0 wins where all real answers are negative. Put "
                "something there that never wins.",
                "Les réponses au remplissage ont été mises à 0, et 0 gagne quand toutes les vraies réponses sont "
                "négatives. Mettez-y une valeur qui ne gagne jamais.",
            ),
        ),
        Mistake(
            "words counted for windows",
            (_words_counted,),
            Text(
                "Windows that begin in the sentence but end in the padding count too. A sentence of n words has n "
                "words, but only n - k + 1 whole windows.",
                "Des fenêtres qui commencent dans la phrase mais finissent dans le remplissage comptent aussi. Une "
                "phrase de n mots a n mots, mais seulement n - k + 1 fenêtres entières.",
            ),
        ),
        Mistake(
            "one window short",
            (_one_short,),
            Text(
                "The last whole window of a sentence is left out: n words hold n - k + 1 of them, not n - k.",
                "La dernière fenêtre entière d’une phrase est oubliée : n mots en contiennent n - k + 1, et non n - k.",
            ),
        ),
        Mistake(
            "short sentences at minus infinity",
            (_short_is_nothing,),
            Text(
                "A sentence shorter than the filter ends at minus infinity. It has one window, filled up: its first "
                "answer counts.",
                "Une phrase plus courte que le filtre finit à moins l’infini. Elle a une fenêtre, complétée : sa "
                "première réponse compte.",
            ),
        ),
        Mistake(
            "short sentences at zero",
            (_short_is_zero,),
            Text(
                "A sentence shorter than the filter is treated as empty. It has one window, filled up: its first "
                "answer counts.",
                "Une phrase plus courte que le filtre est traitée comme vide. Elle a une fenêtre, complétée : sa "
                "première réponse compte.",
            ),
        ),
        Mistake(
            "empty sentences at minus infinity",
            (_empty_is_nothing,),
            Text(
                "An empty sentence ends at minus infinity, and the next layer would make nan of it. Nothing was found "
                "there: give 0.",
                "Une phrase vide finit à moins l’infini, et la couche suivante en ferait des nan. Rien n’y a été "
                "trouvé : renvoyez 0.",
            ),
        ),
        Mistake(
            "empty sentences have a window",
            (_empty_is_a_window,),
            Text(
                "In an empty sentence, a window of padding counts. There is no word in it: give 0.",
                "Dans une phrase vide, une fenêtre de remplissage compte. Il ne s’y trouve aucun mot : renvoyez 0.",
            ),
        ),
        Mistake(
            "mean",
            (_mean,),
            Text(
                "This is the mean over the real windows. One clear answer should be enough: take the maximum.",
                "C’est la moyenne sur les vraies fenêtres. Une seule réponse nette doit suffire : prenez le maximum.",
            ),
        ),
        Mistake(
            "place for value",
            (_place,),
            Text(
                "This is where each filter answered most. Give how strongly: `max`, not `argmax`.",
                "C’est l’endroit où chaque filtre a le plus répondu. Donnez la force de la réponse : `max`, et non "
                "`argmax`.",
            ),
        ),
        Mistake(
            "largest magnitude",
            (_by_magnitude,),
            Text(
                "The answer farthest from zero wins, whatever its sign. The maximum of -9 and 2 is 2.",
                "C’est la réponse la plus éloignée de zéro qui gagne, quel que soit son signe. "
                "Le maximum de -9 et de 2 est 2.",
            ),
        ),
        Mistake(
            "over the filters",
            (_over_filters,),
            Text(
                "The maximum is taken over the filters, and the places are left. Take it over the last axis, time.",
                "Le maximum est pris sur les filtres, et il reste les places. Prenez-le sur le dernier axe, le temps.",
            ),
        ),
    ),
    right=((_by_mask,), (_by_loops,), (_by_initial,), (_by_sorting,)),
    picture=difference,
)
