"""derivative: the slopes of the ten functions, away from their kinks."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.cases import whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import OVERFLOWS, READY_MADE, any_numbers, no_zero
from .activation import ALPHA, ALPHAS, NAMES, SCALE, cases, near_zero, table
from .activation import RIGHT as FUNCTIONS

KINKED = ("heaviside", "relu", "leaky_relu", "elu", "selu")  # where 0 is not asked for


def _sigmoid(x):
    return FUNCTIONS["sigmoid"](x, None)


RIGHT = {
    "identity": lambda x, alpha: np.ones(x.shape),
    "heaviside": lambda x, alpha: np.zeros(x.shape),
    "sigmoid": lambda x, alpha: _sigmoid(x) * (1 - _sigmoid(x)),
    "tanh": lambda x, alpha: 1 - np.tanh(x) ** 2,
    "arctan": lambda x, alpha: 1 / (1 + x**2),
    "relu": lambda x, alpha: (x > 0) * 1.0,
    "leaky_relu": lambda x, alpha: np.where(x > 0, 1.0, alpha),
    "elu": lambda x, alpha: np.where(x > 0, 1.0, alpha * np.exp(x)),
    "selu": lambda x, alpha: SCALE * np.where(x > 0, 1.0, ALPHA * np.exp(x)),
    "softsign": lambda x, alpha: 1 / (1 + np.abs(x)) ** 2,
}


def _reference(name, x, alpha):
    forward, backward = getattr(cnnlib, f"{name}_forward"), getattr(cnnlib, f"{name}_backward")
    _, cache = forward(x, alpha) if name in ALPHAS else forward(x)
    return backward(np.ones(x.shape), cache)


def _from_values(name, x, alpha):
    """Wherever it can be, from the value of the function."""
    y = table(FUNCTIONS)(name, x, alpha)
    if name in ("identity", "heaviside"):
        return np.full_like(x, name == "identity")
    if name == "sigmoid":
        return y - y**2
    if name == "tanh":
        return (1 - y) * (1 + y)
    if name == "arctan":
        return np.cos(y) ** 2
    if name == "softsign":
        return (1 - np.abs(y)) ** 2
    left = {"relu": 0.0, "leaky_relu": alpha, "elu": y + alpha, "selu": y + SCALE * ALPHA}[name]
    return np.where(x < 0, left, SCALE if name == "selu" else 1.0)


def _by_formulas(name, x, alpha):
    x = x.astype(np.float64)
    one = np.ones_like(x)
    low = np.exp(np.minimum(x, 0))
    slopes = {
        "identity": one,
        "heaviside": 0 * one,
        "sigmoid": np.exp(-abs(x)) / (1 + np.exp(-abs(x))) ** 2,
        "tanh": 1 / np.cosh(np.clip(x, -300, 300)) ** 2,
        "arctan": 1 / (x * x + 1),
        "relu": np.heaviside(x, 0),
        "leaky_relu": np.where(x < 0, alpha, one),
        "elu": np.where(x < 0, alpha * low, one),
        "selu": SCALE * np.where(x < 0, ALPHA * low, one),
        "softsign": np.power(1 + np.abs(x), -2.0),
    }
    return slopes[name]


def _by_numbers(name, x, alpha):
    values = [float(_by_formulas(name, np.array(value), alpha)) for value in x.ravel()]
    return np.array(values).reshape(x.shape)


def _mistake(name, says, **own):
    return Mistake(name, (table(RIGHT, **own),), says)


derivative = Exercise(
    name="derivative",
    reference=(_reference,),
    parts=tuple(
        Part(
            Text(f"the slope of {name}", f"la pente de {name}"),
            (
                Stage(cases(name, no_zero if name in KINKED else whole_numbers), 8, 5),
                Stage(cases(name, near_zero, st.just((3, 5))), 4, 2),
                Stage(cases(name, any_numbers), 6, 6),
            ),
        )
        for name in NAMES
    ),
    rule=READY_MADE,
    mistakes=(
        _mistake(
            "one number for all",
            Text(
                "The slope of the identity is 1, but one for each number in x: an array of ones, in the shape of x.",
                "La pente de l’identité vaut 1, mais il en faut une pour chaque nombre de x : "
                "un tableau de uns, de la forme de x.",
            ),
            identity=lambda x, alpha: 1,
        ),
        _mistake(
            "the function itself",
            Text(
                "This is the function again, not its slope. The line y = x rises by 1 for every 1 to the right.",
                "C’est la fonction elle-même, pas sa pente. La droite y = x monte de 1 à chaque pas de 1 vers la "
                "droite.",
            ),
            identity=lambda x, alpha: x + 0.0,
        ),
        _mistake(
            "the step itself",
            Text(
                "This is the step again, not its slope. On both sides of 0 the step is flat.",
                "C’est la marche elle-même, pas sa pente. De part et d’autre de 0, la marche est plate.",
            ),
            heaviside=lambda x, alpha: (x >= 0) * 1.0,
        ),
        _mistake(
            "formula in y, used with x",
            Text(
                "y (1 - y) and 1 - y² are formulas in y, the value of the function, and here x has been put into them. "
                "Work out the value first.",
                "y (1 - y) et 1 - y² sont des formules en y, la valeur de la fonction, et c’est x qui y a été mis. "
                "Calculez d’abord cette valeur.",
            ),
            sigmoid=lambda x, alpha: x * (1 - x),
            tanh=lambda x, alpha: 1 - x**2,
        ),
        _mistake(
            "slope of the sigmoid overflows",
            OVERFLOWS,
            sigmoid=lambda x, alpha: np.exp(-x) / (1 + np.exp(-x)) ** 2,
        ),
        _mistake(
            "slope of the sigmoid negative",
            Text(
                "The slope of the sigmoid comes out negative, though it rises everywhere: a sign is lost in y (1 - y).",
                "La pente de la sigmoïde ressort négative, alors qu’elle monte partout : "
                "un signe s’est perdu dans y (1 - y).",
            ),
            sigmoid=lambda x, alpha: _sigmoid(x) * (_sigmoid(x) - 1),
        ),
        _mistake(
            "tanh without its square",
            Text(
                "This is 1 - y, for tanh. The square is missing: 1 - y², which is the same at x and at -x.",
                "C’est 1 - y, pour tanh. Il manque le carré : 1 - y², qui vaut la même chose en x et en -x.",
            ),
            tanh=lambda x, alpha: 1 - np.tanh(x),
        ),
        _mistake(
            "arc tangent without its square",
            Text(
                "This is 1/(1 + x), which is not even defined at -1. The x is squared: 1/(1 + x²).",
                "C’est 1/(1 + x), qui n’est même pas défini en -1. Le x est au carré : 1/(1 + x²).",
            ),
            arctan=lambda x, alpha: 1 / (1 + x),
        ),
        _mistake(
            "formula in x, used with y",
            Text(
                "1/(1 + x²) is a formula in x, and here the value of the arc tangent has been put into it.",
                "1/(1 + x²) est une formule en x, et c’est la valeur de l’arc tangente qui y a été mise.",
            ),
            arctan=lambda x, alpha: 1 / (1 + np.arctan(x) ** 2),
        ),
        _mistake(
            "ReLU as printed",
            Text(
                "This is the ReLU’s slope as one of the sources prints it: 1 at x = 0, and 0 everywhere else. "
                "Look at the curve: where does it rise?",
                "C’est la pente de la ReLU telle qu’une des sources l’imprime : 1 en x = 0, et 0 partout ailleurs. "
                "Regardez la courbe : où monte-t-elle ?",
            ),
            relu=lambda x, alpha: (x == 0) * 1.0,
        ),
        _mistake(
            "the ReLU itself",
            Text(
                "This is the ReLU again, not its slope. To the right of 0 it rises by 1 for every 1, wherever you "
                "stand.",
                "C’est la ReLU elle-même, pas sa pente. À droite de 0, elle monte de 1 à chaque pas de 1, où que l’on "
                "soit.",
            ),
            relu=lambda x, alpha: np.maximum(x, 0),
        ),
        _mistake(
            "the leak lost",
            Text(
                "On the left the slope of the leaky ReLU is 0. The little that leaks has a slope, too: α.",
                "À gauche, la pente de la leaky ReLU est nulle. Le peu qui fuit a aussi une pente : α.",
            ),
            leaky_relu=lambda x, alpha: (x > 0) * 1.0,
        ),
        _mistake(
            "the leak on the wrong side",
            Text(
                "The slope of the leaky ReLU is α on the right and 1 on the left. It is the other way round.",
                "La pente de la leaky ReLU vaut α à droite et 1 à gauche. C’est l’inverse.",
            ),
            leaky_relu=lambda x, alpha: np.where(x > 0, alpha, 1.0),
        ),
        _mistake(
            "value of the ELU for its slope",
            Text(
                "On the left of the ELU this is its value, α (e^x - 1), and it is negative. "
                "The -1 is a constant: what is its slope?",
                "À gauche de l’ELU, c’est sa valeur, α (e^x - 1), et elle est négative. "
                "Le -1 est une constante : quelle est sa pente ?",
            ),
            elu=lambda x, alpha: np.where(x > 0, 1.0, alpha * (np.exp(x) - 1)),
        ),
        _mistake(
            "slope of the ELU without α",
            Text(
                "On the left of the ELU this is e^x. α multiplies the function, so it multiplies the slope.",
                "À gauche de l’ELU, c’est e^x. α multiplie la fonction, il multiplie donc aussi la pente.",
            ),
            elu=lambda x, alpha: np.where(x > 0, 1.0, np.exp(x)),
        ),
        _mistake(
            "ELU, one for α",
            Text(
                "On the left of the ELU this is y + 1. With another α than 1 the slope is y + α, which is α e^x.",
                "À gauche de l’ELU, c’est y + 1. Quand α n’est pas 1, la pente est y + α, c’est-à-dire α e^x.",
            ),
            elu=lambda x, alpha: np.where(x > 0, 1.0, alpha * (np.exp(x) - 1) + 1),
        ),
        _mistake(
            "slope of the SELU without λ",
            Text(
                "The slope of the SELU lacks its factor λ, on both sides.",
                "Il manque à la pente de la SELU son facteur λ, des deux côtés.",
            ),
            selu=lambda x, alpha: np.where(x > 0, 1.0, ALPHA * np.exp(x)),
        ),
        _mistake(
            "SELU, λ on the left only",
            Text(
                "On the right the slope of the SELU is λ, not 1: the line is λx there.",
                "À droite, la pente de la SELU est λ, et non 1 : la droite y est λx.",
            ),
            selu=lambda x, alpha: np.where(x > 0, 1.0, SCALE * ALPHA * np.exp(x)),
        ),
        _mistake(
            "SELU by the rule of the ELU",
            Text(
                "On the left of the SELU this is y + α, the rule of the ELU. Here y is λα (e^x - 1), so add λα.",
                "À gauche de la SELU, c’est y + α, la règle de l’ELU. Ici y vaut λα (e^x - 1) : ajoutez donc λα.",
            ),
            selu=lambda x, alpha: np.where(x > 0, SCALE, SCALE * ALPHA * (np.exp(x) - 1) + ALPHA),
        ),
        _mistake(
            "softsign without its square",
            Text(
                "This is 1/(1+|x|), for softsign. The rule for quotients squares the denominator.",
                "C’est 1/(1+|x|), pour softsign. La règle du quotient met le dénominateur au carré.",
            ),
            softsign=lambda x, alpha: 1 / (1 + np.abs(x)),
        ),
        _mistake(
            "softsign with a sign",
            Text(
                "On the left the slope of softsign comes out negative. The curve rises there, too.",
                "À gauche, la pente de softsign ressort négative. Or la courbe y monte aussi.",
            ),
            softsign=lambda x, alpha: np.sign(x) / (1 + np.abs(x)) ** 2,
        ),
    ),
    right=((_from_values,), (_by_formulas,), (_by_numbers,)),
    picture=difference,
)
