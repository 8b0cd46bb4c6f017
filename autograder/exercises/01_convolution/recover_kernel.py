"""recover_kernel: what is inside a black box that correlates."""

import numpy as np

import cnnlib
from autograder.checking.cases import case, random_numbers, sizes, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.values import Function
from autograder.checking.words import Text
from autograder.exercises._pictures import difference


def _box(kernel):
    return Function(lambda image: cnnlib.correlate2d(np.asarray(image, dtype=float), kernel))


def _recovered(answer, case):
    return answer(_box(case["kernel"]), case["kernel"].shape)


def _by_one_impulse(black_box, size):
    h, w = size
    image = np.zeros((2 * h - 1, 2 * w - 1))
    image[h - 1, w - 1] = 1
    return black_box(image)[::-1, ::-1].copy()


def _by_impulse_each(black_box, size):
    kernel = np.zeros(size)
    for u in range(size[0]):
        for v in range(size[1]):
            image = np.zeros(size)
            image[u, v] = 1
            kernel[u, v] = black_box(image)[0, 0]
    return kernel


def _by_large_impulse(black_box, size):
    h, w = size
    image = np.zeros((3 * h, 3 * w), dtype=np.float32)
    image[h, w] = 10
    return np.flip(black_box(image)[1 : h + 1, 1 : w + 1]) / np.float32(10)


def _still_flipped(black_box, size):
    return _by_one_impulse(black_box, size)[::-1, ::-1]


def _by_constant(black_box, size):
    return np.full(size, black_box(np.ones(size))[0, 0] / np.prod(size))


def _transposed(black_box, size):
    return _by_one_impulse(black_box, size).T.copy()


recover_kernel = Exercise(
    name="recover_kernel",
    reference=(_by_one_impulse,),
    parts=(
        Part(
            Text("the kernel inside the box", "le noyau dans la boîte"),
            (
                Stage(
                    sizes(1, 3).flatmap(lambda h: sizes(1, 3).flatmap(lambda w: case(kernel=whole_numbers((h, w))))), 15
                ),
                Stage(
                    sizes(2, 7).flatmap(lambda h: sizes(2, 7).flatmap(lambda w: case(kernel=random_numbers((h, w))))),
                    15,
                ),
            ),
        ),
    ),
    observe=_recovered,
    mistakes=(
        Mistake(
            "still flipped",
            (_still_flipped,),
            Text(
                "The kernel comes out turned around: a cross-correlation prints its kernel backwards on an impulse. "
                "Turn it back.",
                "Le noyau sort retourné : à une impulsion, une corrélation croisée répond par son noyau à l’envers. "
                "Retournez-le.",
            ),
        ),
        Mistake(
            "by a constant image",
            (_by_constant,),
            Text(
                "A constant image tells the sum of the kernel only. A single bright pixel tells each value.",
                "Une image constante ne donne que la somme du noyau. Un seul pixel clair donne chacune de ses valeurs.",
            ),
        ),
        Mistake(
            "transposed",
            (_transposed,),
            Text(
                "Rows and columns of the kernel are swapped.",
                "Les lignes et les colonnes du noyau sont échangées.",
            ),
        ),
    ),
    right=((_by_one_impulse,), (_by_impulse_each,), (_by_large_impulse,)),
    picture=difference,
)
