"""conv_matrix: correlation as one sparse, shared matrix."""

import numpy as np

from autograder.checking.cases import case, random_numbers, sizes, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import READY_MADE, correlate_by_windows


def _by_rows(k, n):
    m = len(k)
    matrix = np.zeros((n - m + 1, n))
    for i in range(n - m + 1):
        matrix[i, i : i + m] = k
    return matrix


def _by_impulses(k, n):
    return np.stack([correlate_by_windows(column, k) for column in np.eye(n)], axis=1)


def _by_diagonals(k, n):
    rows = n - len(k) + 1
    return sum(value * np.eye(rows, n, offset) for offset, value in enumerate(k)).astype(np.float32)


def _by_indices(k, n):
    offset = np.arange(n) - np.arange(n - len(k) + 1)[:, None]
    inside = (offset >= 0) & (offset < len(k))
    return np.where(inside, np.asarray(k)[np.clip(offset, 0, len(k) - 1)], 0.0)


def _transposed(k, n):
    return _by_rows(k, n).T.copy()


def _full(k, n):
    m = len(k)
    wide = _by_rows(k, n + 2 * (m - 1))
    return wide[:, m - 1 : m - 1 + n].copy()


def _flipped(k, n):
    return _by_rows(k[::-1], n)


def _without_shift(k, n):
    matrix = np.zeros((n - len(k) + 1, n))
    matrix[:, : len(k)] = k
    return matrix


def _circulant(k, n):
    first = np.concatenate([k, np.zeros(n - len(k))])
    return np.stack([np.roll(first, i) for i in range(n)])


conv_matrix = Exercise(
    name="conv_matrix",
    reference=(_by_rows,),
    parts=(
        Part(
            Text("the matrix that correlates", "la matrice qui corrèle"),
            (
                Stage(
                    sizes(1, 3).flatmap(
                        lambda m: sizes(m, 6).flatmap(lambda n: case(k=whole_numbers(m), n=sizes(n, n)))
                    )
                ),
                Stage(
                    sizes(1, 7).flatmap(
                        lambda m: sizes(m, 30).flatmap(lambda n: case(k=random_numbers(m, strided=True), n=sizes(n, n)))
                    ),
                    15,
                ),
            ),
        ),
    ),
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "transposed",
            (_transposed,),
            Text(
                "The matrix is transposed. It maps n values to n-m+1: so it has n-m+1 rows and n columns.",
                "La matrice est transposée. Elle envoie n valeurs sur n-m+1 : elle a donc n-m+1 lignes et n colonnes.",
            ),
        ),
        Mistake(
            "full",
            (_full,),
            Text(
                "Rows for windows that stick out of the signal are there too. Only whole windows count.",
                "Il y a aussi des lignes pour les fenêtres qui dépassent du signal. "
                "Seules les fenêtres entières comptent.",
            ),
        ),
        Mistake(
            "flipped",
            (_flipped,),
            Text(
                "Each row holds the kernel backwards: that matrix convolves. Here it is to correlate.",
                "Chaque ligne contient le noyau à l’envers : cette matrice convolue. Ici, elle doit corréler.",
            ),
        ),
        Mistake(
            "does not shift",
            (_without_shift,),
            Text(
                "Every row is the same. The kernel moves one column to the right from row to row.",
                "Toutes les lignes sont identiques. D’une ligne à la suivante, le noyau avance d’une colonne.",
            ),
        ),
        Mistake(
            "wraps around",
            (_circulant,),
            Text(
                "The kernel leaves on the right and comes back on the left: the signal is not a ring.",
                "Le noyau sort à droite et revient à gauche : le signal n’est pas un anneau.",
            ),
        ),
    ),
    right=((_by_rows,), (_by_impulses,), (_by_diagonals,), (_by_indices,)),
    picture=difference,
)
