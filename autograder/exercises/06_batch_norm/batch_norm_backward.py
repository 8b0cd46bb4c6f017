"""batch_norm_backward: the gradients of x, γ and β, through the variance and the mean."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.cases import random_numbers, whole_numbers
from autograder.checking.compare import Close
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text

from ._shared import READY_MADE, any_eps, several, shapes, small_eps, spread, unlike_channels

AXES = (0, 2, 3)
NAMES = ("dx", "dgamma", "dbeta")


@st.composite
def _small(draw):
    shape = draw(shapes(3))
    return {
        "dy": draw(whole_numbers(shape)),
        "x": draw(whole_numbers(shape)),
        "gamma": draw(whole_numbers(shape[1])),
        "eps": draw(small_eps()),
    }


@st.composite
def _large(draw):
    shape = draw(shapes(5))
    return {
        "dy": draw(random_numbers(shape, strided=True)),
        "x": draw(unlike_channels(shape)),
        "gamma": draw(random_numbers(shape[1])),
        "eps": draw(any_eps()),
    }


def _reference(dy, x, gamma, eps):
    _, cache = cnnlib.batch_norm_train_forward(x, gamma, np.zeros_like(gamma), eps=eps)
    return cnnlib.batch_norm_train_backward(dy, cache)


def _normalised(x, eps):
    """x̂, and what it was divided by, (C, 1, 1)."""
    divisor = np.sqrt(x.var(axis=AXES) + eps)
    return (x - spread(x.mean(axis=AXES))) / spread(divisor), spread(divisor)


def _sums(dy, normalised):
    return (dy * normalised).sum(axis=AXES), dy.sum(axis=AXES)


def _in_short(dy, x, gamma, eps):
    normalised, divisor = _normalised(x, eps)
    dgamma, dbeta = _sums(dy, normalised)
    m = x.size // x.shape[1]
    return spread(gamma) / divisor * (dy - spread(dbeta) / m - normalised * spread(dgamma) / m), dgamma, dbeta


def _by_steps(dy, x, gamma, eps):
    m = x.size // x.shape[1]
    centred = x - x.mean(axis=AXES, keepdims=True)
    var = (centred**2).mean(axis=AXES, keepdims=True)
    inverse = (var + eps) ** -0.5
    dgamma, dbeta = (dy * centred * inverse).sum(axis=AXES), dy.sum(axis=AXES)
    dnormalised = dy * gamma.reshape(1, -1, 1, 1)
    dvar = (dnormalised * centred * -0.5 * inverse**3).sum(axis=AXES, keepdims=True)
    dcentred = dnormalised * inverse + dvar * 2 * centred / m
    return dcentred - dcentred.mean(axis=AXES, keepdims=True), dgamma, dbeta


def _by_jacobian(dy, x, gamma, eps):
    dx = np.empty(x.shape, dtype=np.float64)
    dgamma, dbeta = np.empty(len(gamma)), np.empty(len(gamma))
    for c in range(len(gamma)):
        values, upstream = x[:, c].ravel().astype(np.float64), dy[:, c].ravel()
        m, divisor = len(values), np.sqrt(values.var() + eps)
        unit = (values - values.mean()) / divisor
        jacobian = gamma[c] / divisor * (np.eye(m) - (1 + np.outer(unit, unit)) / m)
        dx[:, c] = (upstream @ jacobian).reshape(dx[:, c].shape)
        dgamma[c], dbeta[c] = upstream @ unit, upstream.sum()
    return dx, dgamma, dbeta


def _without(mean=True, var=True):
    """dx less what comes back through the mean, or through the variance."""

    def answer(dy, x, gamma, eps):
        normalised, divisor = _normalised(x, eps)
        dgamma, dbeta = _sums(dy, normalised)
        through = mean * dy.mean(axis=AXES, keepdims=True)
        along = var * normalised * (dy * normalised).mean(axis=AXES, keepdims=True)
        return spread(gamma) / divisor * (dy - through - along), dgamma, dbeta

    return answer


def _gamma_ignored(dy, x, gamma, eps):
    _, dgamma, dbeta = _in_short(dy, x, gamma, eps)
    return _in_short(dy, x, np.ones_like(gamma), eps)[0], dgamma, dbeta


def _m_counts_images(dy, x, gamma, eps):
    normalised, divisor = _normalised(x, eps)
    dgamma, dbeta = _sums(dy, normalised)
    inner = dy - spread(dbeta) / len(x) - normalised * spread(dgamma) / len(x)
    return spread(gamma) / divisor * inner, dgamma, dbeta


def _unbiased(dy, x, gamma, eps):
    m = x.size // x.shape[1]
    stretched = (x - x.mean(axis=AXES, keepdims=True)) * np.sqrt(m / (m - 1))
    dx, dgamma, dbeta = _in_short(dy, stretched, gamma, eps)
    return dx * np.sqrt(m / (m - 1)), dgamma * np.sqrt((m - 1) / m), dbeta


def _means(dy, x, gamma, eps):
    dx, dgamma, dbeta = _in_short(dy, x, gamma, eps)
    m = x.size // x.shape[1]
    return dx, dgamma / m, dbeta / m


def _by_x(dy, x, gamma, eps):
    dx, _, dbeta = _in_short(dy, x, gamma, eps)
    return dx, (dy * x).sum(axis=AXES), dbeta


def _by_centred(dy, x, gamma, eps):
    dx, _, dbeta = _in_short(dy, x, gamma, eps)
    return dx, (dy * (x - x.mean(axis=AXES, keepdims=True))).sum(axis=AXES), dbeta


def _over_the_batch_only(dy, x, gamma, eps):
    normalised, _ = _normalised(x, eps)
    return _in_short(dy, x, gamma, eps)[0], (dy * normalised).sum(axis=0), dy.sum(axis=0)


def _swapped(dy, x, gamma, eps):
    dx, dgamma, dbeta = _in_short(dy, x, gamma, eps)
    return dx, dbeta, dgamma


STAGES = (Stage(_small(), 30, 16), Stage(_large(), 20))

batch_norm_backward = Exercise(
    name="batch_norm_backward",
    reference=(_reference,),
    parts=(
        Part(
            Text("the gradients of γ and β", "les gradients de γ et de β"),
            STAGES,
            share=1 / 3,
            observe=several(NAMES, ("dgamma", "dbeta")),
        ),
        Part(Text("the gradient of x", "le gradient de x"), STAGES, share=2 / 3, observe=several(NAMES, ("dx",))),
    ),
    compare=Close(least=0.1),
    properties={
        "count": Text(
            "three arrays are to come back: dx, dγ and dβ, in this order",
            "il faut renvoyer trois tableaux : dx, dγ et dβ, dans cet ordre",
        )
    },
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "mean and variance constant",
            (_without(mean=False, var=False),),
            Text(
                "Mean and variance are taken as constants. They are made of x: raise one value, and both change, "
                "and with them all values of the channel. Two terms are missing.",
                "La moyenne et la variance sont prises pour des constantes. Or elles sont faites à partir de x : "
                "augmentez une valeur, les deux changent, et avec elles toutes les valeurs du canal. "
                "Il manque deux termes.",
            ),
        ),
        Mistake(
            "mean constant",
            (_without(mean=False),),
            Text(
                "What comes back through the mean is missing. Each value has a share of 1/m in the mean, "
                "and the mean is taken from all of them.",
                "Il manque ce qui revient par la moyenne. Chaque valeur y entre pour 1/m, "
                "et la moyenne est soustraite de toutes.",
            ),
        ),
        Mistake(
            "variance constant",
            (_without(var=False),),
            Text(
                "What comes back through the variance is missing. A value far from the mean widens the spread, "
                "and that pulls all values together.",
                "Il manque ce qui revient par la variance. Une valeur loin de la moyenne augmente la dispersion, "
                "ce qui resserre toutes les valeurs.",
            ),
        ),
        Mistake(
            "gamma ignored",
            (_gamma_ignored,),
            Text(
                "dx lacks the factor γ: y is γ·x̂ + β, so what arrives at x̂ is γ·dy.",
                "Il manque le facteur γ dans dx : y vaut γ·x̂ + β, donc ce qui parvient à x̂ est γ·dy.",
            ),
        ),
        Mistake(
            "m counts images",
            (_m_counts_images,),
            Text(
                "In dx, the sums over a channel are divided by the number of images. A channel has m values: "
                "images times rows times columns.",
                "Dans dx, les sommes sur un canal sont divisées par le nombre d’images. Un canal a m valeurs : "
                "les images fois les lignes fois les colonnes.",
            ),
        ),
        Mistake(
            "unbiased variance",
            (_unbiased,),
            Text(
                "The variance is divided by m-1. The forward pass divided it by m, and the way back follows the way "
                "there.",
                "La variance est divisée par m-1. À l’aller, elle était divisée par m, "
                "et le retour suit le même chemin que l’aller.",
            ),
        ),
        Mistake(
            "means for sums",
            (_means,),
            Text(
                "dγ and dβ are means. Every value of a channel used the same γ and β, so what comes back is added up.",
                "dγ et dβ sont des moyennes. Toutes les valeurs d’un canal ont utilisé le même γ et le même β : "
                "ce qui en revient s’additionne.",
            ),
        ),
        Mistake(
            "dgamma by x",
            (_by_x,),
            Text(
                "dγ is made with x. What γ multiplied in the forward pass is x̂.",
                "dγ est calculé avec x. À l’aller, c’est x̂ que γ a multiplié.",
            ),
        ),
        Mistake(
            "dgamma by x less its mean",
            (_by_centred,),
            Text(
                "dγ is made with x less its mean. What γ multiplied is x̂, which is divided by the deviation, too.",
                "dγ est calculé avec x moins sa moyenne. Or γ a multiplié x̂, qui est aussi divisé par l’écart-type.",
            ),
        ),
        Mistake(
            "sums over images only",
            (_over_the_batch_only,),
            Text(
                "dγ and dβ have a value for each pixel: they are summed over the images only. "
                "There is one γ and one β a channel.",
                "dγ et dβ ont une valeur par pixel : la somme ne porte que sur les images. "
                "Il y a un γ et un β par canal.",
            ),
        ),
        Mistake(
            "dgamma and dbeta swapped",
            (_swapped,),
            Text(
                "dγ and dβ are swapped. β is added, so each dy comes back as it is; γ multiplies x̂.",
                "dγ et dβ sont échangés. β s’ajoute : chaque dy revient tel quel ; γ, lui, multiplie x̂.",
            ),
        ),
    ),
    right=((_in_short,), (_by_steps,), (_by_jacobian,)),
)
