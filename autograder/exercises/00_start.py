"""What lesson 00 accepts: one warm-up, to see how a check speaks."""

import numpy as np

from autograder.checking.cases import case, random_numbers, sizes, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

VERSION = 1


def _double(x):
    return 2 * x


def _plus_two(x):
    return x + 2


def _square(x):
    return x**2


def _in_place(x):
    x *= 2
    return x


def _twice_over(x):
    return np.concatenate([x, x])


double = Exercise(
    name="double",
    reference=(_double,),
    parts=(
        Part(
            Text("doubles every value", "double chaque valeur"),
            (
                Stage(sizes(1, 4).flatmap(lambda n: case(x=whole_numbers(n)))),
                Stage(sizes(1, 30).flatmap(lambda n: case(x=random_numbers(n, strided=True)))),
            ),
        ),
    ),
    mistakes=(
        Mistake(
            "adds two",
            (_plus_two,),
            Text(
                "It adds 2 instead of multiplying by 2. The two agree on 2, which is why one example proves little.",
                "Elle ajoute 2 au lieu de multiplier par 2. Pour 2, les deux donnent 4 : un exemple ne prouve rien.",
            ),
        ),
        Mistake(
            "squares",
            (_square,),
            Text(
                "It squares instead of doubling: `x**2` is x times x, `2*x` is x plus x.",
                "Elle met au carré au lieu de doubler : `x**2` est x fois x, `2*x` est x plus x.",
            ),
        ),
        Mistake(
            "changes x",
            (_in_place,),
            Text(
                "`x *= 2` writes into the array it was given. Build a new one: `return 2 * x`.",
                "`x *= 2` écrit dans le tableau reçu. Créez-en un nouveau : `return 2 * x`.",
            ),
        ),
        Mistake(
            "repeats",
            (_twice_over,),
            Text(
                "It gives the array twice. Doubling is for a list; `2 * x` on an array doubles each value.",
                "Elle donne le tableau deux fois de suite. Avec une liste, `2 * x` fait cela ; "
                "avec un tableau, il double chaque valeur.",
            ),
        ),
    ),
    right=(
        (lambda x: x + x,),
        (lambda x: np.array([value * 2 for value in x]),),
        (lambda x: np.multiply(x, np.float32(2)),),
    ),
    picture=difference,
)

EXERCISES = (double,)
