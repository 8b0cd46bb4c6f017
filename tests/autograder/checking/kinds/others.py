"""Predictions, and code to repair."""

import numpy as np

from autograder.checking.cases import case, fixed, sizes, whole_numbers
from autograder.checking.compare import Close
from autograder.checking.exercise import Exercise, predicted
from tests.autograder.checking.kinds._kind import Kind, mistake, part

PREDICTION = Kind(
    Exercise(
        "a prediction",
        (np.array([9.0, 7.0, 1.0]),),
        (part(fixed({}), examples=1),),
        (mistake("is flipped", np.array([1.0, 7.0, 9.0])), mistake("is one short", np.array([9.0, 7.0]))),
        (([9, 7, 1],), ((9, 7.0, 1),)),
        observe=predicted,
        compare=Close(loose=True),
        hide_expected=True,
    ),
    ([9, 7, 2],),
)


def pool_backward(dy, size):
    return np.repeat(dy, size) / size


def still_broken(dy, size):
    return np.repeat(dy, size)


def half_repaired(dy, size):
    return np.tile(dy, size) / size


REPAIR = Kind(
    Exercise(
        "code to repair",
        (pool_backward,),
        (part(sizes(1, 3).flatmap(lambda n: case(dy=whole_numbers(n), size=sizes(1, 3)))),),
        (mistake("is as it was", still_broken), mistake("tiles", half_repaired)),
        ((lambda dy, size: np.kron(dy, np.ones(size)) / size,),),
    ),
    (lambda dy, size: dy,),
)

KINDS = (PREDICTION, REPAIR)
