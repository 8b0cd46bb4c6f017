"""One prediction and one exercise."""

import numpy as np

from autograder.checking.cases import case, sizes, whole_numbers
from autograder.checking.compare import Close
from autograder.checking.exercise import Exercise, Mistake, Part, Stage, predicted
from autograder.checking.words import Text

VERSION = 1


def mistake(name, wrong):
    return Mistake(name, (wrong,), Text(f"It {name}.", f"Elle fait : {name}."))


twice = Exercise(
    name="twice",
    reference=(lambda x: 2 * x,),
    parts=(Part(Text("doubles", "double"), (Stage(sizes(1, 3).flatmap(lambda n: case(x=whole_numbers(n))), 10),)),),
    mistakes=(
        mistake("adds two", lambda x: x + 2),
        mistake("squares", lambda x: x**2),
        mistake("repeats", lambda x: np.concatenate([x, x])),
    ),
    right=((lambda x: x + x,), (lambda x: x * 2.0,), (lambda x: np.array([v + v for v in x]),)),
)
seven = Exercise(
    name="seven",
    reference=(7,),
    parts=(Part(Text("the number", "le nombre"), (Stage(case(), 1, 1),)),),
    observe=predicted,
    compare=Close(loose=True),
    hide_expected=True,
    mistakes=(mistake("is eight", 8), mistake("is twelve", 12), mistake("is one", 1)),
    fewer_right="there is one seven",
)
EXERCISES = (seven, twice)
