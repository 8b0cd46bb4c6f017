"""avg_pool and avg_pool_as_conv: the mean of each window, also as a convolution."""

import numpy as np
from hypothesis import strategies as st

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
    return cnnlib.avg_pool2d_forward(x, size, stride=stride, padding=padding, count_include_pad=False)[0]


def _by_nan(x, size, stride, padding):
    return np.nanmean(windows(framed(x, padding, np.nan), size, stride), axis=(4, 5))


def _by_counts(x, size, stride, padding):
    total = windows(framed(x, padding, 0), size, stride).sum(axis=(4, 5))
    return total / windows(framed(np.ones_like(x), padding, 0), size, stride).sum(axis=(4, 5))


def _by_loops(x, size, stride, padding):
    (N, C, H, W), (h, w) = x.shape, size
    oh, ow = (H + 2 * padding - h) // stride + 1, (W + 2 * padding - w) // stride + 1
    y = np.empty((N, C, oh, ow))
    for r in range(oh):
        for s in range(ow):
            top, left = r * stride - padding, s * stride - padding
            y[:, :, r, s] = x[:, :, max(top, 0) : top + h, max(left, 0) : left + w].mean(axis=(2, 3))
    return y


def _in_float32(x, size, stride, padding):
    x = x.astype(np.float32)
    H, W = x.shape[2:]
    real = framed(np.ones((1, 1, H, W), dtype=np.float32), padding, 0)
    counts = np.einsum("ncrsuv->rs", windows(real, size, stride))
    return np.einsum("ncrsuv->ncrs", windows(framed(x, padding, 0), size, stride)) / counts


def _counts_padding(x, size, stride, padding):
    return windows(framed(x, padding, 0), size, stride).mean(axis=(4, 5))


def _counts_nonzero(x, size, stride, padding):
    values = windows(framed(x, padding, 0), size, stride)
    return values.sum(axis=(4, 5)) / np.maximum((values != 0).sum(axis=(4, 5)), 1)


def _no_padding(x, size, stride, padding):
    return _counts_padding(x, size, stride, 0)


def _sums(x, size, stride, padding):
    return windows(framed(x, padding, 0), size, stride).sum(axis=(4, 5))


def _ragged(x, size, stride, padding):
    return _by_nan(grown(framed(x, padding, np.nan), size, stride, np.nan), size, stride, 0)


def _one_short(x, size, stride, padding):
    return _by_counts(x, size, stride, padding)[:, :, :-1, :-1]


def _swapped(x, size, stride, padding):
    return _by_counts(x, size[::-1], stride, padding)


def _side_by_side(x, size, stride, padding):
    h, w = size
    return np.nanmean(windows(framed(x, padding, np.nan), size, 1)[:, :, ::h, ::w], axis=(4, 5))


def _across_channels(x, size, stride, padding):
    return _by_counts(x, size, stride, padding).mean(axis=1, keepdims=True)


avg_pool = Exercise(
    name="avg_pool",
    reference=(_reference,),
    parts=(
        Part(
            Text("the mean of every window", "la moyenne de chaque fenêtre"),
            (Stage(padded_batches(3, 2, small_numbers), 60, 16), Stage(padded_batches(4, 6, any_numbers), 25)),
        ),
    ),
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "divides by the size everywhere",
            (_counts_padding,),
            Text(
                "Every sum is divided by h·w, so at the edges the padding counts as zeros and pulls the mean down. "
                "Divide by the number of real pixels in the window.",
                "Chaque somme est divisée par h·w : sur les bords, le remplissage compte comme des zéros et tire la "
                "moyenne vers le bas. Divisez par le nombre de vrais pixels dans la fenêtre.",
            ),
        ),
        Mistake(
            "leaves zeros out",
            (_counts_nonzero,),
            Text(
                "Pixels of value zero are not counted. A zero in the image is a real pixel; "
                "only the padding is left out.",
                "Les pixels de valeur nulle ne sont pas comptés. Un zéro de l’image est un vrai pixel ; "
                "seul le remplissage est laissé de côté.",
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
        Mistake(
            "not divided",
            (_sums,),
            Text(
                "These are the sums of the windows. Divide each by the number of its real pixels.",
                "Ce sont les sommes des fenêtres. Divisez chacune par le nombre de ses vrais pixels.",
            ),
        ),
        Mistake("ragged edge", (_ragged,), RAGGED),
        Mistake("one window short", (_one_short,), ONE_SHORT),
        Mistake("height and width swapped", (_swapped,), HEIGHT_AND_WIDTH_SWAPPED),
        Mistake("side by side", (_side_by_side,), SIDE_BY_SIDE),
        Mistake("across channels", (_across_channels,), ACROSS_CHANNELS),
    ),
    right=((_by_nan,), (_by_counts,), (_by_loops,), (_in_float32,)),
    picture=difference,
)


@st.composite
def _kernels(draw, most):
    return {"C": draw(st.integers(1, most)), "size": (draw(st.integers(1, most)), draw(st.integers(1, most)))}


def _by_writing(C, size):
    h, w = size
    kernels = np.zeros((C, C, h, w))
    for c in range(C):
        kernels[c, c] = 1 / (h * w)
    return kernels


def _by_identity(C, size):
    h, w = size
    return np.eye(C)[:, :, None, None] * np.full((h, w), 1 / (h * w))


def _by_einsum(C, size):
    h, w = size
    return np.einsum("kc,uv->kcuv", np.eye(C, dtype=np.float32), np.ones((h, w), dtype=np.float32)) / np.float32(h * w)


def _mixes(C, size):
    return np.full((C, C, *size), 1 / (size[0] * size[1]))


def _mixes_means(C, size):
    return np.full((C, C, *size), 1 / (C * size[0] * size[1]))


def _ones(C, size):
    return _by_writing(C, size) * size[0] * size[1]


def _one_channel(C, size):
    return np.full((C, 1, *size), 1 / (size[0] * size[1]))


def _kernel_swapped(C, size):
    return _by_writing(C, size[::-1])


avg_pool_as_conv = Exercise(
    name="avg_pool_as_conv",
    reference=(_by_writing,),
    parts=(Part(Text("the kernels", "les noyaux"), (Stage(_kernels(3), 20), Stage(_kernels(6), 10))),),
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "adds the channels up",
            (_mixes,),
            Text(
                "Every kernel looks at every channel, so the channels are added up. "
                "Kernel c must see channel c, and be zero on all others.",
                "Chaque noyau regarde tous les canaux, qui sont donc additionnés. "
                "Le noyau c doit voir le canal c, et être nul sur tous les autres.",
            ),
        ),
        Mistake(
            "averages the channels",
            (_mixes_means,),
            Text(
                "Every kernel takes the mean over all channels, so all the maps come out alike. "
                "Kernel c must see channel c, and be zero on all others.",
                "Chaque noyau prend la moyenne de tous les canaux : toutes les cartes sortent identiques. "
                "Le noyau c doit voir le canal c, et être nul sur tous les autres.",
            ),
        ),
        Mistake(
            "sums",
            (_ones,),
            Text(
                "These kernels give the sum of a window. For the mean, what must the values of a kernel sum to?",
                "Ces noyaux donnent la somme d’une fenêtre. Pour une moyenne, "
                "combien doit valoir la somme des valeurs d’un noyau ?",
            ),
        ),
        Mistake(
            "one channel each",
            (_one_channel,),
            Text(
                "Each kernel has a single channel: that fits a convolution in C groups. "
                "An ordinary one needs kernels as deep as its input: (C, C, h, w).",
                "Chaque noyau n’a qu’un canal : cela convient à une convolution en C groupes. "
                "Une convolution ordinaire veut des noyaux aussi profonds que son entrée : (C, C, h, w).",
            ),
        ),
        Mistake("height and width swapped", (_kernel_swapped,), HEIGHT_AND_WIDTH_SWAPPED),
    ),
    right=((_by_writing,), (_by_identity,), (_by_einsum,)),
    picture=difference,
)
