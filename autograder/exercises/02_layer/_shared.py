"""What several exercises of lesson 02 share."""

import numpy as np

from autograder.checking.compare import Close, Difference, type_label
from autograder.checking.exercise import Rule

# Whatever convolves, pads or counts already is the exercise itself.
READY_MADE = Rule(calls=("scipy.signal", "scipy.ndimage", "torch", "skimage", "cnnlib"))
DTYPES = (np.float64, np.float32)


def exactly(got, expected):
    """Compare whole numbers: one too many in a million is wrong, and so is a float."""
    difference = Close(tolerance=1e-12)(got, expected)
    if difference is None and isinstance(got, int | np.integer) != isinstance(expected, int | np.integer):
        return Difference("type", type_label(got), type_label(expected))
    return difference


def correlated(x, w):
    """y (N, K, H-h+1, W-w+1) from x (N, C, H, W) and w (K, C, h, w): what right and wrong answers are made of."""
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("ncrsuv,kcuv->nkrs", windows, w)
