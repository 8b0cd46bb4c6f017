"""embed: words to vectors, the channels first."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.cases import whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import READY_MADE, any_numbers, numbers_below


@st.composite
def _sentences(draw, most, numbers):
    """A batch of sentences as numbers of words, and a table of vectors."""
    V, D = draw(st.integers(2, most + 2)), draw(st.integers(1, most))
    shape = draw(st.integers(1, 3)), draw(st.integers(1, most + 3))
    return {"indices": draw(numbers_below(shape, V)), "table": draw(numbers((V, D)))}


def _reference(indices, table):
    return cnnlib.embedding_forward(indices, table)[0].transpose(0, 2, 1)


def _by_rows(indices, table):
    return np.moveaxis(table[indices], -1, 1)


def _by_columns(indices, table):
    return table.T[:, indices].swapaxes(0, 1)


def _by_loops(indices, table):
    N, L = indices.shape
    x = np.zeros((N, table.shape[1], L))
    for n in range(N):
        for place in range(L):
            x[n, :, place] = table[indices[n, place]]
    return x


def _by_one_hot(indices, table):
    one_hot = np.eye(len(table), dtype=np.float32)[indices]  # (N, L, V)
    return np.einsum("nlv,vd->ndl", one_hot, table.astype(np.float32))


def _words_last(indices, table):
    return table[indices]


def _reshaped(indices, table):
    N, L = indices.shape
    return table[indices].reshape(N, table.shape[1], L)


def _one_row_up(indices, table):
    return _by_rows(indices - 1, table)


def _sentences_turned(indices, table):
    return np.ascontiguousarray(table[indices].T)


def _added_up(indices, table):
    return table[indices].sum(axis=1)


def _padding_blank(indices, table):
    return _by_rows(indices, table) * (indices != 0)[:, None, :]


embed = Exercise(
    name="embed",
    reference=(_reference,),
    parts=(
        Part(
            Text("the vectors of each word", "les vecteurs de chaque mot"),
            (Stage(_sentences(2, whole_numbers), 40, 16), Stage(_sentences(4, any_numbers), 20)),
        ),
    ),
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "words before channels",
            (_words_last,),
            Text(
                "The values are right, as (N, L, D). A convolution wants the channels before the places: (N, D, L).",
                "Les valeurs sont justes, mais rangées en (N, L, D). Une convolution veut les canaux avant les "
                "places : (N, D, L).",
            ),
        ),
        Mistake(
            "reshaped",
            (_reshaped,),
            Text(
                "The shape is right, but the numbers of different words are mixed up: `reshape` reads on in the same "
                "order and cuts elsewhere. To move an axis, transpose.",
                "La forme est juste, mais les nombres de mots différents sont mélangés : `reshape` lit dans le même "
                "ordre et coupe ailleurs. Pour déplacer un axe, transposez.",
            ),
        ),
        Mistake(
            "one row off",
            (_one_row_up,),
            Text(
                "Each word gets the vector of the row above its own. Numbers count from 0: word 0 has row 0.",
                "Chaque mot reçoit le vecteur de la ligne au-dessus de la sienne. On compte à partir de 0 : "
                "au mot 0, la ligne 0.",
            ),
        ),
        Mistake(
            "all axes turned round",
            (_sentences_turned,),
            Text(
                "`.T` reverses all three axes, so the sentences have come last: (D, L, N). Only the last two change "
                "places.",
                "`.T` inverse les trois axes : les phrases se retrouvent en dernier, (D, L, N). Seuls les deux "
                "derniers échangent leur place.",
            ),
        ),
        Mistake(
            "added up",
            (_added_up,),
            Text(
                "The vectors of a sentence have been added up: the order of its words is lost. Keep one vector a "
                "place.",
                "Les vecteurs d’une phrase ont été additionnés : l’ordre des mots est perdu. Gardez un vecteur par "
                "place.",
            ),
        ),
        Mistake(
            "padding blanked",
            (_padding_blank,),
            Text(
                "Word 0 always gets zeros. Here the table decides: word 0 has row 0, whatever stands in it.",
                "Le mot 0 reçoit toujours des zéros. Ici, c’est la table qui décide : au mot 0, la ligne 0, quoi "
                "qu’elle contienne.",
            ),
        ),
    ),
    right=((_by_rows,), (_by_columns,), (_by_loops,), (_by_one_hot,)),
    picture=difference,
)
