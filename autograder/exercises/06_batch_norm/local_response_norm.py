"""local_response_norm: a strong channel holds its neighbours down."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.cases import random_numbers, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import READY_MADE


@st.composite
def _batches(draw, sides, channels, numbers):
    N, H, W = (draw(st.integers(1, sides)) for _ in range(3))
    C = draw(st.integers(1, channels))
    return {
        "x": draw(numbers((N, C, H, W))),
        "size": draw(st.sampled_from([3, 1, 5])),
        "alpha": draw(st.sampled_from([3.0, 1.0, 0.5])),
        "beta": draw(st.sampled_from([1.0, 0.75, 0.5])),
        "k": draw(st.sampled_from([1.0, 2.0, 0.5])),
    }


def _any_numbers(shape):
    scaled = [
        random_numbers(shape, scale=scale, dtypes=(np.float64, np.float32), strided=True) for scale in (1.0, 30.0)
    ]
    return st.one_of(*scaled)


def _reference(x, size, alpha, beta, k):
    return cnnlib.local_response_norm_forward(x, size, alpha=alpha, beta=beta, k=k)[0]


def _by_loop(x, size, alpha, beta, k):
    y, reach = np.empty(x.shape), size // 2
    for c in range(x.shape[1]):
        around = x[:, max(c - reach, 0) : c + reach + 1]
        y[:, c] = x[:, c] / (k + alpha / size * (around**2).sum(axis=1)) ** beta
    return y


def _by_windows(x, size, alpha, beta, k):
    reach = size // 2
    squares = np.pad(x * x, ((0, 0), (reach, reach), (0, 0), (0, 0)))
    total = np.lib.stride_tricks.sliding_window_view(squares, size, axis=1).sum(axis=-1)
    return x / (k + alpha * total / size) ** beta


def _by_band(x, size, alpha, beta, k):
    channels = np.arange(x.shape[1])
    band = (np.abs(channels[:, None] - channels) <= size // 2).astype(np.float32)
    total = np.einsum("ij,njhw->nihw", band, np.square(x))
    return x * (k + np.float32(alpha / size) * total) ** -beta


def _totals(total):
    """The formula with another sum: total(x, size), in the shape of x."""

    def answer(x, size, alpha, beta, k):
        with np.errstate(all="ignore"):
            return x / (k + alpha / size * total(x, size)) ** beta

    return answer


def _around(values, size, below=None, above=None):
    """The sum over neighbouring channels of values (N, C, H, W)."""
    below, above = (size // 2 if reach is None else reach for reach in (below, above))
    padded = np.pad(values, ((0, 0), (below, above), (0, 0), (0, 0)))
    return sum(padded[:, offset : offset + values.shape[1]] for offset in range(below + above + 1))


def _not_divided(x, size, alpha, beta, k):
    return _by_loop(x, size, alpha * size, beta, k)


def _mean_of_the_real(x, size):
    return _around(x**2, size) / _around(np.ones_like(x), size) * size


def _over_places(x, size):
    reach = size // 2
    padded = np.pad(x**2, ((0, 0), (0, 0), (reach, reach), (reach, reach)))
    return np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(2, 3)).sum(axis=(4, 5))


def _over_all_channels(x, size):
    return (x**2).sum(axis=1, keepdims=True)


def _not_squared(x, size):
    return _around(x, size)


def _without_itself(x, size):
    return _around(x**2, size) - x**2


def _around_the_ends(x, size):
    return sum(np.roll(x**2, offset, axis=1) for offset in range(-(size // 2), size // 2 + 1))


def _one_sided(x, size):
    return _around(x**2, size, below=0, above=size - 1)


def _too_far(x, size):
    return _around(x**2, size, below=size, above=size)


def _no_power(x, size, alpha, beta, k):
    return _by_loop(x, size, alpha, 1.0, k)


def _no_k(x, size, alpha, beta, k):
    return _by_loop(x, size, alpha, beta, 1.0)


def _multiplied(x, size, alpha, beta, k):
    return _by_loop(x, size, alpha, -beta, k)


local_response_norm = Exercise(
    name="local_response_norm",
    reference=(_reference,),
    parts=(
        Part(
            Text("every value, held down by its neighbours", "chaque valeur, freinée par ses voisines"),
            (Stage(_batches(2, 5, whole_numbers), 50, 24), Stage(_batches(3, 8, _any_numbers), 25)),
        ),
    ),
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "alpha not divided",
            (_not_divided,),
            Text(
                "α is not divided by `size`. AlexNet's paper writes it so; here, as in torch, "
                "α is shared out among the channels of the sum.",
                "α n’est pas divisé par `size`. L’article d’AlexNet l’écrit ainsi ; ici, comme dans torch, "
                "α se partage entre les canaux de la somme.",
            ),
        ),
        Mistake(
            "mean of real neighbours",
            (_totals(_mean_of_the_real),),
            Text(
                "At the first and the last channels the sum is divided by the number of channels that exist. "
                "It is divided by `size` everywhere.",
                "Aux premiers et aux derniers canaux, la somme est divisée par le nombre de canaux qui existent. "
                "On divise partout par `size`.",
            ),
        ),
        Mistake(
            "over places",
            (_totals(_over_places),),
            Text(
                "The sum runs over neighbouring pixels of one channel. "
                "Here it runs over neighbouring channels at one pixel.",
                "La somme porte sur les pixels voisins d’un même canal. "
                "Ici, elle porte sur les canaux voisins en un même pixel.",
            ),
        ),
        Mistake(
            "over all channels",
            (_totals(_over_all_channels),),
            Text(
                "The sum runs over all channels. Only `size` of them count: the channel itself, and as many "
                "on either side.",
                "La somme porte sur tous les canaux. Seuls `size` d’entre eux comptent : le canal lui-même, et autant "
                "de chaque côté.",
            ),
        ),
        Mistake(
            "not squared",
            (_totals(_not_squared),),
            Text(
                "The values are summed as they are, so negative ones cancel positive ones. Sum their squares.",
                "Les valeurs sont sommées telles quelles : les négatives annulent les positives. Sommez leurs carrés.",
            ),
        ),
        Mistake(
            "without itself",
            (_totals(_without_itself),),
            Text(
                "The channel itself is left out of the sum. It belongs to its own neighbourhood.",
                "Le canal lui-même manque dans la somme. Il fait partie de son propre voisinage.",
            ),
        ),
        Mistake(
            "around the ends",
            (_totals(_around_the_ends),),
            Text(
                "The neighbours of the first channel are taken from the end: a negative index, or np.roll, does this. "
                "Beyond the ends there is nothing.",
                "Les voisins du premier canal sont pris à la fin : un indice négatif, ou np.roll, fait cela. "
                "Au-delà des bouts, il n’y a rien.",
            ),
        ),
        Mistake(
            "to one side",
            (_totals(_one_sided),),
            Text(
                "The sum starts at the channel and goes up. The channel stands in the middle.",
                "La somme commence au canal et monte. Le canal doit être au milieu.",
            ),
        ),
        Mistake(
            "too far",
            (_totals(_too_far),),
            Text(
                "The sum takes `size` channels on either side. It takes `size` in all.",
                "La somme prend `size` canaux de chaque côté. Il en faut `size` en tout.",
            ),
        ),
        Mistake(
            "no power",
            (_no_power,),
            Text(
                "The scale is not raised to the power β.",
                "L’échelle n’est pas élevée à la puissance β.",
            ),
        ),
        Mistake(
            "k ignored",
            (_no_k,),
            Text("`k` is not used: 1 stands in its place.", "`k` ne sert pas : 1 est mis à sa place."),
        ),
        Mistake(
            "multiplied",
            (_multiplied,),
            Text(
                "x is multiplied by the scale: strong neighbours make it stronger. They are to hold it down.",
                "x est multiplié par l’échelle : des voisins forts le renforcent. Ils doivent au contraire le freiner.",
            ),
        ),
    ),
    right=((_by_loop,), (_by_windows,), (_by_band,)),
    picture=difference,
)
