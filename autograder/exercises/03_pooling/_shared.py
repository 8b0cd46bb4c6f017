"""The cases of lesson 03, the windows that answers are made of, and what none of them may call."""

import numpy as np
from hypothesis import strategies as st

from autograder.checking.cases import random_numbers, whole_numbers
from autograder.checking.exercise import Rule
from autograder.checking.words import Text

# Whatever pools already is the exercise itself.
READY_MADE = Rule(calls=("scipy.ndimage", "scipy.signal", "skimage", "torch", "cnnlib"))

HEIGHT_AND_WIDTH_SWAPPED = Text(
    "Height and width of the window are swapped. `size` is (h, w): h rows, then w columns.",
    "La hauteur et la largeur de la fenêtre sont échangées. `size` vaut (h, w) : h lignes, puis w colonnes.",
)
SIDE_BY_SIDE = Text(
    "The windows always lie side by side, as if the stride were the size. Each starts `stride` after the last one, "
    "so they may overlap, or leave a gap.",
    "Les fenêtres sont toujours côte à côte, comme si le pas valait la taille. Chacune commence `stride` plus loin "
    "que la précédente : elles peuvent donc se chevaucher, ou laisser un vide.",
)
ONE_SHORT = Text(
    "The last window of each row and column is missing: a range stops before its end. "
    "A window that just fits counts, too.",
    "Il manque la dernière fenêtre de chaque ligne et de chaque colonne : un `range` s’arrête avant sa borne. "
    "Une fenêtre qui tient tout juste compte aussi.",
)
RAGGED = Text(
    "Windows that stick out at the right or at the bottom are counted too. What fills no whole window is left out.",
    "Les fenêtres qui dépassent à droite ou en bas sont comptées aussi. "
    "Ce qui ne remplit pas une fenêtre entière est laissé de côté.",
)
ACROSS_CHANNELS = Text(
    "All channels are pooled into one. Pooling looks at each channel by itself: C channels in, C channels out.",
    "Tous les canaux sont agrégés en un seul. L’agrégation traite chaque canal à part : "
    "C canaux entrent, C canaux sortent.",
)


@st.composite
def geometries(draw, side, spare):
    """Shape (N, C, H, W), window (h, w) and stride: windows that overlap, that touch, that leave pixels unused."""
    N, C = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    h, w = draw(st.integers(1, side)), draw(st.integers(1, side))
    stride = draw(st.integers(1, side + 1))
    return (N, C, h + draw(st.integers(0, spare)), w + draw(st.integers(0, spare))), (h, w), stride


def any_numbers(shape):
    """Float64 or float32, near zero or in the thousands, sometimes with gaps in memory."""
    dtypes = (np.float64, np.float32)
    scaled = [random_numbers(shape, scale=scale, dtypes=dtypes, strided=True) for scale in (1.0, 1000.0)]
    return st.one_of(*scaled)


@st.composite
def padded_batches(draw, side, spare, numbers):
    """What the forward passes are given; at most half a window is padding."""
    shape, size, stride = draw(geometries(side, spare))
    padding = draw(st.integers(0, min(size) // 2))
    return {"x": draw(numbers(shape)), "size": size, "stride": stride, "padding": padding}


def small_numbers(shape):
    return whole_numbers(shape)


def places(x_shape, size, stride):
    """How many windows fit: (oh, ow)."""
    return tuple((n - window) // stride + 1 for n, window in zip(x_shape[2:], size, strict=True))


def windows(x, size, stride):
    """Every window: x (N, C, H, W) -> (N, C, oh, ow, h, w)."""
    return np.lib.stride_tricks.sliding_window_view(x, size, axis=(2, 3))[:, :, ::stride, ::stride]


def framed(x, padding, value):
    """x with a frame of one value."""
    frame = (padding, padding)
    return np.pad(x, ((0, 0), (0, 0), frame, frame), constant_values=value)


def grown(x, size, stride, value):
    """x with as much of `value` at the foot and at the right as lets every pixel be in a window."""
    more = [
        max(-(-max(n - window, 0) // stride) * stride + window - n, 0)
        for n, window in zip(x.shape[2:], size, strict=True)
    ]
    return np.pad(x, ((0, 0), (0, 0), (0, more[0]), (0, more[1])), constant_values=value)
