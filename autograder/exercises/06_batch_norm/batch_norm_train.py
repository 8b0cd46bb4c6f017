"""batch_norm_train: each channel by the mean and the variance of the batch."""

import numpy as np

import cnnlib
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
    large_batches,
    small_batches,
    spread,
)

PER_CHANNEL = (0, 2, 3)


def _reference(x, gamma, beta, eps):
    return cnnlib.batch_norm_train_forward(x, gamma, beta, eps=eps)[0]


def _by_loop(x, gamma, beta, eps):
    y = np.empty(x.shape)
    for c in range(x.shape[1]):
        centred = x[:, c] - x[:, c].mean()
        y[:, c] = gamma[c] * centred / np.sqrt((centred**2).mean() + eps) + beta[c]
    return y


def _by_rows(x, gamma, beta, eps):
    N, C, H, W = x.shape
    rows = x.transpose(1, 0, 2, 3).reshape(C, -1)
    rows = (rows - rows.mean(axis=1, keepdims=True)) / np.sqrt(rows.var(axis=1, keepdims=True) + eps)
    return (gamma[:, None] * rows + beta[:, None]).reshape(C, N, H, W).transpose(1, 0, 2, 3)


def _by_scale_and_shift(x, gamma, beta, eps):
    m = x.size // x.shape[1]
    mean = np.einsum("nchw->c", x.astype(float)) / m
    var = np.einsum("nchw,nchw->c", x.astype(float), x.astype(float)) / m - mean**2
    scale = gamma / np.sqrt(np.maximum(var, 0) + eps)
    return np.einsum("nchw,c->nchw", x, scale) + spread(beta - scale * mean)


def _in_float32(x, gamma, beta, eps):
    x = x.astype(np.float32)
    normalised = (x - x.mean((0, 2, 3), keepdims=True)) / np.sqrt(x.var((0, 2, 3), keepdims=True) + np.float32(eps))
    return spread(gamma.astype(np.float32)) * normalised + spread(beta.astype(np.float32))


def _over(axes, ddof=0):
    """Normalised over these axes."""

    def answer(x, gamma, beta, eps):
        count = np.prod([x.shape[axis] for axis in axes])
        centred = x - x.mean(axis=axes, keepdims=True)
        var = (centred**2).sum(axis=axes, keepdims=True) / (count - ddof)
        return spread(gamma) * centred / np.sqrt(var + eps) + spread(beta)

    return answer


def _divided(divisor):
    """Divided by what is made of the variance and eps."""

    def answer(x, gamma, beta, eps):
        var = x.var(axis=PER_CHANNEL, keepdims=True)
        with np.errstate(all="ignore"):
            normalised = (x - x.mean(axis=PER_CHANNEL, keepdims=True)) / divisor(var, eps)
        return spread(gamma) * normalised + spread(beta)

    return answer


def _scale_and_shift_ignored(x, gamma, beta, eps):
    return _by_loop(x, np.ones_like(gamma), np.zeros_like(beta), eps)


def _shift_ignored(x, gamma, beta, eps):
    return _by_loop(x, gamma, np.zeros_like(beta), eps)


def _along_the_width(x, gamma, beta, eps):
    return gamma * _scale_and_shift_ignored(x, gamma, beta, eps) + beta


batch_norm_train = Exercise(
    name="batch_norm_train",
    reference=(_reference,),
    parts=(
        Part(
            Text("every value, normalised", "chaque valeur, normalisée"),
            (Stage(small_batches(), 40, 16), Stage(large_batches(), 25)),
        ),
    ),
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "unbiased variance",
            (_over(PER_CHANNEL, ddof=1),),
            Text(
                "The variance is divided by m-1. To normalise a batch, batch norm divides by m, "
                "so that the spread of the result is 1.",
                "La variance est divisée par m-1. Pour normaliser un lot, on divise par m : "
                "ainsi la dispersion du résultat vaut 1.",
            ),
        ),
        Mistake(
            "per pixel",
            (_over((0,)),),
            Text(
                "Each pixel has a mean of its own, taken over the images only. A channel has one mean and one "
                "variance, over all images and all places.",
                "Chaque pixel a sa propre moyenne, prise sur les seules images. Un canal a une seule moyenne et une "
                "seule variance, sur toutes les images et toutes les positions.",
            ),
        ),
        Mistake(
            "per image",
            (_over((2, 3)),),
            Text(
                "Each image is normalised by itself. That is instance normalisation; "
                "batch norm takes all images of the batch together.",
                "Chaque image est normalisée à part. C’est la normalisation par instance ; "
                "la normalisation par lots prend ensemble toutes les images du lot.",
            ),
        ),
        Mistake(
            "all channels of an image",
            (_over((1, 2, 3)),),
            Text(
                "All channels of an image are normalised together. That is layer normalisation; "
                "batch norm keeps channels apart and takes images together.",
                "Tous les canaux d’une image sont normalisés ensemble. C’est la normalisation par couche ; "
                "la normalisation par lots sépare les canaux et réunit les images.",
            ),
        ),
        Mistake(
            "one mean for all",
            (_over((0, 1, 2, 3)),),
            Text(
                "There is one mean for the whole array. Channels measure different things: each has its own.",
                "Il n’y a qu’une moyenne pour tout le tableau. Les canaux mesurent des choses différentes : "
                "chacun a la sienne.",
            ),
        ),
        Mistake("gamma and beta ignored", (_scale_and_shift_ignored,), SCALE_AND_SHIFT_IGNORED),
        Mistake(
            "beta ignored",
            (_shift_ignored,),
            Text(
                "`beta` is not used: every channel still has the mean 0. Its new mean is β.",
                "`beta` ne sert pas : chaque canal garde une moyenne nulle. Sa nouvelle moyenne est β.",
            ),
        ),
        Mistake("divided by the variance", (_divided(lambda var, eps: var + eps),), NOT_THE_ROOT),
        Mistake("eps outside the root", (_divided(lambda var, eps: np.sqrt(var) + eps),), EPS_OUTSIDE),
        Mistake("no eps", (_divided(lambda var, eps: np.sqrt(var)),), NO_EPS),
        Mistake("gamma along the width", (_along_the_width,), ALONG_THE_WIDTH),
    ),
    right=((_by_loop,), (_by_rows,), (_by_scale_and_shift,), (_in_float32,)),
    picture=difference,
)
