"""conv_layer_backward: all three gradients of a convolution layer, with stride, padding and channels."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.cases import whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text

from ._shared import (
    ASSIGNS,
    READY_MADE,
    SQUARE_ONLY,
    any_numbers,
    difference_of_one,
    in_a_tuple,
    one_of_several,
    windows,
)

NAMES = ("dx", "dw", "db")


@st.composite
def _cases(draw, most, kernel, spare, numbers, single=False):
    """Windows that overlap or leave gaps, pixels left over; with `single`, one image, channel and kernel."""
    N, C, K = (1 if single else draw(st.integers(1, largest)) for largest in (2, most, most))
    h, w = draw(st.integers(1, kernel)), draw(st.integers(1, kernel))
    stride, padding = draw(st.integers(1, 3)), draw(st.integers(0, 2))
    H, W = (max(size - 2 * padding, 1) + draw(st.integers(0, spare)) for size in (h, w))
    oh, ow = ((n + 2 * padding - size) // stride + 1 for n, size in ((H, h), (W, w)))
    return {
        "dy": draw(numbers((N, K, oh, ow))),
        "x": draw(numbers((N, C, H, W))),
        "w": draw(numbers((K, C, h, w))),
        "stride": stride,
        "padding": padding,
    }


def _stages(single, several, large):
    """Cases of each sort, as many as told: fewer where less can go wrong."""
    return (
        Stage(_cases(1, 2, 3, whole_numbers, single=True), single, 10),
        Stage(_cases(2, 2, 2, whole_numbers), several, 6),
        Stage(_cases(3, 4, 6, any_numbers), large, 6),
    )


def _framed(x, padding):
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def _cropped(dpadded, x, padding):
    H, W = x.shape[2:]
    return dpadded[:, :, padding : padding + H, padding : padding + W].copy()


def _reference(dy, x, w, stride, padding):
    b = np.zeros(len(w), dtype=w.dtype)
    return cnnlib.conv2d_backward(dy, cnnlib.conv2d_forward(x, w, b, stride=stride, padding=padding)[1])


def _by_places(dy, x, w, stride, padding):
    padded = _framed(x, padding)
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    h, t = w.shape[2:]
    for r, s in np.ndindex(dy.shape[2:]):
        window = np.s_[:, :, r * stride : r * stride + h, s * stride : s * stride + t]
        dpadded[window] += np.tensordot(dy[:, :, r, s], w, axes=1)
        dw += np.tensordot(dy[:, :, r, s], padded[window], axes=(0, 0))
    return _cropped(dpadded, x, padding), dw, dy.sum(axis=(0, 2, 3))


def _by_all_loops(dy, x, w, stride, padding):
    padded = _framed(x, padding)
    dpadded, dw, db = np.zeros(padded.shape), np.zeros(w.shape), np.zeros(len(w))
    h, t = w.shape[2:]
    for n, k, r, s in np.ndindex(dy.shape):
        rows, columns = slice(r * stride, r * stride + h), slice(s * stride, s * stride + t)
        db[k] += dy[n, k, r, s]
        dw[k] += dy[n, k, r, s] * padded[n, :, rows, columns]
        dpadded[n, :, rows, columns] += dy[n, k, r, s] * w[k]
    return [_cropped(dpadded, x, padding), dw, db]


def _by_weights(dy, x, w, stride, padding):
    padded = _framed(x, padding)
    dpadded, dw = np.zeros(padded.shape, dtype=np.float32), np.zeros(w.shape)
    oh, ow = dy.shape[2:]
    for u, v in np.ndindex(w.shape[2:]):
        met = np.s_[:, :, u : u + stride * (oh - 1) + 1 : stride, v : v + stride * (ow - 1) + 1 : stride]
        dpadded[met] += np.einsum("nkrs,kc->ncrs", dy, w[:, :, u, v])
        dw[:, :, u, v] = np.einsum("nkrs,ncrs->kc", dy, padded[met])
    return _cropped(dpadded, x, padding), dw, np.einsum("nkrs->k", dy)


def _by_spreading(dy, x, w, stride, padding):
    """A convolution with stride 1 whose upstream gradient is zero at the places left out."""
    padded, (h, t) = _framed(x, padding), w.shape[2:]
    H, W = padded.shape[2:]
    spread = np.zeros((*dy.shape[:2], H - h + 1, W - t + 1))
    spread[:, :, ::stride, ::stride][:, :, : dy.shape[2], : dy.shape[3]] = dy
    dw = np.einsum("nkrs,ncrsuv->kcuv", spread, windows(padded, (h, t)))
    around = np.pad(spread, ((0, 0), (0, 0), (h - 1, h - 1), (t - 1, t - 1)))
    dpadded = np.einsum("nkrsuv,kcuv->ncrs", windows(around, (h, t)), w[:, :, ::-1, ::-1])
    return _cropped(dpadded, x, padding), dw, dy.sum((0, 2, 3))


def _stride_ignored(dy, x, w, stride, padding):
    return _by_places(dy, x, w, 1, padding)


def _not_cropped(dy, x, w, stride, padding):
    dpadded, dw, db = _by_places(dy, _framed(x, padding), w, stride, 0)
    return dpadded, dw, db


def _cropped_at_the_end(dy, x, w, stride, padding):
    dpadded, dw, db = _not_cropped(dy, x, w, stride, padding)
    return dpadded[:, :, : x.shape[2], : x.shape[3]].copy(), dw, db


def _assigns(dy, x, w, stride, padding):
    dpadded = np.zeros(_framed(x, padding).shape)
    h, t = w.shape[2:]
    for r, s in np.ndindex(dy.shape[2:]):
        window = np.s_[:, :, r * stride : r * stride + h, s * stride : s * stride + t]
        dpadded[window] = np.tensordot(dy[:, :, r, s], w, axes=1)
    return _cropped(dpadded, x, padding), *_by_places(dy, x, w, stride, padding)[1:]


def _square_only(dy, x, w, stride, padding):
    padded = _framed(x, padding)
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    h, t = w.shape[2:]
    for r in range(dy.shape[2]):
        for s in range(dy.shape[2]):
            window = np.s_[:, :, r * stride : r * stride + h, s * stride : s * stride + t]
            dpadded[window] += np.tensordot(dy[:, :, r, s], w, axes=1)
            dw += np.tensordot(dy[:, :, r, s], padded[window], axes=(0, 0))
    return _cropped(dpadded, x, padding), dw, dy.sum(axis=(0, 2, 3))


def _unused_dropped(dy, x, w, stride, padding):
    """As large as the windows reach, not as x."""
    reach = [(n - 1) * stride + size for n, size in zip(dy.shape[2:], w.shape[2:], strict=True)]
    dpadded, dw, db = _not_cropped(dy, x, w, stride, padding)
    dpadded = dpadded[:, :, : reach[0], : reach[1]]
    end = [size - padding for size in reach]
    return dpadded[:, :, padding : end[0], padding : end[1]].copy(), dw, db


def _turned(dy, x, w, stride, padding):
    return _by_places(dy, x, w[:, :, ::-1, ::-1], stride, padding)[0], *_by_places(dy, x, w, stride, padding)[1:]


def _averaged(dy, x, w, stride, padding):
    dx, dw, db = _by_places(dy, x, w, stride, padding)
    return dx, dw / len(x), db / len(x)


def _last_image(dy, x, w, stride, padding):
    dx, _, _ = _by_places(dy, x, w, stride, padding)
    return dx, *_by_places(dy[-1:], x[-1:], w, stride, padding)[1:]


def _bias_for_each_image(dy, x, w, stride, padding):
    return *_by_places(dy, x, w, stride, padding)[:2], dy.sum(axis=(2, 3))


def _one_bias(dy, x, w, stride, padding):
    return *_by_places(dy, x, w, stride, padding)[:2], np.full(len(w), dy.sum())


conv_layer_backward = Exercise(
    name="conv_layer_backward",
    reference=(_reference,),
    parts=(
        Part(Text("dx, of the images", "dx, des images"), _stages(18, 8, 6), 2, one_of_several(NAMES, 0)),
        Part(Text("dw, of the kernels", "dw, des noyaux"), _stages(10, 8, 4), 2, one_of_several(NAMES, 1)),
        Part(Text("db, of the biases", "db, des biais"), _stages(4, 8, 2), 1, one_of_several(NAMES, 2)),
    ),
    rule=READY_MADE,
    properties=in_a_tuple(NAMES),
    mistakes=(
        Mistake(
            "stride ignored",
            (_stride_ignored,),
            Text(
                "The windows move by one place, whatever the stride. Output (r, s) saw the window that begins at row "
                "r·stride and column s·stride of the padded image: that is where its gradient belongs.",
                "Les fenêtres avancent d’une place, quel que soit le pas. La sortie (r, s) a vu la fenêtre qui "
                "commence à la ligne r·stride et à la colonne s·stride de l’image remplie : "
                "c’est là que va son gradient.",
            ),
        ),
        Mistake(
            "padding not cropped",
            (_not_cropped,),
            Text(
                "dx still has the padding around it. Nobody asked for the gradient of those zeros: cut them off.",
                "dx porte encore le remplissage autour de lui. Personne ne veut le gradient de ces zéros : "
                "découpez-les.",
            ),
        ),
        Mistake(
            "cropped at the end",
            (_cropped_at_the_end,),
            Text(
                "dx has the right size, but the wrong part of it was kept: the padding also stands above and on the "
                "left, so the image begins at row and column `padding`.",
                "dx a la bonne taille, mais ce n’est pas la bonne partie : le remplissage est aussi en haut et à "
                "gauche, l’image commence donc à la ligne et à la colonne `padding`.",
            ),
        ),
        Mistake("assigns", (_assigns,), ASSIGNS),
        Mistake("square only", (_square_only,), SQUARE_ONLY),
        Mistake(
            "unused pixels dropped",
            (_unused_dropped,),
            Text(
                "dx ends where the last window ends. If the stride leaves pixels over, they count in no output: "
                "their gradient is zero, but they are there. dx is as large as x.",
                "dx s’arrête où finit la dernière fenêtre. Si le pas laisse des pixels de côté, ils ne comptent dans "
                "aucune sortie : leur gradient est nul, mais ils sont là. dx a la taille de x.",
            ),
        ),
        Mistake(
            "turned in dx",
            (_turned,),
            Text(
                "The kernels lie the wrong way round in dx. Output by output, the window gets dy times the kernel "
                "as it stands; it is turned around only where a full correlation runs over dy.",
                "Dans dx, les noyaux sont dans le mauvais sens. Sortie par sortie, la fenêtre reçoit dy fois le noyau "
                "tel quel ; on ne le retourne que dans une corrélation complète sur dy.",
            ),
        ),
        Mistake(
            "averaged over the batch",
            (_averaged,),
            Text(
                "dw and db are divided by the number of images. If the loss is a mean, dy has been divided already.",
                "dw et db sont divisés par le nombre d’images. Si la perte est une moyenne, dy a déjà été divisé.",
            ),
        ),
        Mistake(
            "last image only",
            (_last_image,),
            Text(
                "dw and db hold what came from the last image only: each image overwrites what the others left. "
                "The weights served all of them.",
                "dw et db ne contiennent que ce qui vient de la dernière image : chaque image écrase ce que les "
                "autres ont laissé. Les poids ont servi à toutes.",
            ),
        ),
        Mistake(
            "a bias for each image",
            (_bias_for_each_image,),
            Text(
                "db has a row for each image. The bias of kernel k was added at every place of its map in every "
                "image: sum over all three axes.",
                "db a une ligne par image. Le biais du noyau k s’est ajouté à chaque place de sa carte, dans chaque "
                "image : sommez sur ces trois axes.",
            ),
        ),
        Mistake(
            "one bias for all",
            (_one_bias,),
            Text(
                "All biases get the same gradient. Kernel k's bias counts in map k only.",
                "Tous les biais reçoivent le même gradient. Le biais du noyau k ne compte que dans la carte k.",
            ),
        ),
    ),
    right=((_by_places,), (_by_all_loops,), (_by_weights,), (_by_spreading,)),
    picture=difference_of_one,
)
