"""The cases of lesson 06, what several of its answers share, and what none of them may call."""

import numpy as np
from hypothesis import strategies as st

from autograder.checking.cases import random_numbers, whole_numbers
from autograder.checking.exercise import Rule
from autograder.checking.words import Text

# Whatever normalises already is the exercise itself.
READY_MADE = Rule(calls=("torch", "cnnlib", "sklearn", "scipy", "skimage"))

SCALE_AND_SHIFT_IGNORED = Text(
    "`gamma` and `beta` are not used: the result is x̂. The layer gives γ·x̂ + β, each channel with its own two.",
    "`gamma` et `beta` ne servent pas : le résultat est x̂. La couche donne γ·x̂ + β, chaque canal avec les siens.",
)
NOT_THE_ROOT = Text(
    "The values are divided by the variance. The variance is a square: dividing by its root, the standard deviation, "
    "brings the spread to 1.",
    "Les valeurs sont divisées par la variance. La variance est un carré : c’est en divisant par sa racine, "
    "l’écart-type, qu’on ramène la dispersion à 1.",
)
EPS_OUTSIDE = Text(
    "`eps` is added to the standard deviation. It belongs under the root, beside the variance.",
    "`eps` est ajouté à l’écart-type. Sa place est sous la racine, à côté de la variance.",
)
NO_EPS = Text(
    "`eps` is left out. Without it, a channel that hardly varies is divided by almost nothing, "
    "and a constant one by zero.",
    "`eps` est oublié. Sans lui, un canal qui ne varie presque pas est divisé par presque rien, "
    "et un canal constant, par zéro.",
)
ALONG_THE_WIDTH = Text(
    "An array (C,) meets x (N, C, H, W) as it stands, and numpy lines it up with the last axis, the width. "
    "Give it the shape (C, 1, 1) first.",
    "Un tableau (C,) rencontre x (N, C, H, W) tel quel, et numpy l’aligne sur le dernier axe, la largeur. "
    "Donnez-lui d’abord la forme (C, 1, 1).",
)


@st.composite
def shapes(draw, most):
    """A shape (N, C, H, W) with two values a channel at least; a batch of one image, or an image of one pixel."""
    N, C, H, W = (draw(st.integers(1, most)) for _ in range(4))
    return N, C, H, W + (N * H * W == 1)


@st.composite
def small_batches(draw):
    """x of whole numbers, with γ and β, and an eps that shows."""
    shape = draw(shapes(3))
    return {"x": draw(whole_numbers(shape)), **draw(scales_and_shifts(shape[1])), "eps": draw(small_eps())}


@st.composite
def large_batches(draw):
    """x whose channels differ in place and spread, near zero or in the thousands."""
    shape = draw(shapes(5))
    x = draw(unlike_channels(shape, draw(st.sampled_from([1.0, 1000.0]))))
    return {"x": x, **draw(scales_and_shifts(shape[1], whole=False)), "eps": draw(any_eps())}


def small_eps():
    return st.sampled_from([0.75, 3.0, 1.0])


def any_eps():
    return st.sampled_from([1e-5, 1e-3, 0.1])


@st.composite
def scales_and_shifts(draw, C, whole=True):
    numbers = whole_numbers if whole else random_numbers
    return {"gamma": draw(numbers(C)), "beta": draw(numbers(C))}


@st.composite
def unlike_channels(draw, shape, scale=1.0):
    """Float64 or float32 (N, C, H, W), sometimes with gaps in memory; each channel has its own mean and spread."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    means, spreads = rng.uniform(-2, 2, (shape[1], 1, 1)), rng.uniform(0.3, 3, (shape[1], 1, 1))
    x = scale * (means + spreads * rng.normal(size=shape))
    x = x.astype(draw(st.sampled_from([np.float64, np.float32])))
    return np.repeat(x, 2, axis=-1)[..., ::2] if draw(st.booleans()) else x


def spread(per_channel):
    """(C,) as (C, 1, 1), to meet the channels of x (N, C, H, W)."""
    return np.asarray(per_channel)[:, None, None]


def several(names, shown=None):
    """Observe an answer that gives several arrays, by their names; `shown` are those that count."""

    def observe(answer, case):
        given = answer(*case.values())
        if not isinstance(given, tuple | list) or len(given) != len(names):
            return {"count": False, "arrays": None}
        arrays = dict(zip(names, given, strict=True))
        return {"count": True, "arrays": {name: arrays[name] for name in shown or names}}

    return observe
