"""The numbers that lesson 05 tries answers on, and what none of them may call."""

import numpy as np
from hypothesis import strategies as st

from autograder.checking.cases import random_numbers, whole_numbers
from autograder.checking.exercise import Rule
from autograder.checking.words import Text

# Whatever computes the answer already is the exercise itself.
READY_MADE = Rule(calls=("scipy", "sklearn", "torch", "cnnlib"))

OVERFLOWS = Text(
    "Large numbers give nan or infinity: e to the power of 1000 is too large for a float. "
    "Write it another way, so that this never arises, or does no harm.",
    "De grands nombres donnent nan ou l’infini : l’exponentielle de 1000 est trop grande pour un flottant. "
    "Écrivez le calcul autrement, pour que cela n’arrive jamais ou reste sans conséquence.",
)


def any_shape(most):
    """One axis to four, rarely square."""
    return st.lists(st.integers(1, most), min_size=1, max_size=4).map(tuple)


def any_numbers(shape, scales=(1.0, 1000.0)):
    """Float64 or float32, near zero or in the thousands, sometimes with gaps in memory."""
    dtypes = (np.float64, np.float32)
    return st.one_of(*[random_numbers(shape, scale=scale, dtypes=dtypes, strided=True) for scale in scales])


def no_zero(shape, most=6):
    """Small whole numbers other than 0, where functions have a kink."""
    return whole_numbers(shape, -most, most - 1).map(lambda x: x + (x >= 0))


@st.composite
def scored(draw, most, numbers):
    """Scores of N images for K classes, and the class of each."""
    N, K = draw(st.integers(1, most)), draw(st.integers(2, most + 1))
    labels = np.array(draw(st.lists(st.integers(0, K - 1), min_size=N, max_size=N)))
    return {"logits": draw(numbers((N, K))), "labels": labels}


def far_apart(shape):
    """Scores of which each row has a level of its own, hundreds above or below the next."""

    def lifted(drawn):
        scores, levels = drawn
        return scores + 700 * np.array(levels, dtype=float)[:, None]

    levels = st.lists(st.integers(-2, 2), min_size=shape[0], max_size=shape[0])
    return st.tuples(whole_numbers(shape), levels).map(lifted)


def shares(scores, axis=-1):
    """Softmax, safely."""
    exponentials = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


def log_shares(scores):
    """The logarithm of softmax, safely."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
