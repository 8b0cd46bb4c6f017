"""conv1d: cross-correlation in one dimension."""

import numpy as np

import cnnlib
from autograder.checking.exercise import Exercise, Mistake, Part
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import EVERY_WINDOW, ONE_DIMENSION, READY_MADE, correlate_by_windows


def _by_loops(x, k):
    y = np.zeros(len(x) - len(k) + 1)
    for i in range(len(y)):
        for j in range(len(k)):
            y[i] += x[i + j] * k[j]
    return y


def _by_offsets(x, k):
    size = len(x) - len(k) + 1
    return sum(k[j] * x[j : j + size] for j in range(len(k)))


def _in_float32(x, k):
    x, k = x.astype(np.float32), k.astype(np.float32)
    return np.array([np.dot(x[i : i + len(k)], k) for i in range(len(x) - len(k) + 1)])


def _flipped(x, k):
    return correlate_by_windows(x, k[::-1])


def _one_short(x, k):
    return _by_loops(x, k)[:-1]


def _full(x, k):
    return correlate_by_windows(np.pad(x, len(k) - 1), k)


def _same(x, k):
    return correlate_by_windows(np.pad(x, (len(k) // 2, len(k) - 1 - len(k) // 2)), k)


def _truncated(x, k):
    return _by_loops(x, k).astype(int)


def _changing_x(x, k):
    y = _by_loops(x, k)
    x[: len(y)] = y
    return y


def _not_summed(x, k):
    return np.array([x[i] * k[i % len(k)] for i in range(len(x) - len(k) + 1)])


conv1d = Exercise(
    name="conv1d",
    reference=(cnnlib.correlate1d,),
    parts=(Part(EVERY_WINDOW, ONE_DIMENSION),),
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "flipped kernel",
            (_flipped,),
            Text(
                "The kernel is turned around. The formula of this exercise multiplies k[0] with the first value "
                "of the window: that is cross-correlation. Turning k around comes in the next exercise.",
                "Le noyau est retourné. La formule de cet exercice multiplie k[0] par la première valeur de la "
                "fenêtre : c’est la corrélation croisée. Le retournement vient à l’exercice suivant.",
            ),
        ),
        Mistake(
            "one value short",
            (_one_short,),
            Text(
                "The last window is missing. Of n values, windows of m start at 0, 1, …, n-m: "
                "that is n-m+1 places, not n-m.",
                "Il manque la dernière fenêtre. Sur n valeurs, les fenêtres de m commencent en 0, 1, …, n-m : "
                "cela fait n-m+1 places, et non n-m.",
            ),
        ),
        Mistake(
            "full",
            (_full,),
            Text(
                "Windows that stick out of the signal are counted too, as if zeros stood around it. "
                "Here only whole windows count.",
                "Les fenêtres qui dépassent du signal sont comptées aussi, comme s’il était entouré de zéros. "
                "Ici, seules les fenêtres entières comptent.",
            ),
        ),
        Mistake(
            "same size",
            (_same,),
            Text(
                "The result is as long as x, so zeros were added around it. Without them it has n-m+1 values.",
                "Le résultat est aussi long que x : des zéros ont été ajoutés autour. Sans eux, il a n-m+1 valeurs.",
            ),
        ),
        Mistake(
            "integer truncation",
            (_truncated,),
            Text(
                "The decimals are lost. An array made with dtype=int, or np.zeros_like of a whole-number array, "
                "cuts off what is written into it.",
                "Les décimales sont perdues. Un tableau créé avec dtype=int, ou par np.zeros_like d’un tableau "
                "d’entiers, tronque ce qu’on y écrit.",
            ),
        ),
        Mistake(
            "changes x",
            (_changing_x,),
            Text(
                "The results are written into x. Whoever called the function still needs it: "
                "write them into a new array.",
                "Les résultats sont écrits dans x, dont le code appelant a encore besoin : "
                "écrivez-les dans un nouveau tableau.",
            ),
        ),
        Mistake(
            "products not summed",
            (_not_summed,),
            Text(
                "Each output is one product. It is the sum of all products of a window with the kernel.",
                "Chaque sortie n’est qu’un seul produit. Il faut la somme de tous les produits "
                "entre la fenêtre et le noyau.",
            ),
        ),
    ),
    right=((_by_loops,), (correlate_by_windows,), (_by_offsets,), (_in_float32,)),
    picture=difference,
)
