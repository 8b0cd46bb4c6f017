"""conv3d: kernels that cover several frames of a clip, slid over time, height and width."""

import numpy as np
from hypothesis import strategies as st

from autograder.checking.cases import random_numbers, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Rule, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference


@st.composite
def _clips(draw, most, kernel, spare, numbers):
    """A clip (C, T, H, W) and kernels (K, C, t, h, w) that fit in it at least once."""
    C, K = draw(st.integers(1, most)), draw(st.integers(1, most))
    size = [draw(st.integers(1, kernel)) for _ in range(3)]
    room = [side + draw(st.integers(0, spare)) for side in size]
    return {"x": draw(numbers((C, *room))), "w": draw(numbers((K, C, *size)))}


def _random(shape):
    return random_numbers(shape, dtypes=(np.float64, np.float32), strided=True)


def _reference(x, w):
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(1, 2, 3))
    return np.einsum("ctrsabd,kcabd->ktrs", windows, w)


def _by_places(x, w):
    (_, T, H, W), (K, _, t, h, v) = x.shape, w.shape
    y = np.zeros((K, T - t + 1, H - h + 1, W - v + 1))
    for i, r, s in np.ndindex(y.shape[1:]):
        window = x[:, i : i + t, r : r + h, s : s + v]
        y[:, i, r, s] = (w * window).sum(axis=(1, 2, 3, 4))
    return y


def _by_offsets(x, w):
    t, h, v = w.shape[2:]
    T, H, W = (side - size + 1 for side, size in zip(x.shape[1:], (t, h, v), strict=True))
    return sum(
        np.tensordot(w[:, :, a, b, d], x[:, a : a + T, b : b + H, d : d + W], axes=1) for a, b, d in np.ndindex(t, h, v)
    )


def _by_frames(x, w):
    t = w.shape[2]
    frames = []
    for i in range(x.shape[1] - t + 1):
        windows = np.lib.stride_tricks.sliding_window_view(x[:, i : i + t], w.shape[3:], axis=(2, 3))
        frames.append(np.einsum("carsbd,kcabd->krs", windows, w))
    return np.stack(frames, axis=1)


def _backwards(x, w):
    return _reference(x, w[:, :, ::-1])


def _flipped(x, w):
    return _reference(x, w[:, :, ::-1, ::-1, ::-1])


def _first_channel(x, w):
    return _reference(x[:1], w[:, :1])


def _frame_by_frame(x, w):
    return _reference(x, w[:, :, :1])


def _frozen(x, w):
    return _reference(x, w.sum(axis=2, keepdims=True))


def _swapped(x, w):
    return _reference(x, w.swapaxes(2, 3)) if w.shape[2] <= x.shape[2] and w.shape[3] <= x.shape[1] else x[:0]


def _one_short(x, w):
    return _reference(x, w)[:, :-1]


def _mean(x, w):
    return _reference(x, w) / len(x)


conv3d = Exercise(
    name="conv3d",
    reference=(_reference,),
    parts=(
        Part(
            Text("the maps of a clip", "les cartes d’un clip"),
            (Stage(_clips(2, 2, 2, whole_numbers), 30, 12), Stage(_clips(3, 3, 4, _random), 20)),
        ),
    ),
    rule=Rule(calls=("scipy.signal", "scipy.ndimage", "torch", "skimage", "cnnlib")),
    mistakes=(
        Mistake(
            "backwards in time",
            (_backwards,),
            Text(
                "The kernel runs backwards in time: its first frame meets the last of the window. What moves left "
                "then looks like what moves right.",
                "Le noyau remonte le temps : sa première image rencontre la dernière de la fenêtre. Ce qui va vers "
                "la gauche a alors l’air d’aller vers la droite.",
            ),
        ),
        Mistake(
            "flipped",
            (_flipped,),
            Text(
                "The kernel is turned around along all three axes: a true convolution. Here it is used as it stands.",
                "Le noyau est retourné sur les trois axes : c’est une vraie convolution. Ici, on l’emploie tel quel.",
            ),
        ),
        Mistake(
            "channels not summed",
            (_first_channel,),
            Text(
                "Only the first channel counts. A kernel looks at all channels, and adds up over all of them.",
                "Seul le premier canal compte. Un noyau regarde tous les canaux, et additionne sur tous.",
            ),
        ),
        Mistake(
            "mean over channels",
            (_mean,),
            Text(
                "The channels are averaged. A kernel adds up over them.",
                "Les canaux sont moyennés. Un noyau additionne sur tous.",
            ),
        ),
        Mistake(
            "frame by frame",
            (_frame_by_frame,),
            Text(
                "Only the first frame of the kernel is used, on each frame of the clip by itself: a 2-D convolution. "
                "A window covers t frames at once.",
                "Seule la première image du noyau sert, sur chaque image du clip prise seule : c’est une convolution "
                "2D. Une fenêtre couvre t images à la fois.",
            ),
        ),
        Mistake(
            "the same for all frames",
            (_frozen,),
            Text(
                "The frames of the kernel are added up first and laid on a single frame. Each frame of the kernel "
                "belongs to its own frame of the window.",
                "Les images du noyau sont d’abord additionnées, puis posées sur une seule image. Chaque image du "
                "noyau va avec sa propre image de la fenêtre.",
            ),
        ),
        Mistake(
            "depth and height swapped",
            (_swapped,),
            Text(
                "Time and height of the kernel are swapped. Its axes are kernel, channel, time, row, column.",
                "Le temps et la hauteur du noyau sont échangés. Ses axes : noyau, canal, temps, ligne, colonne.",
            ),
        ),
        Mistake(
            "one frame short",
            (_one_short,),
            Text(
                "The last frame of the result is missing: there are T − t + 1.",
                "Il manque la dernière image du résultat : il y en a T − t + 1.",
            ),
        ),
    ),
    right=((_by_places,), (_by_offsets,), (_by_frames,)),
    picture=difference,
)
