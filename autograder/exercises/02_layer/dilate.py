"""dilate: a kernel with gaps between its values."""

import numpy as np
from hypothesis import strategies as st

from autograder.checking.cases import random_numbers, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import DTYPES, READY_MADE


@st.composite
def _kernels(draw, side, most, numbers):
    shape = draw(st.integers(1, side)), draw(st.integers(1, side))
    return {"k": draw(numbers(shape)), "rate": draw(st.integers(1, most))}


def _random(shape):
    return random_numbers(shape, dtypes=DTYPES, strided=True)


def _by_steps(k, rate):
    h, w = k.shape
    dilated = np.zeros((rate * (h - 1) + 1, rate * (w - 1) + 1))
    dilated[::rate, ::rate] = k
    return dilated


def _by_loops(k, rate):
    h, w = k.shape
    dilated = np.zeros((rate * (h - 1) + 1, rate * (w - 1) + 1))
    for u in range(h):
        for v in range(w):
            dilated[u * rate, v * rate] = k[u, v]
    return dilated


def _by_kron(k, rate):
    unit = np.zeros((rate, rate))
    unit[0, 0] = 1
    h, w = k.shape
    return np.kron(k, unit)[: rate * (h - 1) + 1, : rate * (w - 1) + 1].copy()


def _by_matrices(k, rate):
    h, w = k.shape
    down, across = np.eye(rate * h)[::rate, : rate * (h - 1) + 1], np.eye(rate * w)[::rate, : rate * (w - 1) + 1]
    return down.T @ k @ across


def _rate_zeros(k, rate):
    return _by_steps(k, rate + 1)


def _zeros_after(k, rate):
    h, w = k.shape
    dilated = np.zeros((rate * h, rate * w))
    dilated[::rate, ::rate] = k
    return dilated


def _repeated(k, rate):
    return np.repeat(np.repeat(k, rate, axis=0), rate, axis=1)


def _rows_only(k, rate):
    h, w = k.shape
    dilated = np.zeros((rate * (h - 1) + 1, w))
    dilated[::rate] = k
    return dilated


def _square_only(k, rate):
    side = rate * (len(k) - 1) + 1
    dilated = np.zeros((side, side))
    dilated[::rate, ::rate] = k
    return dilated


def _zeros_around(k, rate):
    return np.pad(k, rate - 1)


dilate = Exercise(
    name="dilate",
    reference=(_by_steps,),
    parts=(
        Part(
            Text("the dilated kernel", "le noyau dilaté"),
            (Stage(_kernels(3, 3, whole_numbers), 30), Stage(_kernels(5, 6, _random), 15)),
        ),
    ),
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "one zero too many",
            (_rate_zeros,),
            Text(
                "There is one zero too many in each gap. The rate is the distance from one value to the next: "
                "rate 1 leaves the kernel as it is.",
                "Il y a un zéro de trop dans chaque trou. Le taux est la distance d’une valeur à la suivante : "
                "avec un taux de 1, le noyau reste tel quel.",
            ),
        ),
        Mistake(
            "zeros after the last value",
            (_zeros_after,),
            Text(
                "Zeros also follow the last row and the last column. Gaps lie between values only.",
                "Des zéros suivent aussi la dernière ligne et la dernière colonne. Les trous ne sont qu’entre valeurs.",
            ),
        ),
        Mistake(
            "repeats the values",
            (_repeated,),
            Text(
                "Each value is repeated. That enlarges the kernel; dilating fills the gaps with zeros.",
                "Chaque valeur est répétée : cela agrandit le noyau. Dilater, c’est remplir les trous de zéros.",
            ),
        ),
        Mistake(
            "rows only",
            (_rows_only,),
            Text(
                "Gaps lie between the rows, but not between the columns.",
                "Il y a des trous entre les lignes, mais pas entre les colonnes.",
            ),
        ),
        Mistake(
            "square only",
            (_square_only,),
            Text(
                "Only one side is measured and used for both. Kernels need not be square.",
                "Un seul côté est mesuré et sert pour les deux. Les noyaux ne sont pas forcément carrés.",
            ),
        ),
        Mistake(
            "zeros around",
            (_zeros_around,),
            Text(
                "The zeros stand around the kernel: that is padding. Dilation puts them between its values.",
                "Les zéros entourent le noyau : c’est du remplissage. La dilatation les met entre ses valeurs.",
            ),
        ),
    ),
    right=((_by_steps,), (_by_loops,), (_by_kron,), (_by_matrices,)),
    picture=difference,
)
