"""running_statistics: what a layer remembers of the batches it has seen."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.cases import random_numbers, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text

from ._shared import READY_MADE, several, shapes, unlike_channels

MOMENTA = (0.25, 0.1, 0.9, 0.01)
NAMES = ("mean", "var")


@st.composite
def _small(draw):
    shape = draw(shapes(3))
    return {
        "mean": draw(whole_numbers(shape[1])),
        "var": draw(whole_numbers(shape[1], 0, 9)),
        "x": draw(whole_numbers(shape)),
        "momentum": draw(st.sampled_from(MOMENTA)),
    }


@st.composite
def _large(draw):
    shape = draw(shapes(5))
    return {
        "mean": draw(random_numbers(shape[1])),
        "var": np.abs(draw(random_numbers(shape[1]))),
        "x": draw(unlike_channels(shape)),
        "momentum": draw(st.sampled_from(MOMENTA)),
    }


def _reference(mean, var, x, momentum):
    C = x.shape[1]
    _, cache = cnnlib.batch_norm_train_forward(x, np.ones(C), np.zeros(C))
    return (
        cnnlib.update_running(mean, cache.mean, momentum),
        cnnlib.update_running(var, cache.unbiased_var, momentum),
    )


def _updated(old, batch, momentum):
    return (1 - momentum) * old + momentum * batch


def _batch(x, axes=(0, 2, 3), ddof=1):
    return x.mean(axis=axes), x.var(axis=axes, ddof=ddof)


def _by_ddof(mean, var, x, momentum):
    return tuple(_updated(old, new, momentum) for old, new in zip((mean, var), _batch(x), strict=True))


def _by_steps(mean, var, x, momentum):
    m = x.size / x.shape[1]
    batch_mean, batch_var = _batch(x, ddof=0)
    return mean + momentum * (batch_mean - mean), var + momentum * (batch_var * m / (m - 1) - var)


def _by_loop(mean, var, x, momentum):
    means, variances = mean.copy(), var.copy()
    for c in range(len(mean)):
        values = x[:, c].ravel()
        centre = sum(values) / len(values)
        spread = sum((values - centre) ** 2) / (len(values) - 1)
        means[c] += momentum * (centre - means[c])
        variances[c] += momentum * (spread - variances[c])
    return [means, variances]


def _in_float32(mean, var, x, momentum):
    return _by_ddof(mean.astype(np.float32), var.astype(np.float32), x.astype(np.float32), np.float32(momentum))


def _reversed(mean, var, x, momentum):
    return _by_ddof(mean, var, x, 1 - momentum)


def _biased(mean, var, x, momentum):
    batch_mean, batch_var = _batch(x, ddof=0)
    return _updated(mean, batch_mean, momentum), _updated(var, batch_var, momentum)


def _of_images(mean, var, x, momentum):
    N = max(len(x), 2)
    batch_mean, batch_var = _batch(x, ddof=0)
    return _updated(mean, batch_mean, momentum), _updated(var, batch_var * N / (N - 1), momentum)


def _deviation(mean, var, x, momentum):
    batch_mean, batch_var = _batch(x)
    return _updated(mean, batch_mean, momentum), _updated(var, np.sqrt(batch_var), momentum)


def _last_batch(mean, var, x, momentum):
    return _batch(x)


def _added(mean, var, x, momentum):
    batch_mean, batch_var = _batch(x)
    return mean + momentum * batch_mean, var + momentum * batch_var


def _in_place(mean, var, x, momentum):
    mean[:], var[:] = _by_ddof(mean, var, x, momentum)
    return mean.copy(), var.copy()


def _per_pixel(mean, var, x, momentum):
    batch_mean, batch_var = _batch(x, axes=0, ddof=0)
    return _updated(mean[:, None, None], batch_mean, momentum), _updated(var[:, None, None], batch_var, momentum)


running_statistics = Exercise(
    name="running_statistics",
    reference=(_reference,),
    parts=(
        Part(
            Text("the mean and the variance remembered", "la moyenne et la variance retenues"),
            (Stage(_small(), 40, 16), Stage(_large(), 20)),
        ),
    ),
    observe=several(NAMES),
    properties={
        "count": Text(
            "two arrays are to come back: the new mean, and the new variance",
            "il faut renvoyer deux tableaux : la nouvelle moyenne et la nouvelle variance",
        )
    },
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "momentum reversed",
            (_reversed,),
            Text(
                "The momentum is reversed. Here it is the share of the new batch, usually small; "
                "some libraries call the share of the old value so.",
                "Le momentum est inversé. Ici, c’est la part du nouveau lot, en général petite ; "
                "certaines bibliothèques nomment ainsi la part de l’ancienne valeur.",
            ),
        ),
        Mistake(
            "biased variance",
            (_biased,),
            Text(
                "The variance of the batch is divided by m. That is the one that normalises the batch; what is "
                "remembered stands for images not seen yet, and is divided by m-1.",
                "La variance du lot est divisée par m. C’est celle qui normalise le lot ; celle qu’on retient vaut "
                "pour des images qu’on n’a pas encore vues, et se divise par m-1.",
            ),
        ),
        Mistake(
            "m counts images",
            (_of_images,),
            Text(
                "In m/(m-1), m counts the images. It counts the values of a channel: images times rows times columns.",
                "Dans m/(m-1), m compte les images. Il compte les valeurs d’un canal : "
                "les images fois les lignes fois les colonnes.",
            ),
        ),
        Mistake(
            "deviation for variance",
            (_deviation,),
            Text(
                "The standard deviation of the batch is mixed with a variance. "
                "Both are to be variances; the root is taken only when a value is normalised.",
                "L’écart-type du lot est mêlé à une variance. Il faut deux variances ; "
                "la racine ne se prend qu’au moment de normaliser.",
            ),
        ),
        Mistake(
            "last batch only",
            (_last_batch,),
            Text(
                "Only the last batch counts. The old values keep the larger share.",
                "Seul le dernier lot compte. Les anciennes valeurs gardent la plus grande part.",
            ),
        ),
        Mistake(
            "old values not reduced",
            (_added,),
            Text(
                "The share of the batch is added to the whole old value, so the statistics grow and grow. "
                "The two shares are to sum to 1.",
                "La part du lot s’ajoute à l’ancienne valeur entière : les statistiques n’en finissent pas de grandir. "
                "La somme des deux parts doit valoir 1.",
            ),
        ),
        Mistake(
            "in place",
            (_in_place,),
            Text(
                "The arrays that were handed in are overwritten. Whoever called still needs them: give new ones.",
                "Les tableaux reçus sont écrasés, alors que le code appelant en a encore besoin : "
                "renvoyez-en de nouveaux.",
            ),
        ),
        Mistake(
            "per pixel",
            (_per_pixel,),
            Text(
                "The statistics have a value for each pixel. There is one mean and one variance a channel.",
                "Les statistiques ont une valeur par pixel. Il y a une moyenne et une variance par canal.",
            ),
        ),
    ),
    right=((_by_ddof,), (_by_steps,), (_by_loop,), (_in_float32,)),
)
