"""conv2d and conv2d_fast: cross-correlation of an image, with loops and without."""

import numpy as np

import cnnlib
from autograder.checking.exercise import Exercise, Mistake, Part
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import EVERY_WINDOW, READY_MADE, TWO_DIMENSIONS


def _by_loops(x, k):
    (H, W), (h, w) = x.shape, k.shape
    y = np.zeros((H - h + 1, W - w + 1))
    for r in range(y.shape[0]):
        for s in range(y.shape[1]):
            y[r, s] = (x[r : r + h, s : s + w] * k).sum()
    return y


def _by_four_loops(x, k):
    (H, W), (h, w) = x.shape, k.shape
    y = [[0.0] * (W - w + 1) for _ in range(H - h + 1)]
    for r in range(H - h + 1):
        for s in range(W - w + 1):
            for u in range(h):
                for v in range(w):
                    y[r][s] += float(x[r + u, s + v] * k[u, v])
    return np.array(y)


def _by_windows(x, k):
    return np.einsum("rsuv,uv->rs", np.lib.stride_tricks.sliding_window_view(x, k.shape), k)


def _by_offsets(x, k):
    (H, W), (h, w) = x.shape, k.shape
    y = np.zeros((H - h + 1, W - w + 1))
    for u in range(h):
        for v in range(w):
            y += k[u, v] * x[u : u + H - h + 1, v : v + W - w + 1]
    return y


def _by_tensordot(x, k):
    windows = np.lib.stride_tricks.sliding_window_view(x.astype(np.float32), k.shape)
    return np.tensordot(windows, k.astype(np.float32), axes=([2, 3], [0, 1]))


def _by_strides(x, k):
    (H, W), (h, w) = x.shape, k.shape
    windows = np.lib.stride_tricks.as_strided(x, (H - h + 1, W - w + 1, h, w), x.strides + x.strides)
    return (windows * k).sum(axis=(2, 3))


def _transposed_kernel(x, k):
    return _by_offsets(x, k.T)


def _swapped(x, k):
    (H, W), (h, w) = x.shape, k.shape
    y = np.zeros((W - w + 1, H - h + 1))
    for r in range(y.shape[0]):
        for s in range(y.shape[1]):
            y[r, s] = (x[s : s + h, r : r + w] * k).sum()
    return y


def _square_only(x, k):
    (H, _), (h, _) = x.shape, k.shape
    y = np.zeros((H - h + 1, H - h + 1))
    for r in range(H - h + 1):
        for s in range(H - h + 1):
            y[r, s] = (x[r : r + h, s : s + h] * k).sum()
    return y


def _flipped(x, k):
    return _by_offsets(x, k[::-1, ::-1])


def _flipped_sideways(x, k):
    return _by_offsets(x, k[:, ::-1])


def _one_short(x, k):
    return _by_offsets(x, k)[:-1, :-1]


def _full(x, k):
    h, w = k.shape
    return _by_offsets(np.pad(x, ((h - 1, h - 1), (w - 1, w - 1))), k)


TRANSPOSED_KERNEL = Text(
    "The kernel is transposed: its rows meet the columns of the image. k[u, v] goes with x[r+u, s+v].",
    "Le noyau est transposé : ses lignes rencontrent les colonnes de l’image. k[u, v] va avec x[r+u, s+v].",
)
FLIPPED_TWICE = Text(
    "The kernel is turned around in both directions: a true convolution. Here cross-correlation is asked.",
    "Le noyau est retourné dans les deux sens : c’est une vraie convolution. On demande ici la corrélation croisée.",
)
WINDOWS_MISSING = Text(
    "The last row and the last column of windows are missing: there are H-h+1 by W-w+1 places.",
    "Il manque la dernière ligne et la dernière colonne de fenêtres : il y a H-h+1 places sur W-w+1.",
)

conv2d = Exercise(
    name="conv2d",
    reference=(cnnlib.correlate2d,),
    parts=(Part(EVERY_WINDOW, TWO_DIMENSIONS),),
    rule=READY_MADE,
    mistakes=(
        Mistake("transposed kernel", (_transposed_kernel,), TRANSPOSED_KERNEL),
        Mistake(
            "H and W swapped",
            (_swapped,),
            Text(
                "Rows and columns of the result are swapped. The first index runs down, over H-h+1 rows; "
                "the second runs right, over W-w+1 columns.",
                "Les lignes et les colonnes du résultat sont échangées. Le premier indice descend, sur H-h+1 lignes ; "
                "le second va vers la droite, sur W-w+1 colonnes.",
            ),
        ),
        Mistake(
            "square only",
            (_square_only,),
            Text(
                "Only one side is measured and used for both. Images and kernels need not be square: "
                "take H, W and h, w from their shapes.",
                "Un seul côté est mesuré et sert pour les deux. Ni les images ni les noyaux ne sont forcément carrés : "
                "prenez H, W et h, w dans leur forme.",
            ),
        ),
        Mistake("flipped", (_flipped,), FLIPPED_TWICE),
        Mistake(
            "flipped sideways",
            (_flipped_sideways,),
            Text(
                "The kernel is mirrored from left to right. Here it is used as it stands.",
                "Le noyau est inversé de gauche à droite. Il s’emploie ici tel quel.",
            ),
        ),
        Mistake("windows missing", (_one_short,), WINDOWS_MISSING),
    ),
    right=((_by_loops,), (_by_four_loops,), (_by_windows,), (_by_offsets,)),
    picture=difference,
)


def _values_and_effort(answer, case):
    """The values, and whether four times the pixels cost more executed lines."""
    x, k = case["x"], case["k"]
    small = answer.outcome(x, k, count_lines=True)
    large = answer.outcome(np.tile(x, (2, 2)), k, count_lines=True)
    return {"values": small.value, "more lines for more pixels": large.lines > small.lines}


def _difference_of_values(got, expected, language):
    return difference(got["values"], expected["values"], language)


conv2d_fast = Exercise(
    name="conv2d_fast",
    reference=(_by_windows,),
    parts=(Part(EVERY_WINDOW, TWO_DIMENSIONS),),
    observe=_values_and_effort,
    properties={
        "more lines for more pixels": Text(
            "with four times the pixels, Python runs more lines of your code",
            "avec quatre fois plus de pixels, Python exécute plus de lignes de votre code",
        )
    },
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "loops over pixels",
            (_by_loops,),
            Text(
                "The values are right, but a larger image takes more Python steps: something loops over pixels. "
                "Loop over the kernel, or over nothing, and let numpy go through the image.",
                "Les valeurs sont justes, mais une plus grande image demande plus d’étapes à Python : quelque chose "
                "boucle sur les pixels. Bouclez sur le noyau, ou sur rien, et laissez numpy parcourir l’image.",
            ),
        ),
        Mistake("transposed kernel", (_transposed_kernel,), TRANSPOSED_KERNEL),
        Mistake("flipped", (_flipped,), FLIPPED_TWICE),
        Mistake("windows missing", (_one_short,), WINDOWS_MISSING),
        Mistake(
            "full",
            (_full,),
            Text(
                "Windows that stick out of the image are counted too. Here only whole windows count.",
                "Les fenêtres qui dépassent de l’image sont comptées aussi. "
                "Ici, seules les fenêtres entières comptent.",
            ),
        ),
    ),
    right=((_by_windows,), (_by_offsets,), (_by_tensordot,), (_by_strides,)),
    picture=_difference_of_values,
)
