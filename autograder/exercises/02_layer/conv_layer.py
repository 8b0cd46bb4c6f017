"""conv_layer: the whole layer, with channels, kernels, biases, stride and padding."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.cases import random_numbers, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import DTYPES, READY_MADE, correlated


@st.composite
def _layers(draw, most, kernel, spare, numbers):
    """A batch, kernels, biases, stride and padding: at least one window fits, often some pixels are left over."""
    N, C, K = (draw(st.integers(1, largest)) for largest in (2, most, most))
    h, w = draw(st.integers(1, kernel)), draw(st.integers(1, kernel))
    stride, padding = draw(st.integers(1, 3)), draw(st.integers(0, 2))
    H, W = (max(size - 2 * padding, 1) + draw(st.integers(0, spare)) for size in (h, w))
    return {
        "x": draw(numbers((N, C, H, W))),
        "w": draw(numbers((K, C, h, w))),
        "b": draw(numbers((K,))),
        "stride": stride,
        "padding": padding,
    }


def _random(shape):
    return random_numbers(shape, dtypes=DTYPES, strided=True)


def _reference(x, w, b, stride, padding):
    return cnnlib.conv2d_forward(x, w, b, stride=stride, padding=padding)[0]


def _framed(x, padding):
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def _by_seven_loops(x, w, b, stride, padding):
    x = _framed(x, padding)
    (N, C, H, W), (K, _, h, v) = x.shape, w.shape
    y = np.zeros((N, K, (H - h) // stride + 1, (W - v) // stride + 1))
    for n, k, r, s in np.ndindex(y.shape):
        y[n, k, r, s] = b[k]
        for c in range(C):
            window = x[n, c, r * stride : r * stride + h, s * stride : s * stride + v]
            y[n, k, r, s] += np.sum(window * w[k, c])
    return y


def _by_places(x, w, b, stride, padding):
    x = _framed(x, padding)
    (N, _, H, W), (K, _, h, v) = x.shape, w.shape
    y = np.zeros((N, K, (H - h) // stride + 1, (W - v) // stride + 1))
    rows = w.reshape(K, -1).T
    for r in range(y.shape[2]):
        for s in range(y.shape[3]):
            top, left = r * stride, s * stride
            y[:, :, r, s] = x[:, :, top : top + h, left : left + v].reshape(N, -1) @ rows + b
    return y


def _by_offsets(x, w, b, stride, padding):
    x = _framed(x, padding)
    (N, _, H, W), (K, _, h, v) = x.shape, w.shape
    oh, ow = (H - h) // stride + 1, (W - v) // stride + 1
    y = np.zeros((N, K, oh, ow), dtype=np.float32) + b[:, None, None]
    for u in range(h):
        for t in range(v):
            seen = x[:, :, u : u + stride * oh : stride, t : t + stride * ow : stride][:, :, :oh, :ow]
            y = y + np.einsum("ncrs,kc->nkrs", seen, w[:, :, u, t])
    return y


def _by_windows(x, w, b, stride, padding):
    return correlated(_framed(x, padding), w)[:, :, ::stride, ::stride] + b[:, None, None]


def _first_channel(x, w, b, stride, padding):
    return _by_windows(x[:, :1], w[:, :1], b, stride, padding)


def _without_bias(x, w, b, stride, padding):
    return _by_windows(x, w, np.zeros_like(b), stride, padding)


def _bias_for_each_channel(x, w, b, stride, padding):
    return _by_windows(x, w, b * x.shape[1], stride, padding)


def _bias_along_columns(x, w, b, stride, padding):
    return _by_windows(x, w, np.zeros_like(b), stride, padding) + b


def _first_bias(x, w, b, stride, padding):
    return _by_windows(_framed(x, padding), w, np.zeros_like(b), stride, 0) + b[0]


def _flipped(x, w, b, stride, padding):
    return _by_windows(x, w[:, :, ::-1, ::-1], b, stride, padding)


def _stride_on_rows(x, w, b, stride, padding):
    return correlated(_framed(x, padding), w)[:, :, ::stride] + b[:, None, None]


def _square_only(x, w, b, stride, padding):
    x = _framed(x, padding)
    (N, _, H, _), (K, _, h, _) = x.shape, w.shape
    side = (H - h) // stride + 1
    y = np.zeros((N, K, side, side))
    for n, k, r, s in np.ndindex(y.shape):
        top, left = r * stride, s * stride
        y[n, k, r, s] = np.sum(x[n, :, top : top + h, left : left + h] * w[k]) + b[k]
    return y


def _windows_side_by_side(x, w, b, stride, padding):
    full = correlated(_framed(x, padding), w)
    oh, ow = -(-full.shape[2] // stride), -(-full.shape[3] // stride)
    return full[:, :, :oh, :ow] + b[:, None, None]


def _without_padding_size(x, w, b, stride, padding):
    (_, _, H, W), (_, _, h, v) = x.shape, w.shape
    oh, ow = max((H - h) // stride + 1, 0), max((W - v) // stride + 1, 0)
    return _by_windows(x, w, b, stride, padding)[:, :, :oh, :ow]


def _padded_at_the_end(x, w, b, stride, padding):
    x = np.pad(x, ((0, 0), (0, 0), (0, 2 * padding), (0, 2 * padding)))
    return _by_windows(x, w, b, stride, 0)


conv_layer = Exercise(
    name="conv_layer",
    reference=(_reference,),
    parts=(
        Part(
            Text("the maps of every image", "les cartes de chaque image"),
            (Stage(_layers(2, 2, 3, whole_numbers), 30, 12), Stage(_layers(4, 4, 7, _random), 20)),
        ),
    ),
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "channels not summed",
            (_first_channel,),
            Text(
                "Only the first channel counts. A kernel looks at all channels, and adds up over all of them.",
                "Seul le premier canal compte. Un noyau regarde tous les canaux, et additionne sur tous.",
            ),
        ),
        Mistake(
            "no bias",
            (_without_bias,),
            Text(
                "The biases are missing: kernel k adds b[k] to each value of its map.",
                "Il manque les biais : le noyau k ajoute b[k] à chaque valeur de sa carte.",
            ),
        ),
        Mistake(
            "bias for each channel",
            (_bias_for_each_channel,),
            Text(
                "The bias is added once for each input channel. It comes once, after the sum over all channels.",
                "Le biais est ajouté une fois par canal d’entrée. Il vient une seule fois, "
                "après la somme sur tous les canaux.",
            ),
        ),
        Mistake(
            "bias along the columns",
            (_bias_along_columns,),
            Text(
                "`y + b` lines b up with the last axis, the columns. There is one bias for each map, "
                "and maps are axis 1.",
                "`y + b` aligne b sur le dernier axe, celui des colonnes. Il y a un biais par carte, "
                "et les cartes sont l’axe 1.",
            ),
        ),
        Mistake(
            "first bias for all",
            (_first_bias,),
            Text(
                "All maps get the bias of the first kernel. Each kernel has its own.",
                "Toutes les cartes reçoivent le biais du premier noyau. Chaque noyau a le sien.",
            ),
        ),
        Mistake(
            "flipped",
            (_flipped,),
            Text(
                "The kernels are turned around: a true convolution. A layer uses them as they stand.",
                "Les noyaux sont retournés : c’est une vraie convolution. Une couche les emploie tels quels.",
            ),
        ),
        Mistake(
            "stride on rows only",
            (_stride_on_rows,),
            Text(
                "The stride counts for the rows only. Windows move by it to the right as well.",
                "Le pas ne vaut que pour les lignes. Les fenêtres l’appliquent aussi vers la droite.",
            ),
        ),
        Mistake(
            "square only",
            (_square_only,),
            Text(
                "Only one side is measured and used for both. Images and kernels need not be square.",
                "Un seul côté est mesuré et sert pour les deux. Ni les images ni les noyaux ne sont forcément carrés.",
            ),
        ),
        Mistake(
            "windows do not jump",
            (_windows_side_by_side,),
            Text(
                "The result is as small as the stride asks, but the windows still start side by side: "
                "output r begins at row r·stride.",
                "Le résultat a bien la taille que demande le pas, mais les fenêtres commencent encore côte à côte : "
                "la sortie r débute à la ligne r·stride.",
            ),
        ),
        Mistake(
            "size without padding",
            (_without_padding_size,),
            Text(
                "The size of the result is worked out without the padding: the last windows are missing.",
                "La taille du résultat est calculée sans le remplissage : il manque les dernières fenêtres.",
            ),
        ),
        Mistake(
            "padded at the end",
            (_padded_at_the_end,),
            Text(
                "All zeros stand below and to the right. They belong on all four sides, `padding` on each.",
                "Tous les zéros sont en bas et à droite. Il en faut des quatre côtés, `padding` de chacun.",
            ),
        ),
    ),
    right=((_by_seven_loops,), (_by_places,), (_by_offsets,), (_by_windows,)),
    picture=difference,
)
