"""conv1d_backward: both gradients of a correlation in one dimension."""

import numpy as np
from hypothesis import strategies as st

from autograder.checking.cases import whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text

from ._shared import ASSIGNS, READY_MADE, any_numbers, difference_of_one, in_a_tuple, one_of_several

NAMES = ("dx", "dk")


@st.composite
def _cases(draw, most, spare, numbers):
    m = draw(st.integers(1, most))
    n = m + draw(st.integers(0, spare))
    return {"dy": draw(numbers(n - m + 1)), "x": draw(numbers(n)), "k": draw(numbers(m))}


STAGES = (Stage(_cases(3, 3, whole_numbers), 20, 12), Stage(_cases(6, 20, any_numbers), 10))


def _by_links(dy, x, k):
    dx, dk = np.zeros(len(x)), np.zeros(len(k))
    for i in range(len(dy)):
        for j in range(len(k)):
            dx[i + j] += dy[i] * k[j]
            dk[j] += dy[i] * x[i + j]
    return dx, dk


def _by_windows(dy, x, k):
    dx, dk = np.zeros(x.shape), np.zeros(k.shape)
    for i, upstream in enumerate(dy):
        dx[i : i + len(k)] += upstream * k
        dk += upstream * x[i : i + len(k)]
    return [dx, dk]


def _by_matrix(dy, x, k):
    matrix = np.zeros((len(dy), len(x)))
    for i in range(len(dy)):
        matrix[i, i : i + len(k)] = k
    return matrix.T @ dy, np.lib.stride_tricks.sliding_window_view(x, len(k)).T @ dy


def _by_weights(dy, x, k):
    dx = np.zeros(len(x), dtype=np.float32)
    for j, weight in enumerate(k):
        dx[j : j + len(dy)] += weight * dy
    return dx, np.array([dy @ x[j : j + len(dy)] for j in range(len(k))])


def _assigns(dy, x, k):
    dx, dk = np.zeros(len(x)), np.zeros(len(k))
    for i in range(len(dy)):
        dx[i : i + len(k)] = dy[i] * k
        dk[:] = dy[i] * x[i : i + len(k)]
    return dx, dk


def _dx_assigned(dy, x, k):
    return _assigns(dy, x, k)[0], _by_links(dy, x, k)[1]


def _correlates_for_dx(dy, x, k):
    return _by_links(dy, x, k[::-1])[0], _by_links(dy, x, k)[1]


def _turns_dk(dy, x, k):
    return _by_links(dy, x, k)[0], _by_links(dy[::-1], x, k)[1]


def _swapped(dy, x, k):
    return _by_links(dy, x, k)[::-1]


def _averages(dy, x, k):
    dx, dk = _by_links(dy, x, k)
    return dx, dk / len(dy)


def _ignores_dy(dy, x, k):
    return _by_links(np.ones(len(dy)), x, k)


conv1d_backward = Exercise(
    name="conv1d_backward",
    reference=(_by_windows,),
    parts=tuple(
        Part(Text(*titles), STAGES, observe=one_of_several(NAMES, position))
        for position, titles in enumerate(
            (("dx, of the signal", "dx, du signal"), ("dk, of the kernel", "dk, du noyau"))
        )
    ),
    rule=READY_MADE,
    properties=in_a_tuple(NAMES),
    mistakes=(
        Mistake("assigns", (_assigns,), ASSIGNS),
        Mistake("dx assigned", (_dx_assigned,), ASSIGNS),
        Mistake(
            "turned in dx",
            (_correlates_for_dx,),
            Text(
                "In dx the kernel lies the wrong way round. x[i+j] met k[j] in output i: "
                "so dy[i]·k[j] must come back to x[i+j].",
                "Dans dx, le noyau est dans le mauvais sens. x[i+j] a rencontré k[j] dans la sortie i : "
                "c’est donc dy[i]·k[j] qui revient à x[i+j].",
            ),
        ),
        Mistake(
            "turned in dk",
            (_turns_dk,),
            Text(
                "In dk the upstream gradient is turned around. k[j] met x[i+j] in output i: "
                "dk[j] gathers dy[i]·x[i+j], with i going up in both.",
                "Dans dk, le gradient amont est retourné. k[j] a rencontré x[i+j] dans la sortie i : "
                "dk[j] rassemble les dy[i]·x[i+j], où i croît des deux côtés.",
            ),
        ),
        Mistake(
            "swapped",
            (_swapped,),
            Text(
                "The two results are swapped: first the gradient of x, then that of k.",
                "Les deux résultats sont échangés : d’abord le gradient de x, puis celui de k.",
            ),
        ),
        Mistake(
            "averages",
            (_averages,),
            Text(
                "dk is divided by the number of outputs. A weight that counts in all outputs gets the sum, "
                "not the mean.",
                "dk est divisé par le nombre de sorties. Un poids qui compte dans toutes les sorties reçoit la somme, "
                "non la moyenne.",
            ),
        ),
        Mistake(
            "dy ignored",
            (_ignores_dy,),
            Text(
                "dy is not used: these are the gradients of the sum of all outputs. "
                "Every link must be multiplied by what comes back from its output.",
                "dy ne sert pas : ce sont les gradients de la somme des sorties. "
                "Il faut multiplier chaque lien par ce qui revient de sa sortie.",
            ),
        ),
    ),
    right=((_by_links,), (_by_windows,), (_by_matrix,), (_by_weights,)),
    picture=difference_of_one,
)
