"""What several exercises of lesson 04 share: rules, cases, several results at once, sentences."""

import numpy as np
from hypothesis import strategies as st

from autograder.checking.cases import random_numbers
from autograder.checking.exercise import Rule
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

# Whatever convolves, or finds gradients by itself, already is the exercise.
READY_MADE = Rule(
    calls=(
        "numpy.convolve",
        "numpy.correlate",
        "scipy.linalg",
        "scipy.ndimage",
        "scipy.signal",
        "skimage",
        "torch",
        "cnnlib",
    )
)

ASSIGNS = Text(
    "Where windows overlap, the last one overwrites what the others left. "
    "A value that counts in several outputs gets the sum of what comes back from each.",
    "Là où des fenêtres se chevauchent, la dernière écrase ce que les autres ont laissé. "
    "Une valeur qui compte dans plusieurs sorties reçoit la somme de ce qui revient de chacune.",
)
TRANSPOSED = Text(
    "Rows and columns of the kernel are swapped: k[u, v] goes with u rows down and v columns to the right.",
    "Les lignes et les colonnes du noyau sont échangées : k[u, v] correspond à u lignes vers le bas "
    "et v colonnes vers la droite.",
)
SQUARE_ONLY = Text(
    "Only one side is measured and used for both. Neither maps nor kernels need be square.",
    "Un seul côté est mesuré et sert pour les deux. Ni les cartes ni les noyaux ne sont forcément carrés.",
)


def any_numbers(shape):
    """Float64 or float32, near zero or in the hundreds, sometimes with gaps in memory."""
    dtypes = (np.float64, np.float32)
    return st.one_of(*(random_numbers(shape, scale=scale, dtypes=dtypes, strided=True) for scale in (1.0, 100.0)))


def one_of_several(names, position):
    """Observes one of the results that an answer returns together, so that each earns its share."""

    def observe(answer, case):
        values = answer(*case.values())
        complete = isinstance(values, list | tuple) and len(values) == len(names)
        return {"results": complete, names[position]: values[position] if complete else None}

    return observe


def in_a_tuple(names):
    """The sentence for results that do not come together."""
    listed = ", ".join(names)
    return {
        "results": Text(f"it is to return a tuple: ({listed})", f"elle doit renvoyer un tuple : ({listed})"),
    }


def difference_of_one(got, expected, language):
    """The picture of the one result that was observed."""
    *_, name = expected
    return difference(got[name], expected[name], language)


def windows(x, size, stride=1):
    """Every window: x (N, C, H, W) -> (N, C, oh, ow, h, w)."""
    return np.lib.stride_tricks.sliding_window_view(x, size, axis=(2, 3))[:, :, ::stride, ::stride]
