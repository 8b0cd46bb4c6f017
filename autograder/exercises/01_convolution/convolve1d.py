"""convolve1d: the true convolution, with its kernel turned around."""

import numpy as np

import cnnlib
from autograder.checking.exercise import Exercise, Mistake, Part
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import EVERY_WINDOW, ONE_DIMENSION, READY_MADE, correlate_by_windows


def _by_flip(x, k):
    return correlate_by_windows(x, k[::-1])


def _by_indices(x, k):
    m = len(k)
    return np.array([sum(x[i + m - 1 - j] * k[j] for j in range(m)) for i in range(len(x) - m + 1)])


def _by_flipping_both(x, k):
    return correlate_by_windows(x[::-1], k)[::-1].copy()


def _flips_x(x, k):
    return correlate_by_windows(x[::-1], k)


def _full(x, k):
    return correlate_by_windows(np.pad(x, len(k) - 1), k[::-1])


def _sorted(x, k):
    return correlate_by_windows(x, np.sort(k)[::-1])


def _turns_k_in_place(x, k):
    k[:] = k[::-1].copy()
    return correlate_by_windows(x, k)


convolve1d = Exercise(
    name="convolve1d",
    reference=(cnnlib.convolve1d,),
    parts=(Part(EVERY_WINDOW, ONE_DIMENSION),),
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "not flipped",
            (correlate_by_windows,),
            Text(
                "This is cross-correlation. A true convolution runs through the kernel backwards: "
                "its last value meets the first of the window.",
                "C’est la corrélation croisée. Une vraie convolution parcourt le noyau à l’envers : "
                "sa dernière valeur rencontre la première de la fenêtre.",
            ),
        ),
        Mistake(
            "flips x",
            (_flips_x,),
            Text(
                "The signal is turned around instead of the kernel, so the results come out in the wrong order.",
                "C’est le signal qui est retourné au lieu du noyau : les résultats sortent dans le mauvais ordre.",
            ),
        ),
        Mistake(
            "full",
            (_full,),
            Text(
                "Windows that stick out of the signal are counted too, which is numpy's default. "
                "Here only whole windows count.",
                "Les fenêtres qui dépassent du signal sont comptées aussi, comme numpy le fait par défaut. "
                "Ici, seules les fenêtres entières comptent.",
            ),
        ),
        Mistake(
            "sorts",
            (_sorted,),
            Text(
                "The kernel is sorted downwards, not turned around: the two agree only on a kernel that rises.",
                "Le noyau est trié par ordre décroissant, non retourné : les deux ne coïncident "
                "que pour un noyau croissant.",
            ),
        ),
        Mistake(
            "turns k in place",
            (_turns_k_in_place,),
            Text(
                "The caller's kernel is turned around for good. `k[::-1]` reads it backwards and leaves it alone.",
                "Le noyau de l’appelant est retourné pour de bon. `k[::-1]` le lit à l’envers sans le modifier.",
            ),
        ),
    ),
    right=((_by_flip,), (_by_indices,), (_by_flipping_both,)),
    picture=difference,
)
