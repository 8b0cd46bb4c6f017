"""zero_pad: a frame of zeros around each image."""

import numpy as np
from hypothesis import strategies as st

from autograder.checking.cases import random_numbers, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import DTYPES, READY_MADE


@st.composite
def _batches(draw, most, side, numbers):
    shape = tuple(draw(st.integers(1, largest)) for largest in (2, 2, side, side))
    widths = st.integers(0, most)
    return {"x": draw(numbers(shape)), "p": ((draw(widths), draw(widths)), (draw(widths), draw(widths)))}


def _random(shape):
    return random_numbers(shape, dtypes=DTYPES, strided=True)


def _by_numpy(x, p):
    return np.pad(x, ((0, 0), (0, 0), *p))


def _by_writing(x, p):
    (top, bottom), (left, right) = p
    N, C, H, W = x.shape
    y = np.zeros((N, C, top + H + bottom, left + W + right))
    y[:, :, top : top + H, left : left + W] = x
    return y


def _by_joining(x, p):
    (top, bottom), (left, right) = p
    N, C, H, W = x.shape
    x = np.concatenate([np.zeros((N, C, top, W)), x, np.zeros((N, C, bottom, W))], axis=2)
    H = x.shape[2]
    return np.concatenate([np.zeros((N, C, H, left)), x, np.zeros((N, C, H, right))], axis=3)


def _by_loops(x, p):
    return np.stack([np.stack([np.pad(channel, p) for channel in image]) for image in x])


def _first_axes(x, p):
    return np.pad(x, (*p, (0, 0), (0, 0)))


def _all_axes(x, p):
    return np.pad(x, (*p, *p))


def _other_side(x, p):
    return np.pad(x, ((0, 0), (0, 0), p[0][::-1], p[1][::-1]))


def _swapped(x, p):
    return np.pad(x, ((0, 0), (0, 0), p[1], p[0]))


def _even_sides(x, p):
    (top, _), (left, _) = p
    return np.pad(x, ((0, 0), (0, 0), (top, top), (left, left)))


def _negative_slice(x, p):
    (top, bottom), (left, right) = p
    N, C, H, W = x.shape
    y = np.zeros((N, C, top + H + bottom, left + W + right))
    y[:, :, top:-bottom, left:-right] = x
    return y


def _edge(x, p):
    return np.pad(x, ((0, 0), (0, 0), *p), mode="edge")


zero_pad = Exercise(
    name="zero_pad",
    reference=(_by_numpy,),
    parts=(
        Part(
            Text("the frame of every image", "le cadre de chaque image"),
            (Stage(_batches(2, 2, whole_numbers), 40, 12), Stage(_batches(4, 6, _random), 20)),
        ),
    ),
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "pads images and channels",
            (_first_axes,),
            Text(
                "The zeros went to the first two axes: there are more images and more channels now. "
                "Rows and columns are the last two.",
                "Les zéros sont allés aux deux premiers axes : il y a maintenant plus d’images et plus de canaux. "
                "Les lignes et les colonnes sont les deux derniers.",
            ),
        ),
        Mistake(
            "pads every axis",
            (_all_axes,),
            Text(
                "Every axis is padded, images and channels too. Only rows and columns get zeros.",
                "Tous les axes sont remplis, y compris ceux des images et des canaux. "
                "Seules les lignes et les colonnes reçoivent des zéros.",
            ),
        ),
        Mistake(
            "wrong side",
            (_other_side,),
            Text(
                "The sides are swapped: top and bottom, left and right. It shows as soon as they differ.",
                "Les côtés sont échangés : haut et bas, gauche et droite. Cela se voit dès qu’ils diffèrent.",
            ),
        ),
        Mistake(
            "rows and columns swapped",
            (_swapped,),
            Text(
                "Rows and columns are swapped. The first pair is for top and bottom, the second for left and right.",
                "Les lignes et les colonnes sont échangées. La première paire vaut pour le haut et le bas, "
                "la seconde pour la gauche et la droite.",
            ),
        ),
        Mistake(
            "both sides alike",
            (_even_sides,),
            Text(
                "Both sides get the same width. Here each side has its own.",
                "Les deux côtés reçoivent la même largeur. Ici, chaque côté a la sienne.",
            ),
        ),
        Mistake(
            "slice to minus zero",
            (_negative_slice,),
            Text(
                "A side without zeros breaks it: `top:-0` is empty, because -0 is 0. "
                "Count the end of the slice from its start.",
                "Un côté sans zéros la met en panne : `top:-0` est vide, puisque -0 vaut 0. "
                "Comptez la fin de la tranche à partir de son début.",
            ),
        ),
        Mistake(
            "repeats the border",
            (_edge,),
            Text(
                "The frame repeats the pixels of the border. Here it is made of zeros.",
                "Le cadre répète les pixels du bord. Ici, il est fait de zéros.",
            ),
        ),
    ),
    right=((_by_numpy,), (_by_writing,), (_by_joining,), (_by_loops,)),
    picture=difference,
)
