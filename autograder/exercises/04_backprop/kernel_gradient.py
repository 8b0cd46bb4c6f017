"""kernel_gradient: the gradient of a kernel is a correlation of the image with the upstream gradient."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.cases import whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import READY_MADE, any_numbers


@st.composite
def _cases(draw, most, spare, numbers):
    h, w = draw(st.integers(1, most)), draw(st.integers(1, most))
    oh, ow = 1 + draw(st.integers(0, spare)), 1 + draw(st.integers(0, spare))
    return {"dy": draw(numbers((oh, ow))), "x": draw(numbers((oh + h - 1, ow + w - 1)))}


def _reference(dy, x):
    return cnnlib.correlate2d(x, dy)


def _by_loops(dy, x):
    (oh, ow), (H, W) = dy.shape, x.shape
    dk = np.zeros((H - oh + 1, W - ow + 1))
    for u in range(H - oh + 1):
        for v in range(W - ow + 1):
            dk[u, v] = np.sum(dy * x[u : u + oh, v : v + ow])
    return dk


def _by_outputs(dy, x):
    h, w = x.shape[0] - dy.shape[0] + 1, x.shape[1] - dy.shape[1] + 1
    dk = np.zeros((h, w))
    for r, s in np.ndindex(dy.shape):
        dk += dy[r, s] * x[r : r + h, s : s + w]
    return dk


def _by_windows(dy, x):
    views = np.lib.stride_tricks.sliding_window_view(x.astype(np.float32), dy.shape)
    return np.einsum("uvrs,rs->uv", views, dy.astype(np.float32))


def _turned(dy, x):
    return _by_loops(dy[::-1, ::-1], x)


def _transposed(dy, x):
    return _by_loops(dy, x).T.copy()


def _averages(dy, x):
    return _by_loops(dy, x) / dy.size


def _full(dy, x):
    oh, ow = dy.shape
    return _by_loops(dy, np.pad(x, ((oh - 1, oh - 1), (ow - 1, ow - 1))))


def _last_output(dy, x):
    h, w = x.shape[0] - dy.shape[0] + 1, x.shape[1] - dy.shape[1] + 1
    return dy[-1, -1] * x[-h:, -w:]


def _square_only(dy, x):
    side = x.shape[0] - dy.shape[0] + 1
    return _by_loops(dy[:, : dy.shape[0]], x[:, : x.shape[0]])[:side, :side]


def _dy_ignored(dy, x):
    return _by_loops(np.ones(dy.shape), x)


kernel_gradient = Exercise(
    name="kernel_gradient",
    reference=(_reference,),
    parts=(
        Part(
            Text("the gradient of every weight", "le gradient de chaque poids"),
            (Stage(_cases(3, 2, whole_numbers), 35, 12), Stage(_cases(5, 8, any_numbers), 20)),
        ),
    ),
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "turned",
            (_turned,),
            Text(
                "The upstream gradient is turned around. No flip belongs here: "
                "output (r, s) met x[r+u, s+v] with k[u, v], and r and s go up in both. The flip comes with dx.",
                "Le gradient amont est retourné. Il n’y a pas de retournement ici : la sortie (r, s) a rencontré "
                "x[r+u, s+v] par k[u, v], et r et s croissent des deux côtés. Le retournement vient avec dx.",
            ),
        ),
        Mistake(
            "transposed",
            (_transposed,),
            Text(
                "Rows and columns of the result are swapped: dk[u, v] belongs to k[u, v], u down and v to the right.",
                "Les lignes et les colonnes du résultat sont échangées : dk[u, v] appartient à k[u, v], "
                "u vers le bas et v vers la droite.",
            ),
        ),
        Mistake(
            "averages",
            (_averages,),
            Text(
                "The sum is divided by the number of outputs. Every output adds its part to the loss, "
                "so the gradient of a weight is a sum.",
                "La somme est divisée par le nombre de sorties. Chaque sortie apporte sa part à la perte : "
                "le gradient d’un poids est une somme.",
            ),
        ),
        Mistake(
            "full",
            (_full,),
            Text(
                "Places where dy sticks out of x are counted too. dk is as large as the kernel: "
                "as many places as dy has within x.",
                "Les places où dy dépasse de x sont comptées aussi. dk a la taille du noyau : "
                "autant de places que dy en trouve à l’intérieur de x.",
            ),
        ),
        Mistake(
            "last output only",
            (_last_output,),
            Text(
                "Only the last output counts: each one overwrites what the others left. "
                "The kernel was used for all outputs, and gathers from all of them.",
                "Seule la dernière sortie compte : chacune écrase ce que les autres ont laissé. "
                "Le noyau a servi à toutes les sorties, et rassemble ce qui revient de toutes.",
            ),
        ),
        Mistake(
            "square only",
            (_square_only,),
            Text(
                "Only one side is measured and used for both. Neither images nor kernels need be square.",
                "Un seul côté est mesuré et sert pour les deux. Ni les images ni les noyaux ne sont forcément carrés.",
            ),
        ),
        Mistake(
            "dy ignored",
            (_dy_ignored,),
            Text(
                "dy is not used, as if every output had the gradient 1. "
                "What a weight met counts as much as the output it went into.",
                "dy ne sert pas, comme si chaque sortie avait un gradient de 1. "
                "Ce qu’un poids a rencontré compte autant que la sortie où c’est allé.",
            ),
        ),
    ),
    right=((_by_loops,), (_by_outputs,), (_by_windows,)),
    picture=difference,
)
