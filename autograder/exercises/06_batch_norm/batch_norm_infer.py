"""batch_norm_infer: a fixed scale and shift a channel, from remembered statistics."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.cases import random_numbers, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import (
    ALONG_THE_WIDTH,
    EPS_OUTSIDE,
    NO_EPS,
    NOT_THE_ROOT,
    READY_MADE,
    SCALE_AND_SHIFT_IGNORED,
    any_eps,
    scales_and_shifts,
    shapes,
    small_eps,
    spread,
    unlike_channels,
)


@st.composite
def _small(draw):
    shape = draw(shapes(3))
    C = shape[1]
    return {
        "x": draw(whole_numbers(shape)),
        **draw(scales_and_shifts(C)),
        "mean": draw(whole_numbers(C)),
        "var": draw(whole_numbers(C, 0, 9)),
        "eps": draw(small_eps()),
    }


@st.composite
def _large(draw):
    shape = draw(shapes(5))
    C = shape[1]
    return {
        "x": draw(unlike_channels(shape, draw(st.sampled_from([1.0, 1000.0])))),
        **draw(scales_and_shifts(C, whole=False)),
        "mean": draw(random_numbers(C)),
        "var": np.abs(draw(random_numbers(C))) + 0.05,
        "eps": draw(any_eps()),
    }


def _reference(x, gamma, beta, mean, var, eps):
    return cnnlib.batch_norm_infer(x, gamma, beta, mean, var, eps=eps)


def _by_loop(x, gamma, beta, mean, var, eps):
    y = np.empty(x.shape)
    for n, c in np.ndindex(x.shape[:2]):
        y[n, c] = gamma[c] * (x[n, c] - mean[c]) / (var[c] + eps) ** 0.5 + beta[c]
    return y


def _by_scale_and_shift(x, gamma, beta, mean, var, eps):
    scale = gamma / np.sqrt(var + eps)
    return np.einsum("nchw,c->nchw", x, scale) + (beta - scale * mean).reshape(1, -1, 1, 1)


def _last_axis(x, gamma, beta, mean, var, eps):
    channels_last = x.astype(np.float32).transpose(0, 2, 3, 1)
    y = gamma.astype(np.float32) * (channels_last - mean.astype(np.float32)) / np.sqrt(var + eps) + beta
    return y.transpose(0, 3, 1, 2)


def _with(divisor):
    """Divided by what is made of the variance and eps."""

    def answer(x, gamma, beta, mean, var, eps):
        with np.errstate(all="ignore"):
            return spread(gamma) * (x - spread(mean)) / spread(divisor(var, eps)) + spread(beta)

    return answer


def _of_the_batch(x, gamma, beta, mean, var, eps):
    return _by_loop(x, gamma, beta, x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3)), eps)


def _mean_of_the_batch(x, gamma, beta, mean, var, eps):
    return _by_loop(x, gamma, beta, x.mean(axis=(0, 2, 3)), var, eps)


def _scale_and_shift_ignored(x, gamma, beta, mean, var, eps):
    return _by_loop(x, np.ones_like(gamma), np.zeros_like(beta), mean, var, eps)


def _shift_scaled(x, gamma, beta, mean, var, eps):
    return _by_loop(x, gamma, gamma * beta, mean, var, eps)


def _mean_not_scaled(x, gamma, beta, mean, var, eps):
    return spread(gamma / np.sqrt(var + eps)) * x + spread(beta - mean)


def _along_the_width(x, gamma, beta, mean, var, eps):
    return gamma * (x - mean) / np.sqrt(var + eps) + beta


batch_norm_infer = Exercise(
    name="batch_norm_infer",
    reference=(_reference,),
    parts=(
        Part(
            Text("every value, with given statistics", "chaque valeur, avec des statistiques données"),
            (Stage(_small(), 40, 16), Stage(_large(), 20)),
        ),
    ),
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "statistics of the batch",
            (_of_the_batch,),
            Text(
                "The mean and the variance of the batch at hand are used, so an answer depends on its company. "
                "At test the remembered ones count, `mean` and `var`.",
                "Ce sont la moyenne et la variance du lot présent qui servent : la réponse pour une image dépend "
                "alors des autres. Au test, ce sont celles qu’on a retenues, `mean` et `var`.",
            ),
        ),
        Mistake(
            "mean of the batch",
            (_mean_of_the_batch,),
            Text(
                "The variance is the remembered one, but the mean is that of the batch at hand. "
                "Both are given: `mean` and `var`.",
                "La variance est celle qu’on a retenue, mais la moyenne est celle du lot présent. "
                "Les deux sont données : `mean` et `var`.",
            ),
        ),
        Mistake("gamma and beta ignored", (_scale_and_shift_ignored,), SCALE_AND_SHIFT_IGNORED),
        Mistake(
            "gamma scales beta",
            (_shift_scaled,),
            Text(
                "β is multiplied by γ too: a pair of brackets is misplaced. β is added last.",
                "β est multiplié par γ lui aussi : une parenthèse est mal placée. β s’ajoute en dernier.",
            ),
        ),
        Mistake(
            "mean not scaled",
            (_mean_not_scaled,),
            Text(
                "The mean is taken away after scaling. It has the size of x, so it is taken away before; "
                "or it is scaled as x is.",
                "La moyenne est soustraite après la mise à l’échelle. Elle est de la taille de x : "
                "on la soustrait avant, ou on la met à l’échelle comme x.",
            ),
        ),
        Mistake("divided by the variance", (_with(lambda var, eps: var + eps),), NOT_THE_ROOT),
        Mistake("eps outside the root", (_with(lambda var, eps: np.sqrt(var) + eps),), EPS_OUTSIDE),
        Mistake("no eps", (_with(lambda var, eps: np.sqrt(var)),), NO_EPS),
        Mistake("along the width", (_along_the_width,), ALONG_THE_WIDTH),
    ),
    right=((_by_loop,), (_by_scale_and_shift,), (_last_axis,)),
    picture=difference,
)
