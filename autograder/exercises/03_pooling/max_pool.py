"""max_pool: the largest value of each window."""

import numpy as np

import cnnlib
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import (
    ACROSS_CHANNELS,
    HEIGHT_AND_WIDTH_SWAPPED,
    ONE_SHORT,
    RAGGED,
    READY_MADE,
    SIDE_BY_SIDE,
    any_numbers,
    framed,
    grown,
    padded_batches,
    small_numbers,
    windows,
)


def _reference(x, size, stride, padding):
    return cnnlib.max_pool2d_forward(x, size, stride=stride, padding=padding)[0]


def _by_windows(x, size, stride, padding):
    return windows(framed(x, padding, -np.inf), size, stride).max(axis=(4, 5))


def _by_loops(x, size, stride, padding):
    (N, C, H, W), (h, w) = x.shape, size
    oh, ow = (H + 2 * padding - h) // stride + 1, (W + 2 * padding - w) // stride + 1
    y = np.zeros((N, C, oh, ow))
    for n in range(N):
        for c in range(C):
            for r in range(oh):
                for s in range(ow):
                    top, left = r * stride - padding, s * stride - padding
                    y[n, c, r, s] = x[n, c, max(top, 0) : top + h, max(left, 0) : left + w].max()
    return y


def _by_offsets(x, size, stride, padding):
    (h, w), padded = size, framed(x.astype(np.float32), padding, -np.inf)
    oh, ow = (padded.shape[2] - h) // stride + 1, (padded.shape[3] - w) // stride + 1
    rows, columns = (oh - 1) * stride + 1, (ow - 1) * stride + 1
    taps = [padded[:, :, u : u + rows : stride, v : v + columns : stride] for u in range(h) for v in range(w)]
    return np.maximum.reduce(taps)


def _by_axes(x, size, stride, padding):
    view, padded = np.lib.stride_tricks.sliding_window_view, framed(x, padding, -np.inf)
    rows = view(padded, size[0], axis=2)[:, :, ::stride].max(axis=-1)
    return view(rows, size[1], axis=3)[:, :, :, ::stride].max(axis=-1)


def _zero_padding(x, size, stride, padding):
    return windows(framed(x, padding, 0), size, stride).max(axis=(4, 5))


def _no_padding(x, size, stride, padding):
    return _by_windows(x, size, stride, 0)


def _ragged(x, size, stride, padding):
    return _by_windows(grown(framed(x, padding, -np.inf), size, stride, -np.inf), size, stride, 0)


def _ragged_zeros(x, size, stride, padding):
    return _by_windows(grown(framed(x, padding, -np.inf), size, stride, 0), size, stride, 0)


def _one_short(x, size, stride, padding):
    return _by_windows(x, size, stride, padding)[:, :, :-1, :-1]


def _last_left_out(x, size, stride, padding):
    h, w = size
    inner = windows(framed(x, padding, -np.inf), size, stride)[..., : max(h - 1, 1), : max(w - 1, 1)]
    return inner.max(axis=(4, 5))


def _swapped(x, size, stride, padding):
    return _by_windows(x, size[::-1], stride, padding)


def _side_by_side(x, size, stride, padding):
    h, w = size
    return np.lib.stride_tricks.sliding_window_view(framed(x, padding, -np.inf), size, axis=(2, 3))[:, :, ::h, ::w].max(
        axis=(4, 5)
    )


def _across_channels(x, size, stride, padding):
    return _by_windows(x, size, stride, padding).max(axis=1, keepdims=True)


def _by_magnitude(x, size, stride, padding):
    values = windows(framed(x, padding, 0), size, stride)
    values = values.reshape(*values.shape[:4], -1)
    return np.take_along_axis(values, np.abs(values).argmax(axis=-1)[..., None], axis=-1)[..., 0]


max_pool = Exercise(
    name="max_pool",
    reference=(_reference,),
    parts=(
        Part(
            Text("the maximum of every window", "le maximum de chaque fenêtre"),
            (Stage(padded_batches(3, 2, small_numbers), 60, 16), Stage(padded_batches(4, 6, any_numbers), 25)),
        ),
    ),
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "zeros in the padding",
            (_zero_padding,),
            Text(
                "The padding is made of zeros, and a zero beats every negative number. "
                "What is not there must never win: which number loses against all others?",
                "Le remplissage est fait de zéros, et zéro bat tous les nombres négatifs. Ce qui n’existe pas "
                "ne doit jamais gagner : quel nombre perd contre tous les autres ?",
            ),
        ),
        Mistake(
            "padding ignored",
            (_no_padding,),
            Text(
                "The padding is not used: the first window starts `padding` rows above the image "
                "and `padding` columns to its left.",
                "Le remplissage n’est pas utilisé : la première fenêtre commence `padding` lignes au-dessus de "
                "l’image et `padding` colonnes à sa gauche.",
            ),
        ),
        Mistake("ragged edge", (_ragged,), RAGGED),
        Mistake(
            "ragged edge filled with zeros",
            (_ragged_zeros,),
            Text(
                "Windows that stick out are filled up with zeros, which beat negative numbers. "
                "What fills no whole window is left out.",
                "Les fenêtres qui dépassent sont complétées par des zéros, qui battent les nombres négatifs. "
                "Ce qui ne remplit pas une fenêtre entière est laissé de côté.",
            ),
        ),
        Mistake("one window short", (_one_short,), ONE_SHORT),
        Mistake(
            "last element left out",
            (_last_left_out,),
            Text(
                "The last row and the last column of each window are never looked at. "
                "The slice a : b ends before b, so a window of h rows is r : r + h.",
                "La dernière ligne et la dernière colonne de chaque fenêtre ne sont jamais regardées. La tranche "
                "a : b s’arrête avant b : une fenêtre de h lignes s’écrit r : r + h.",
            ),
        ),
        Mistake("height and width swapped", (_swapped,), HEIGHT_AND_WIDTH_SWAPPED),
        Mistake("side by side", (_side_by_side,), SIDE_BY_SIDE),
        Mistake("across channels", (_across_channels,), ACROSS_CHANNELS),
        Mistake(
            "largest magnitude",
            (_by_magnitude,),
            Text(
                "The value farthest from zero wins, whatever its sign. The maximum of -9 and 2 is 2.",
                "C’est la valeur la plus éloignée de zéro qui gagne, quel que soit son signe. "
                "Le maximum de -9 et de 2 est 2.",
            ),
        ),
    ),
    right=((_by_windows,), (_by_loops,), (_by_offsets,), (_by_axes,)),
    picture=difference,
)
