"""output_size: how many windows fit along an axis."""

import math

from hypothesis import strategies as st

import cnnlib
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text

from ._shared import READY_MADE, exactly


@st.composite
def _axes(draw, most, room):
    """An axis on which at least one window fits."""
    kernel, stride = draw(st.integers(1, most)), draw(st.integers(1, 4))
    padding, dilation = draw(st.integers(0, 3)), draw(st.integers(1, 3))
    least = max(dilation * (kernel - 1) + 1 - 2 * padding, 1)
    n = draw(st.integers(least, least + room))
    return {"n": n, "kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}


def _reference(n, kernel, stride, padding, dilation):
    return cnnlib.output_size(n, kernel, stride=stride, padding=padding, dilation=dilation)


def _room(n, kernel, padding, dilation):
    return n + 2 * padding - dilation * (kernel - 1) - 1


def _by_formula(n, kernel, stride, padding, dilation):
    return _room(n, kernel, padding, dilation) // stride + 1


def _by_starts(n, kernel, stride, padding, dilation):
    span = dilation * (kernel - 1) + 1
    return len(range(0, n + 2 * padding - span + 1, stride))


def _by_walking(n, kernel, stride, padding, dilation):
    count, last = 0, dilation * (kernel - 1)
    while last < n + 2 * padding:
        count, last = count + 1, last + stride
    return count


def _by_floor(n, kernel, stride, padding, dilation):
    return math.floor(_room(n, kernel, padding, dilation) / stride + 1)


def _ceil(n, kernel, stride, padding, dilation):
    return math.ceil(_room(n, kernel, padding, dilation) / stride) + 1


def _rounds(n, kernel, stride, padding, dilation):
    return round(_room(n, kernel, padding, dilation) / stride + 1)


def _fraction(n, kernel, stride, padding, dilation):
    return _room(n, kernel, padding, dilation) / stride + 1


def _without_dilation(n, kernel, stride, padding, dilation):
    return _by_formula(n, kernel, stride, padding, 1)


def _wide_dilation(n, kernel, stride, padding, dilation):
    return (n + 2 * padding - dilation * kernel) // stride + 1


def _padding_once(n, kernel, stride, padding, dilation):
    return (n + padding - dilation * (kernel - 1) - 1) // stride + 1


def _one_short(n, kernel, stride, padding, dilation):
    return _by_formula(n, kernel, stride, padding, dilation) - 1


output_size = Exercise(
    name="output_size",
    reference=(_reference,),
    parts=(
        Part(
            Text("sizes, with stride, padding and dilation", "des tailles, avec pas, remplissage et dilatation"),
            (Stage(_axes(4, 6), 40, 25), Stage(_axes(11, 300), 30, 15)),
        ),
    ),
    compare=exactly,
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "rounds up",
            (_ceil,),
            Text(
                "Rounded up. That counts a last window which sticks out at the end; only whole windows count.",
                "Arrondi vers le haut : cela compte une dernière fenêtre qui dépasse à la fin. "
                "Seules les fenêtres entières comptent.",
            ),
        ),
        Mistake(
            "rounds to the nearest",
            (_rounds,),
            Text(
                "Rounded to the nearest. Sometimes that counts a window which sticks out: what does not fit is left.",
                "Arrondi au plus proche : cela compte parfois une fenêtre qui dépasse. Ce qui ne tient pas est laissé.",
            ),
        ),
        Mistake(
            "a fraction",
            (_fraction,),
            Text(
                "`/` gives a float, and a fraction where the stride does not divide. A number of windows is whole.",
                "`/` donne un float, et même une fraction là où le pas ne tombe pas juste. "
                "Un nombre de fenêtres est entier.",
            ),
        ),
        Mistake(
            "forgets dilation",
            (_without_dilation,),
            Text(
                "The dilation has no effect. A dilated kernel covers more: count from its first value to its last.",
                "La dilatation est sans effet. Un noyau dilaté couvre davantage : comptez de sa première valeur "
                "à sa dernière.",
            ),
        ),
        Mistake(
            "dilation times kernel",
            (_wide_dilation,),
            Text(
                "The dilated kernel is taken for too long. There are gaps between its values, but none after the last.",
                "Le noyau dilaté est compté trop long. Il y a des trous entre ses valeurs, mais pas après la dernière.",
            ),
        ),
        Mistake(
            "padding once",
            (_padding_once,),
            Text(
                "The padding is counted once. Zeros stand at both ends.",
                "Le remplissage n’est compté qu’une fois. Il y a des zéros aux deux bouts.",
            ),
        ),
        Mistake(
            "one short",
            (_one_short,),
            Text(
                "One window is missing: the first one, which needs no step.",
                "Il manque une fenêtre : la première, celle qui ne demande aucun pas.",
            ),
        ),
    ),
    right=((_by_formula,), (_by_starts,), (_by_walking,), (_by_floor,)),
)
