"""The predictions: values worked out by hand, which a check compares and never shows."""

import numpy as np

import cnnlib
from autograder.checking.cases import fixed
from autograder.checking.compare import Close
from autograder.checking.exercise import Exercise, Mistake, Part, Stage, predicted
from autograder.checking.words import Text

from .edge_kernels import prewitt, sobel


def _prediction(name, title, values, mistakes):
    """Values worked out by hand: an Exercise that compares them and never shows the right ones."""
    return Exercise(
        name=name,
        reference=(np.array(values),),
        parts=(Part(title, (Stage(fixed({}), 1, 1),)),),
        observe=predicted,
        compare=Close(loose=True),
        hide_expected=True,
        mistakes=tuple(Mistake(mistake, (np.array(wrong),), says) for mistake, wrong, says in mistakes),
        fewer_right="a prediction has one right value",
    )


SIGNAL = np.array([1.0, 4, -1, 0, 2, -2, 1, 3, 3, 1])
KERNEL = np.array([1.0, 2, 0, -1])
IMAGE = np.array(
    [
        [207.0, 210, 195, 63, 57, 56, 59],
        [204, 212, 197, 82, 76, 74, 75],
        [202, 198, 202, 72, 65, 67, 63],
        [209, 201, 187, 78, 69, 71, 64],
    ]
)
VERTICAL = sobel()["vertical"]

seven_values = _prediction(
    "seven_values",
    Text("the seven values", "les sept valeurs"),
    cnnlib.correlate1d(SIGNAL, KERNEL),
    (
        (
            "stride 2",
            cnnlib.correlate1d(SIGNAL, KERNEL)[::2],
            Text(
                "The window moved two places at a time. It moves one: (10-4)/1+1 = 7 values.",
                "La fenêtre a avancé de deux places à la fois. Elle avance d’une : (10-4)/1+1 = 7 valeurs.",
            ),
        ),
        (
            "flipped",
            cnnlib.convolve1d(SIGNAL, KERNEL),
            Text(
                "These are the values of the true convolution, with the kernel turned around.",
                "Ce sont les valeurs de la vraie convolution, avec le noyau retourné.",
            ),
        ),
        (
            "full",
            np.correlate(SIGNAL, KERNEL, "full"),
            Text(
                "These include windows that stick out of the signal. Only whole windows count: seven of them.",
                "Certaines de ces valeurs viennent de fenêtres qui dépassent du signal. "
                "Seules les fenêtres entières comptent : il y en a sept.",
            ),
        ),
    ),
)

sobel_rows = _prediction(
    "sobel_rows",
    Text("the two rows", "les deux lignes"),
    cnnlib.correlate2d(IMAGE, VERTICAL),
    (
        (
            "flipped",
            cnnlib.convolve2d(IMAGE, VERTICAL),
            Text(
                "All signs are turned: the filter was turned around. "
                "Its left column is subtracted, its right one added.",
                "Tous les signes sont inversés : le filtre a été retourné. "
                "Sa colonne de gauche se soustrait, celle de droite s’ajoute.",
            ),
        ),
        (
            "transposed",
            cnnlib.correlate2d(IMAGE, VERTICAL.T),
            Text(
                "These are the values of the horizontal Sobel filter: rows and columns of the filter are swapped.",
                "Ce sont les valeurs du filtre de Sobel horizontal : ses lignes et ses colonnes sont échangées.",
            ),
        ),
        (
            "Prewitt",
            cnnlib.correlate2d(IMAGE, prewitt()["vertical"]),
            Text(
                "The middle row counts twice in this filter: -2 0 2, not -1 0 1.",
                "La ligne du milieu compte double dans ce filtre : -2 0 2, et non -1 0 1.",
            ),
        ),
    ),
)
