"""What the exercises of lesson 10 may not call, and the numbers that their cases are made of."""

import numpy as np
from hypothesis import strategies as st

from autograder.checking.cases import random_numbers
from autograder.checking.exercise import Rule

# Whatever embeds, convolves or pools already is the exercise itself.
READY_MADE = Rule(
    calls=("numpy.convolve", "numpy.correlate", "scipy.ndimage", "scipy.signal", "skimage", "torch", "cnnlib")
)


def any_numbers(shape):
    """Float64 or float32, near zero or in the thousands, sometimes with gaps in memory."""
    dtypes = (np.float64, np.float32)
    return st.one_of(*(random_numbers(shape, scale=scale, dtypes=dtypes, strided=True) for scale in (1.0, 1000.0)))


def numbers_below(shape, below):
    """An array of whole numbers from 0 on, such as the numbers of words."""
    count = int(np.prod(shape))
    drawn = st.lists(st.integers(0, below - 1), min_size=count, max_size=count)
    return drawn.map(lambda values: np.array(values, dtype=np.int64).reshape(shape))
