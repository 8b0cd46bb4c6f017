"""conv_transpose: the backward pass of a convolution, used forwards."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.cases import whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import ASSIGNS, READY_MADE, SQUARE_ONLY, any_numbers, windows


@st.composite
def _cases(draw, channels, kernel, side, numbers, single=False):
    N, C, K = (1 if single else draw(st.integers(1, most)) for most in (2, channels, channels))
    H, W = draw(st.integers(1, side)), draw(st.integers(1, side))
    h, w = draw(st.integers(1, kernel)), draw(st.integers(1, kernel))
    return {"x": draw(numbers((N, C, H, W))), "w": draw(numbers((C, K, h, w))), "stride": draw(st.integers(1, 3))}


def _size(x, w, stride):
    (H, W), (h, t) = x.shape[2:], w.shape[2:]
    return len(x), w.shape[1], (H - 1) * stride + h, (W - 1) * stride + t


def _reference(x, w, stride):
    return cnnlib.conv_transpose2d_forward(x, w, stride=stride)[0]


def _by_painting(x, w, stride):
    y = np.zeros(_size(x, w, stride))
    h, t = w.shape[2:]
    for r, s in np.ndindex(x.shape[2:]):
        y[:, :, r * stride : r * stride + h, s * stride : s * stride + t] += np.tensordot(x[:, :, r, s], w, axes=1)
    return y


def _by_all_loops(x, w, stride):
    y = np.zeros(_size(x, w, stride))
    h, t = w.shape[2:]
    for n, c, r, s in np.ndindex(x.shape):
        for k in range(w.shape[1]):
            top, left = r * stride, s * stride
            y[n, k, top : top + h, left : left + t] += x[n, c, r, s] * w[c, k]
    return y


def _by_weights(x, w, stride):
    y = np.zeros(_size(x, w, stride), dtype=np.float32)
    H, W = x.shape[2:]
    for u, v in np.ndindex(w.shape[2:]):
        painted = np.s_[:, :, u : u + stride * (H - 1) + 1 : stride, v : v + stride * (W - 1) + 1 : stride]
        y[painted] += np.einsum("ncrs,ck->nkrs", x, w[:, :, u, v])
    return y


def _spread(x, gap):
    """x with zeros between its pixels: each `gap` after the last."""
    H, W = x.shape[2:]
    wide = np.zeros((*x.shape[:2], (H - 1) * gap + 1, (W - 1) * gap + 1))
    wide[:, :, ::gap, ::gap] = x
    return wide


def _full(x, w):
    h, t = w.shape[2:]
    around = np.pad(x, ((0, 0), (0, 0), (h - 1, h - 1), (t - 1, t - 1)))
    return np.einsum("ncrsuv,ckuv->nkrs", windows(around, (h, t)), w[:, :, ::-1, ::-1])


def _by_spreading(x, w, stride):
    return _full(_spread(x, stride), w)


def _assigns(x, w, stride):
    y = np.zeros(_size(x, w, stride))
    h, t = w.shape[2:]
    for r, s in np.ndindex(x.shape[2:]):
        y[:, :, r * stride : r * stride + h, s * stride : s * stride + t] = np.tensordot(x[:, :, r, s], w, axes=1)
    return y


def _turned(x, w, stride):
    return _by_painting(x, w[:, :, ::-1, ::-1], stride)


def _stride_zeros(x, w, stride):
    return _full(_spread(x, stride + 1), w)


def _no_stride(x, w, stride):
    return _by_painting(x, w, 1)


def _shrinks(x, w, stride):
    """An ordinary convolution, where the kernel fits."""
    h, t = w.shape[2:]
    if h > x.shape[2] or t > x.shape[3]:
        raise ValueError("negative dimensions are not allowed")
    return np.einsum("ncrsuv,ckuv->nkrs", windows(x, (h, t), stride), w)


def _first_channel(x, w, stride):
    return _by_painting(x[:, :1], w[:1], stride)


def _too_large(x, w, stride):
    N, K, H, W = _size(x, w, stride)
    y = np.zeros((N, K, H + stride - 1, W + stride - 1))
    y[:, :, :H, :W] = _by_painting(x, w, stride)
    return y


def _square_only(x, w, stride):
    side = x.shape[2]
    return _by_painting(x[:, :, :, :side], w[:, :, :, : w.shape[2]], stride)


conv_transpose = Exercise(
    name="conv_transpose",
    reference=(_reference,),
    parts=(
        Part(
            Text("the larger maps", "les cartes agrandies"),
            (
                Stage(_cases(1, 2, 2, whole_numbers, single=True), 30, 12),
                Stage(_cases(2, 2, 2, whole_numbers), 20, 8),
                Stage(_cases(3, 4, 5, any_numbers), 15, 8),
            ),
        ),
    ),
    rule=READY_MADE,
    mistakes=(
        Mistake("assigns", (_assigns,), ASSIGNS),
        Mistake(
            "turned",
            (_turned,),
            Text(
                "The kernels are painted turned around. Painting takes them as they stand; "
                "they are turned only if you write it as a full correlation.",
                "Les noyaux sont peints retournés. On les peint tels quels ; "
                "on ne les retourne que si on écrit une corrélation complète.",
            ),
        ),
        Mistake(
            "one zero too many",
            (_stride_zeros,),
            Text(
                "The pixels are one place too far apart. Pixel r paints from row r·stride on: "
                "between two pixels there are stride-1 zeros.",
                "Les pixels sont écartés d’une place de trop. Le pixel r peint à partir de la ligne r·stride : "
                "entre deux pixels, il y a stride-1 zéros.",
            ),
        ),
        Mistake(
            "stride ignored",
            (_no_stride,),
            Text(
                "The stride is not used: pixel (r, s) paints from row r·stride and column s·stride on.",
                "Le pas ne sert pas : le pixel (r, s) peint à partir de la ligne r·stride et de la colonne s·stride.",
            ),
        ),
        Mistake(
            "an ordinary convolution",
            (_shrinks,),
            Text(
                "This is an ordinary convolution: each output gathers from a window. "
                "Transposed, each input paints a window, and the map grows.",
                "C’est une convolution ordinaire : chaque sortie rassemble une fenêtre. "
                "Transposée, chaque entrée peint une fenêtre, et la carte grandit.",
            ),
        ),
        Mistake(
            "first channel only",
            (_first_channel,),
            Text(
                "Only the first input channel paints. All of them do, each with its own kernels w[c], and it adds up.",
                "Seul le premier canal d’entrée peint. Tous le font, chacun avec ses noyaux w[c], "
                "et cela s’additionne.",
            ),
        ),
        Mistake(
            "too large",
            (_too_large,),
            Text(
                "The result has rows and columns that nothing can reach. The last pixel paints from (H-1)·stride on, "
                "h rows: that makes (H-1)·stride + h.",
                "Le résultat a des lignes et des colonnes que rien n’atteint. Le dernier pixel peint à partir de "
                "(H-1)·stride, sur h lignes : cela fait (H-1)·stride + h.",
            ),
        ),
        Mistake("square only", (_square_only,), SQUARE_ONLY),
    ),
    right=((_by_painting,), (_by_all_loops,), (_by_weights,), (_by_spreading,)),
    picture=difference,
)
