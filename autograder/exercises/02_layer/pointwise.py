"""pointwise: a 1x1 convolution, as one matrix product."""

import numpy as np
from hypothesis import strategies as st

from autograder.checking.cases import random_numbers, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import DTYPES, READY_MADE


@st.composite
def _batches(draw, most, side, numbers):
    N, C, K = draw(st.integers(1, 3)), draw(st.integers(1, most)), draw(st.integers(1, most))
    shape = N, C, draw(st.integers(1, side)), draw(st.integers(1, side))
    return {"x": draw(numbers(shape)), "w": draw(numbers((K, C)))}


def _random(shape):
    return random_numbers(shape, dtypes=DTYPES, strided=True)


def _values_and_effort(answer, case):
    """The values, and whether more pixels or more channels cost more executed lines."""
    x, w = case["x"], case["w"]
    small = answer.outcome(x, w, count_lines=True)
    larger = answer.outcome(np.tile(x, (1, 1, 2, 2)), w, count_lines=True)
    deeper = answer.outcome(np.tile(x, (1, 2, 1, 1)), np.tile(w, (2, 2)), count_lines=True)
    return {
        "values": small.value,
        "more lines for more pixels": larger.lines > small.lines,
        "more lines for more channels": deeper.lines > small.lines,
    }


def _by_reshaping(x, w):
    N, C, H, W = x.shape
    return (w @ x.reshape(N, C, H * W)).reshape(N, len(w), H, W)


def _by_rows(x, w):
    N, C, H, W = x.shape
    pixels = x.transpose(0, 2, 3, 1).reshape(-1, C)
    return (pixels @ w.T).reshape(N, H, W, -1).transpose(0, 3, 1, 2)


def _by_moving(x, w):
    return np.moveaxis(np.moveaxis(x, 1, -1) @ w.T, -1, 1)


def _by_einsum(x, w):
    return np.einsum("kc,nchw->nkhw", w, x)


def _by_tensordot(x, w):
    return np.tensordot(w, x, axes=(1, 1)).swapaxes(0, 1)


def _by_pixels(x, w):
    N, _, H, W = x.shape
    y = np.zeros((N, len(w), H, W))
    for n, r, s in np.ndindex(N, H, W):
        y[n, :, r, s] = w @ x[n, :, r, s]
    return y


def _by_channels(x, w):
    N, C, H, W = x.shape
    y = np.zeros((N, len(w), H, W))
    for k in range(len(w)):
        for c in range(C):
            y[:, k] += w[k, c] * x[:, c]
    return y


def _axes_not_moved(x, w):
    N, C, H, W = x.shape
    return (x.reshape(-1, C) @ w.T).reshape(N, len(w), H, W)


def _axes_not_moved_back(x, w):
    N, _, H, W = x.shape
    return (np.moveaxis(x, 1, -1) @ w.T).reshape(N, len(w), H, W)


def _channels_last(x, w):
    return np.moveaxis(x, 1, -1) @ w.T


def _kernels_first(x, w):
    return np.tensordot(w, x, axes=(1, 1))


def _transposed(x, w):
    return np.einsum("kc,nkhw->nchw", w, x)


def _difference_of_values(got, expected, language):
    got, expected = got["values"], expected["values"]
    if got.shape == expected.shape and np.allclose(got, expected):
        return ""
    return difference(got, expected, language)


pointwise = Exercise(
    name="pointwise",
    reference=(_by_reshaping,),
    parts=(
        Part(
            Text("every pixel's channels", "les canaux de chaque pixel"),
            (Stage(_batches(3, 3, whole_numbers), 20, 10), Stage(_batches(6, 7, _random), 10, 6)),
        ),
    ),
    observe=_values_and_effort,
    budget=1.5,
    properties={
        "more lines for more pixels": Text(
            "the values are right, but more pixels take more lines of Python",
            "les valeurs sont justes, mais plus de pixels demandent plus de lignes de Python",
        ),
        "more lines for more channels": Text(
            "the values are right, but more channels take more lines of Python",
            "les valeurs sont justes, mais plus de canaux demandent plus de lignes de Python",
        ),
    },
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "loops over pixels",
            (_by_pixels,),
            Text(
                "Something loops over pixels. Laid side by side as columns, they all go through one matrix product.",
                "Quelque chose boucle sur les pixels. Rangés côte à côte, en colonnes, ils passent tous "
                "par un seul produit matriciel.",
            ),
        ),
        Mistake(
            "loops over channels",
            (_by_channels,),
            Text(
                "Something loops over channels. A sum over channels, for every kernel at once, is a matrix product.",
                "Quelque chose boucle sur les canaux. Une somme sur les canaux, pour tous les noyaux à la fois, "
                "est un produit matriciel.",
            ),
        ),
        Mistake(
            "axes not moved",
            (_axes_not_moved,),
            Text(
                "`reshape` alone mixes up pixels: it cuts the numbers into new rows in their order in memory. "
                "To bring the channels to the end, move the axis first.",
                "`reshape` seul mélange les pixels : il redécoupe les nombres dans leur ordre en mémoire. "
                "Pour mettre les canaux à la fin, déplacez d’abord l’axe.",
            ),
        ),
        Mistake(
            "axes not moved back",
            (_axes_not_moved_back,),
            Text(
                "The product is right, but on the way back `reshape` mixes up the pixels: "
                "move the axis of channels back instead.",
                "Le produit est juste, mais au retour `reshape` mélange les pixels : "
                "ramenez plutôt l’axe des canaux à sa place.",
            ),
        ),
        Mistake(
            "channels last",
            (_channels_last,),
            Text(
                "The channels of the result come last: (N, H, W, K). They belong on axis 1.",
                "Les canaux du résultat viennent en dernier : (N, H, W, K). Leur place est l’axe 1.",
            ),
        ),
        Mistake(
            "kernels first",
            (_kernels_first,),
            Text(
                "The axis of the kernels comes before that of the images: (K, N, H, W).",
                "L’axe des noyaux vient avant celui des images : (K, N, H, W).",
            ),
        ),
        Mistake(
            "transposed",
            (_transposed,),
            Text(
                "The matrix is transposed: each row of w holds the weights of one kernel, one for each input channel.",
                "La matrice est transposée : chaque ligne de w contient les poids d’un noyau, un par canal d’entrée.",
            ),
        ),
    ),
    right=((_by_reshaping,), (_by_rows,), (_by_moving,), (_by_einsum,), (_by_tensordot,)),
    picture=_difference_of_values,
)
