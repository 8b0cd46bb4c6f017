"""im2col and col2im: windows as the columns of a matrix, and that turned back, which adds up."""

import numpy as np
from hypothesis import strategies as st

from autograder.checking.cases import whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import ASSIGNS, READY_MADE, SQUARE_ONLY, any_numbers, windows

CHANNELS_LAST = Text(
    "Within a column the channels vary fastest. The order is that of the kernels (C, h, w): "
    "all of channel 0 row by row, then all of channel 1.",
    "Dans une colonne, les canaux varient le plus vite. L’ordre est celui des noyaux (C, h, w) : "
    "tout le canal 0 ligne par ligne, puis tout le canal 1.",
)
WINDOWS_DOWN = Text(
    "The windows are numbered down the columns of the image first. Number them in reading order: along a row, "
    "then along the next.",
    "Les fenêtres sont numérotées d’abord vers le bas. Numérotez-les dans l’ordre de lecture : le long d’une ligne, "
    "puis de la suivante.",
)
KERNEL_DOWN = Text(
    "Within a window the values go down first. Take them in reading order, row by row, as `window.ravel()` does.",
    "Dans une fenêtre, les valeurs vont d’abord vers le bas. Prenez-les dans l’ordre de lecture, ligne par ligne, "
    "comme le fait `window.ravel()`.",
)
STRIDE_IGNORED = Text(
    "The windows move by one place, whatever the stride.",
    "Les fenêtres avancent d’une place, quel que soit le pas.",
)


@st.composite
def _geometries(draw, side, spare):
    N, C = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    h, w = draw(st.integers(1, side)), draw(st.integers(1, side))
    H, W = h + draw(st.integers(0, spare)), w + draw(st.integers(0, spare))
    return (N, C, H, W), (h, w), draw(st.integers(1, 3))


@st.composite
def _images(draw, side, spare, numbers):
    shape, size, stride = draw(_geometries(side, spare))
    return {"x": draw(numbers(shape)), "size": size, "stride": stride}


@st.composite
def _matrices(draw, side, spare, numbers):
    shape, size, stride = draw(_geometries(side, spare))
    (N, C, H, W), (h, w) = shape, size
    count = ((H - h) // stride + 1) * ((W - w) // stride + 1)
    return {"columns": draw(numbers((N, C * h * w, count))), "shape": shape, "size": size, "stride": stride}


def _arranged(x, size, stride, axes):
    """The windows with their axes (N, C, oh, ow, h, w) in another order, as a matrix for each image."""
    seen = windows(x, size, stride)
    (N, C, oh, ow), (h, w) = seen.shape[:4], size
    return seen.transpose(axes).reshape(N, C * h * w, oh * ow)


def _by_windows(x, size, stride):
    return _arranged(x, size, stride, (0, 1, 4, 5, 2, 3))


def _by_places(x, size, stride):
    (N, _, H, W), (h, w) = x.shape, size
    columns = []
    for top in range(0, H - h + 1, stride):
        for left in range(0, W - w + 1, stride):
            columns.append(x[:, :, top : top + h, left : left + w].reshape(N, -1))
    return np.stack(columns, axis=2)


def _by_weights(x, size, stride):
    (N, C, H, W), (h, w) = x.shape, size
    oh, ow = (H - h) // stride + 1, (W - w) // stride + 1
    columns = np.zeros((N, C, h, w, oh, ow), dtype=np.float32)
    for u, v in np.ndindex(h, w):
        columns[:, :, u, v] = x[:, :, u : u + stride * oh : stride, v : v + stride * ow : stride][:, :, :oh, :ow]
    return columns.reshape(N, C * h * w, oh * ow)


def _columns_as_rows(x, size, stride):
    return _by_windows(x, size, stride).swapaxes(1, 2).copy()


def _channels_last(x, size, stride):
    return _arranged(x, size, stride, (0, 4, 5, 1, 2, 3))


def _windows_down(x, size, stride):
    return _arranged(x, size, stride, (0, 1, 4, 5, 3, 2))


def _kernel_down(x, size, stride):
    return _arranged(x, size, stride, (0, 1, 5, 4, 2, 3))


def _only_reshaped(x, size, stride):
    return _arranged(x, size, stride, (0, 1, 2, 3, 4, 5))


def _without_stride(x, size, stride):
    return _by_windows(x, size, 1)


def _square_images(x, size, stride):
    return _by_windows(x, (size[0], size[0]), stride)


im2col = Exercise(
    name="im2col",
    reference=(_by_windows,),
    parts=(
        Part(
            Text("every window as a column", "chaque fenêtre en colonne"),
            (Stage(_images(2, 2, whole_numbers), 35, 12), Stage(_images(4, 5, any_numbers), 20)),
        ),
    ),
    rule=READY_MADE,
    may_share=True,  # where windows are single pixels, a reshaped x is right
    mistakes=(
        Mistake(
            "windows as rows",
            (_columns_as_rows,),
            Text(
                "Each window has become a row. Here it is a column, so that the matrix of kernels stands on the left "
                "of the product.",
                "Chaque fenêtre est devenue une ligne. Ici c’est une colonne, pour que la matrice des noyaux soit à "
                "gauche dans le produit.",
            ),
        ),
        Mistake(
            "only reshaped",
            (_only_reshaped,),
            Text(
                "The shape is right, but the values are scrambled: `reshape` reads on in the old order. "
                "Bring the axes into their order first, with `transpose`.",
                "La forme est bonne, mais les valeurs sont mélangées : `reshape` continue à lire dans l’ancien ordre. "
                "Mettez d’abord les axes dans l’ordre, avec `transpose`.",
            ),
        ),
        Mistake("channels last", (_channels_last,), CHANNELS_LAST),
        Mistake("windows down first", (_windows_down,), WINDOWS_DOWN),
        Mistake("values down first", (_kernel_down,), KERNEL_DOWN),
        Mistake("stride ignored", (_without_stride,), STRIDE_IGNORED),
        Mistake("square only", (_square_images,), SQUARE_ONLY),
    ),
    right=((_by_windows,), (_by_places,), (_by_weights,)),
    picture=difference,
)


def _blocks(columns, shape, size, stride):
    """columns as (N, C, h, w, oh, ow)."""
    (N, C, H, W), (h, w) = shape, size
    return columns.reshape(N, C, h, w, (H - h) // stride + 1, (W - w) // stride + 1)


def _added(blocks, shape, stride, keep=True):
    x = np.zeros(shape)
    h, w, oh, ow = blocks.shape[2:]
    for r, s in np.ndindex(oh, ow):
        window = np.s_[:, :, r * stride : r * stride + h, s * stride : s * stride + w]
        x[window] = (x[window] if keep else 0) + blocks[..., r, s]
    return x


def _back(columns, shape, size, stride):
    return _added(_blocks(columns, shape, size, stride), shape, stride)


def _back_by_weights(columns, shape, size, stride):
    blocks = _blocks(columns, shape, size, stride)
    x = np.zeros(shape, dtype=np.float32)
    h, w, oh, ow = blocks.shape[2:]
    for u, v in np.ndindex(h, w):
        met = np.s_[:, :, u : u + stride * (oh - 1) + 1 : stride, v : v + stride * (ow - 1) + 1 : stride]
        x[met] += blocks[:, :, u, v]
    return x


def _back_by_add_at(columns, shape, size, stride):
    N, C, H, W = shape
    places = _by_windows(np.arange(C * H * W, dtype=float).reshape(1, C, H, W), size, stride)[0].astype(int)
    x = np.zeros((N, C * H * W))
    for image, values in zip(x, columns, strict=True):
        np.add.at(image, places.ravel(), values.ravel())
    return x.reshape(shape)


def _back_by_loops(columns, shape, size, stride):
    (_, C, _, W), (h, w) = shape, size
    x = np.zeros(shape)
    ow = (W - w) // stride + 1
    for n, row, column in np.ndindex(columns.shape):
        (c, u, v), (r, s) = np.unravel_index(row, (C, h, w)), divmod(column, ow)
        x[n, c, r * stride + u, s * stride + v] += columns[n, row, column]
    return x


def _overwritten(columns, shape, size, stride):
    return _added(_blocks(columns, shape, size, stride), shape, stride, keep=False)


def _averaged(columns, shape, size, stride):
    return _back(columns, shape, size, stride) / np.maximum(_back(np.ones(columns.shape), shape, size, stride), 1)


def _unused_dropped(columns, shape, size, stride):
    blocks = _blocks(columns, shape, size, stride)
    h, w, oh, ow = blocks.shape[2:]
    return _back(columns, shape, size, stride)[:, :, : (oh - 1) * stride + h, : (ow - 1) * stride + w].copy()


def _read_channels_last(columns, shape, size, stride):
    (N, C, _, _), (h, w) = shape, size
    oh, ow = _blocks(columns, shape, size, stride).shape[4:]
    return _added(columns.reshape(N, h, w, C, oh, ow).transpose(0, 3, 1, 2, 4, 5), shape, stride)


def _read_down(columns, shape, size, stride):
    (N, C, _, _), (h, w) = shape, size
    oh, ow = _blocks(columns, shape, size, stride).shape[4:]
    return _added(columns.reshape(N, C, h, w, ow, oh).swapaxes(4, 5), shape, stride)


def _back_without_stride(columns, shape, size, stride):
    return _added(_blocks(columns, shape, size, stride), shape, 1)


col2im = Exercise(
    name="col2im",
    reference=(_back,),
    parts=(
        Part(
            Text("every column back in its window", "chaque colonne à sa place"),
            (Stage(_matrices(2, 2, whole_numbers), 35, 12), Stage(_matrices(4, 5, any_numbers), 20)),
        ),
    ),
    rule=READY_MADE,
    mistakes=(
        Mistake("overlap not summed", (_overwritten,), ASSIGNS),
        Mistake(
            "overlap averaged",
            (_averaged,),
            Text(
                "Where windows overlap, you take the mean. That would undo im2col; "
                "as its backward pass, col2im adds up.",
                "Là où des fenêtres se chevauchent, vous prenez la moyenne. Cela défait im2col ; "
                "comme passe arrière, col2im additionne.",
            ),
        ),
        Mistake(
            "unused pixels dropped",
            (_unused_dropped,),
            Text(
                "The result ends where the last window ends. Pixels that no window saw are zero, "
                "but they belong to the image: give back the whole `shape`.",
                "Le résultat s’arrête où finit la dernière fenêtre. Les pixels qu’aucune fenêtre n’a vus sont nuls, "
                "mais ils font partie de l’image : rendez la forme `shape` entière.",
            ),
        ),
        Mistake("channels last", (_read_channels_last,), CHANNELS_LAST),
        Mistake("windows down first", (_read_down,), WINDOWS_DOWN),
        Mistake("stride ignored", (_back_without_stride,), STRIDE_IGNORED),
    ),
    right=((_back,), (_back_by_weights,), (_back_by_add_at,), (_back_by_loops,)),
    picture=difference,
)
