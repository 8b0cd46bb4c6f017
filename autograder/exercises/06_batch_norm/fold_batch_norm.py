"""fold_batch_norm: a convolution and its batch norm, as one convolution."""

import numpy as np
from hypothesis import strategies as st

from autograder.checking.cases import random_numbers, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text

from ._shared import READY_MADE, any_eps, scales_and_shifts, several, small_eps

NAMES = ("w", "b")


@st.composite
def _folds(draw, most, numbers, whole):
    K, C, h, w = (draw(st.integers(1, most)) for _ in range(4))
    return {
        "w": draw(numbers((K, C, h, w))),
        "b": draw(numbers(K)),
        **draw(scales_and_shifts(K, whole)),
        "mean": draw(numbers(K)),
        "var": np.abs(draw(numbers(K))),
        "eps": draw(small_eps() if whole else any_eps()),
    }


def _any_numbers(shape):
    return random_numbers(shape, dtypes=(np.float64, np.float32), strided=True)


def _reference(w, b, gamma, beta, mean, var, eps):
    scale = gamma / np.sqrt(var + eps)
    return w * scale[:, None, None, None], scale * (b - mean) + beta


def _by_loop(w, b, gamma, beta, mean, var, eps):
    folded, shift = np.zeros(w.shape), np.zeros(b.shape)
    for k in range(len(w)):
        deviation = (var[k] + eps) ** 0.5
        folded[k] = gamma[k] * w[k] / deviation
        shift[k] = gamma[k] * (b[k] - mean[k]) / deviation + beta[k]
    return folded, shift


def _by_einsum(w, b, gamma, beta, mean, var, eps):
    scale = gamma * (var + eps) ** -0.5
    return [np.einsum("k,kcuv->kcuv", scale, w), scale * b + (beta - scale * mean)]


def _by_matrix(w, b, gamma, beta, mean, var, eps):
    scale = np.diag(gamma / np.sqrt(var + eps)).astype(np.float32)
    return (scale @ w.reshape(len(w), -1)).reshape(w.shape), scale @ (b - mean) + beta


def _bias_not_scaled(w, b, gamma, beta, mean, var, eps):
    scale = gamma / np.sqrt(var + eps)
    return w * scale[:, None, None, None], b - scale * mean + beta


def _bias_dropped(w, b, gamma, beta, mean, var, eps):
    return _reference(w, np.zeros_like(b), gamma, beta, mean, var, eps)


def _bias_alone(w, b, gamma, beta, mean, var, eps):
    return _reference(w, b, gamma, beta, mean, var, eps)[0], b.copy()


def _mean_forgotten(w, b, gamma, beta, mean, var, eps):
    return _reference(w, b, gamma, beta, np.zeros_like(mean), var, eps)


def _mean_added(w, b, gamma, beta, mean, var, eps):
    return _reference(w, b, gamma, beta, -mean, var, eps)


def _beta_forgotten(w, b, gamma, beta, mean, var, eps):
    return _reference(w, b, gamma, np.zeros_like(beta), mean, var, eps)


def _no_root(w, b, gamma, beta, mean, var, eps):
    return _reference(w, b, gamma, beta, mean, (var + eps) ** 2, 0.0)


def _no_eps(w, b, gamma, beta, mean, var, eps):
    with np.errstate(all="ignore"):
        return _reference(w, b, gamma, beta, mean, var, 0.0)


def _on_the_input(w, b, gamma, beta, mean, var, eps):
    scale = gamma / np.sqrt(var + eps)
    return w * scale[None, :, None, None], scale * (b - mean) + beta


def _along_the_width(w, b, gamma, beta, mean, var, eps):
    scale = gamma / np.sqrt(var + eps)
    return w * scale, scale * (b - mean) + beta


def _in_place(w, b, gamma, beta, mean, var, eps):
    scale = (gamma / np.sqrt(var + eps)).astype(w.dtype)
    w *= scale[:, None, None, None]
    return w.copy(), scale * (b - mean) + beta


fold_batch_norm = Exercise(
    name="fold_batch_norm",
    reference=(_reference,),
    parts=(
        Part(
            Text("the weights and the bias of one layer", "les poids et le biais d’une seule couche"),
            (Stage(_folds(3, whole_numbers, True), 40, 20), Stage(_folds(4, _any_numbers, False), 20)),
        ),
    ),
    observe=several(NAMES),
    properties={
        "count": Text(
            "two arrays are to come back: the weights and the bias",
            "il faut renvoyer deux tableaux : les poids et le biais",
        )
    },
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "bias not scaled",
            (_bias_not_scaled,),
            Text(
                "The old bias goes in as it is. It was added before the normalisation, so it is scaled with the rest.",
                "L’ancien biais est repris tel quel. Il était ajouté avant la normalisation : "
                "il est donc mis à l’échelle avec le reste.",
            ),
        ),
        Mistake(
            "bias dropped",
            (_bias_dropped,),
            Text(
                "The old bias is dropped. In training it does nothing, because the mean of the batch contains it. "
                "The remembered mean is fixed: it contains the bias too, and without it too much is taken away.",
                "L’ancien biais est abandonné. À l’entraînement, il ne fait rien, car la moyenne du lot le contient. "
                "La moyenne retenue est fixe : elle le contient aussi, et sans lui on soustrait trop.",
            ),
        ),
        Mistake(
            "bias left alone",
            (_bias_alone,),
            Text(
                "The weights are right, but the bias stays as it was. The mean and β go into it, and γ scales it.",
                "Les poids sont justes, mais le biais reste comme il était. "
                "La moyenne et β y entrent, et γ le met à l’échelle.",
            ),
        ),
        Mistake(
            "mean forgotten",
            (_mean_forgotten,),
            Text(
                "The remembered mean is not taken away. What is subtracted from every value belongs in the bias.",
                "La moyenne retenue n’est pas soustraite. Ce qu’on retire à chaque valeur a sa place dans le biais.",
            ),
        ),
        Mistake(
            "mean added",
            (_mean_added,),
            Text(
                "The mean is added. Batch norm takes it away.",
                "La moyenne est ajoutée. La normalisation la soustrait.",
            ),
        ),
        Mistake(
            "beta forgotten",
            (_beta_forgotten,),
            Text(
                "β is not in the new bias. It is what batch norm adds last.",
                "β n’est pas dans le nouveau biais. C’est ce que la normalisation ajoute en dernier.",
            ),
        ),
        Mistake(
            "divided by the variance",
            (_no_root,),
            Text(
                "The scale is γ over the variance. Batch norm divides by the root of the variance and eps.",
                "L’échelle est γ sur la variance. La normalisation divise par la racine de la variance et d’eps.",
            ),
        ),
        Mistake(
            "no eps",
            (_no_eps,),
            Text(
                "`eps` is left out. The one layer must give what the two gave, so it divides by the very same root.",
                "`eps` est oublié. La couche unique doit donner ce que donnaient les deux : "
                "elle divise donc par la même racine.",
            ),
        ),
        Mistake(
            "scale on the input channels",
            (_on_the_input,),
            Text(
                "The scale meets the second axis of w, the input channels. Batch norm scales what comes out: "
                "each of the K kernels as a whole.",
                "L’échelle rencontre le deuxième axe de w, les canaux d’entrée. La normalisation agit sur ce qui "
                "sort : sur chacun des K noyaux, en bloc.",
            ),
        ),
        Mistake(
            "scale along the width",
            (_along_the_width,),
            Text(
                "An array (K,) meets w (K, C, h, w) as it stands, and numpy lines it up with the last axis. "
                "It belongs to the first one.",
                "Un tableau (K,) rencontre w (K, C, h, w) tel quel, et numpy l’aligne sur le dernier axe. "
                "Il va avec le premier.",
            ),
        ),
        Mistake(
            "in place",
            (_in_place,),
            Text(
                "The weights that were handed in are overwritten. Training may go on with them: give new ones.",
                "Les poids reçus sont écrasés, alors que l’entraînement peut continuer avec eux : "
                "renvoyez-en de nouveaux.",
            ),
        ),
    ),
    right=((_reference,), (_by_loop,), (_by_einsum,), (_by_matrix,)),
)
