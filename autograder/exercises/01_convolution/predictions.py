"""What lesson 01 asks to work out by hand: seven values, and two rows of a Sobel filter."""

import numpy as np

import cnnlib
from autograder.checking.words import Text
from autograder.exercises._predictions import prediction

from .edge_kernels import prewitt, sobel

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

seven_values = prediction(
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

sobel_rows = prediction(
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
