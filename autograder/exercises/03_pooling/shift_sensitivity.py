"""shift_sensitivity: how much a black box notices that the image has moved by one pixel."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.cases import whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.values import Function
from autograder.checking.words import Text


def _pooled(forward, size, stride):
    return lambda image: forward(np.asarray(image, dtype=float)[None, None], size, stride=stride)[0][0, 0]


BOXES = {
    "x": lambda image: np.array(image, dtype=float),
    "max 2x2": _pooled(cnnlib.max_pool2d_forward, 2, 2),
    "mean 2x2": _pooled(cnnlib.avg_pool2d_forward, 2, 2),
    "max 3x3": _pooled(cnnlib.max_pool2d_forward, 3, 1),
    "mean of all": lambda image: np.array([np.mean(image)]),
}


@st.composite
def _images(draw, side):
    """An image of positive pixels, rarely square."""
    shape = draw(st.integers(3, side)), draw(st.integers(3, side))
    return {"f": draw(st.sampled_from(tuple(BOXES))), "image": draw(whole_numbers(shape, 1, 9))}


def _sensitivity(answer, case):
    return answer(Function(BOXES[case["f"]]), case["image"])


def moved(image, down, right):
    """The image moved by so many pixels; zeros come in."""
    H, W = image.shape
    padded = np.pad(image, ((abs(down), abs(down)), (abs(right), abs(right))))
    return padded[abs(down) - down : abs(down) - down + H, abs(right) - right : abs(right) - right + W]


FOUR = ((1, 0), (-1, 0), (0, 1), (0, -1))


def _mean_change(f, image, moves=FOUR, move=moved, norm=np.linalg.norm):
    answer = np.asarray(f(image))
    return float(np.mean([norm(f(move(image, *by)) - answer) / norm(answer) for by in moves]))


def _by_slices(f, image):
    still, changes = f(image), []
    for axis in (0, 1):
        for side in (0, -1):
            turned = np.roll(image, 1 if side == 0 else -1, axis=axis)
            edge = [slice(None), slice(None)]
            edge[axis] = side
            turned[tuple(edge)] = 0
            changes.append(np.sqrt(np.sum((f(turned) - still) ** 2)) / np.sqrt(np.sum(still**2)))
    return sum(changes) / 4


def _by_matrices(f, image):
    H, W = image.shape
    still = f(image)
    images = [np.eye(H, k=-1) @ image, np.eye(H, k=1) @ image, image @ np.eye(W, k=-1), image @ np.eye(W, k=1)]
    changes = [np.linalg.norm(f(one) - still) for one in images]
    return np.mean(changes) / np.linalg.norm(still)


def _rolled(image, down, right):
    return np.roll(image, (down, right), axis=(0, 1))


def _wraps(f, image):
    return _mean_change(f, image, move=_rolled)


def _repeats_the_edge(f, image):
    H, W = image.shape
    return _mean_change(
        f, image, move=lambda image, down, right: np.pad(image, 1, mode="edge")[1 - down :, 1 - right :][:H, :W]
    )


def _not_relative(f, image):
    still = np.asarray(f(image))
    return float(np.mean([np.linalg.norm(f(moved(image, *by)) - still) for by in FOUR]))


def _squared(f, image):
    return _mean_change(f, image, norm=lambda a: float(np.sum(np.square(a))))


def _absolute(f, image):
    return _mean_change(f, image, norm=lambda a: float(np.abs(a).sum()))


def _to_the_right(f, image):
    return _mean_change(f, image, moves=FOUR[2:3])


def _summed(f, image):
    return 4 * _mean_change(f, image)


def _moves_the_answer(f, image):
    still = np.asarray(f(image), dtype=float)
    plane = still.reshape(1, -1) if still.ndim == 1 else still
    return float(np.mean([np.linalg.norm(moved(plane, *by) - plane) for by in FOUR]) / np.linalg.norm(plane))


def _signed(f, image):
    return _mean_change(f, image, norm=lambda a: float(np.sum(a)))


shift_sensitivity = Exercise(
    name="shift_sensitivity",
    reference=(_mean_change,),
    parts=(
        Part(
            Text("the mean relative change", "la variation relative moyenne"),
            (Stage(_images(4), 30, 12), Stage(_images(8), 15)),
        ),
    ),
    observe=_sensitivity,
    mistakes=(
        Mistake(
            "wraps around",
            (_wraps,),
            Text(
                "What leaves the image on one side comes in on the other: `np.roll` does this. Here zeros come in.",
                "Ce qui sort de l’image d’un côté rentre de l’autre : c’est ce que fait `np.roll`. "
                "Ici, ce sont des zéros qui entrent.",
            ),
        ),
        Mistake(
            "repeats the edge",
            (_repeats_the_edge,),
            Text(
                "The row or column that the image leaves behind is filled with its own edge. Here zeros come in.",
                "La ligne ou la colonne que l’image laisse vide est remplie par son propre bord. "
                "Ici, ce sont des zéros qui entrent.",
            ),
        ),
        Mistake(
            "not relative",
            (_not_relative,),
            Text(
                "The change is not divided by the norm of f(image), "
                "so a function with large answers would seem more sensitive.",
                "La variation n’est pas divisée par la norme de f(image) : "
                "une fonction aux grandes réponses paraîtrait plus sensible.",
            ),
        ),
        Mistake(
            "squared",
            (_squared,),
            Text(
                "These are sums of squares. A norm is the square root of such a sum.",
                "Ce sont des sommes de carrés. Une norme est la racine carrée d’une telle somme.",
            ),
        ),
        Mistake(
            "sums of magnitudes",
            (_absolute,),
            Text(
                "This adds up magnitudes. The norm asked for is the root of the sum of squares.",
                "Ici, on additionne des valeurs absolues. La norme demandée est la racine de la somme des carrés.",
            ),
        ),
        Mistake(
            "to the right only",
            (_to_the_right,),
            Text(
                "The image moves to the right only. Take the mean over the four directions.",
                "L’image ne bouge que vers la droite. Prenez la moyenne sur les quatre directions.",
            ),
        ),
        Mistake(
            "summed over directions",
            (_summed,),
            Text(
                "The four directions are added up. Take their mean.",
                "Les quatre directions sont additionnées. Prenez leur moyenne.",
            ),
        ),
        Mistake(
            "moves the answer",
            (_moves_the_answer,),
            Text(
                "It is the answer that moves, not the image. The question is what f makes of an image that has moved.",
                "C’est la réponse qui bouge, non l’image. La question est ce que f fait d’une image décalée.",
            ),
        ),
        Mistake(
            "changes cancel",
            (_signed,),
            Text(
                "Positive and negative changes cancel. Square them before adding them up.",
                "Les variations positives et négatives se compensent. Élevez-les au carré avant de les additionner.",
            ),
        ),
    ),
    right=((_by_slices,), (_by_matrices,), (_mean_change,)),
)
