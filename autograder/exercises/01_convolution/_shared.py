"""The cases of lesson 01, and what none of its answers may call."""

import numpy as np

from autograder.checking.cases import case, random_numbers, sizes, whole_numbers
from autograder.checking.exercise import Rule, Stage
from autograder.checking.words import Text

# Whatever slides a window already is the exercise itself.
READY_MADE = Rule(
    calls=(
        "numpy.convolve",
        "numpy.correlate",
        "scipy.signal",
        "scipy.ndimage",
        "scipy.linalg",
        "torch",
        "skimage",
        "cnnlib",
    )
)
EVERY_WINDOW = Text("the values of every window", "les valeurs de chaque fenêtre")


def _pairs(least, most):
    """A signal and a kernel that fits into it."""
    return sizes(least, most).flatmap(
        lambda n: sizes(1, n).flatmap(lambda m: case(x=whole_numbers(n), k=whole_numbers(m)))
    )


def _random_pairs(least, most):
    dtypes = (np.float64, np.float32)
    return sizes(least, most).flatmap(
        lambda n: sizes(1, n).flatmap(
            lambda m: case(
                x=random_numbers(n, dtypes=dtypes, strided=True), k=random_numbers(m, dtypes=dtypes, strided=True)
            )
        )
    )


ONE_DIMENSION = (Stage(_pairs(1, 6)), Stage(_random_pairs(1, 40)))


def _planes(least, most):
    """An image and a kernel that fits into it, both rarely square."""
    side = sizes(least, most)
    return side.flatmap(
        lambda H: side.flatmap(
            lambda W: sizes(1, H).flatmap(
                lambda h: sizes(1, W).flatmap(lambda w: case(x=whole_numbers((H, W)), k=whole_numbers((h, w))))
            )
        )
    )


def _random_planes(least, most):
    side, kernel_side = sizes(least, most), sizes(1, min(least, 5))
    dtypes = (np.float64, np.float32)
    return side.flatmap(
        lambda H: side.flatmap(
            lambda W: kernel_side.flatmap(
                lambda h: kernel_side.flatmap(
                    lambda w: case(
                        x=random_numbers((H, W), dtypes=dtypes, strided=True),
                        k=random_numbers((h, w), dtypes=dtypes, strided=True),
                    )
                )
            )
        )
    )


TWO_DIMENSIONS = (Stage(_planes(1, 4)), Stage(_random_planes(5, 12)))


def correlate_by_windows(x, k):
    """A right answer that wrong ones are made of."""
    return np.lib.stride_tricks.sliding_window_view(x, len(k)) @ k
