"""activation: ten functions that bend, by their names."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.cases import case, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import OVERFLOWS, READY_MADE, any_numbers, any_shape

SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772  # selu's λ and α
ALPHAS = {"leaky_relu": (0.25, 0.5), "elu": (0.5, 2.0)}  # max(x, αx) is right up to 1

RIGHT = {
    "identity": lambda x, alpha: x + 0.0,
    "heaviside": lambda x, alpha: (x >= 0) * 1.0,
    "sigmoid": lambda x, alpha: 1 / (1 + np.exp(-x)),
    "tanh": lambda x, alpha: np.tanh(x),
    "arctan": lambda x, alpha: np.arctan(x),
    "relu": lambda x, alpha: np.maximum(x, 0),
    "leaky_relu": lambda x, alpha: np.where(x > 0, x, alpha * x),
    "elu": lambda x, alpha: np.where(x > 0, x, alpha * (np.exp(x) - 1)),
    "selu": lambda x, alpha: SCALE * np.where(x > 0, x, ALPHA * (np.exp(x) - 1)),
    "softsign": lambda x, alpha: x / (1 + np.abs(x)),
}
NAMES = tuple(RIGHT)


SHAPES = any_shape(3)


def cases(name, numbers, shapes=SHAPES):
    """The name, what it is tried on, and an alpha, which only two of the ten need."""
    alphas = st.sampled_from(ALPHAS.get(name, (0.1,)))
    return shapes.flatmap(lambda shape: case(name=st.just(name), x=numbers(shape), alpha=alphas))


def near_zero(shape):
    """Odd eighths, from -17/8 to 19/8: what whole numbers leave out, and never a kink."""
    return whole_numbers(shape).map(lambda x: x / 4 + 1 / 8)


def table(functions, **own):
    """An answer that looks its functions up, some of them its own."""
    known = functions | own

    def answer(name, x, alpha):
        with np.errstate(all="ignore"):
            return known[name](x, alpha)

    return answer


def _reference(name, x, alpha):
    forward = getattr(cnnlib, f"{name}_forward")
    return forward(x, alpha)[0] if name in ALPHAS else forward(x)[0]


def _by_branches(name, x, alpha):
    if name == "identity":
        return x
    if name == "heaviside":
        return np.heaviside(x, 1)
    if name == "sigmoid":
        return (1 + np.tanh(x / 2)) / 2
    if name == "tanh":
        return 1 - 2 / (np.exp(2 * np.minimum(x, 300)) + 1)
    if name == "arctan":
        return np.arctan2(x, 1)
    if name == "relu":
        return x * (x > 0)
    if name == "leaky_relu":
        return np.maximum(x, alpha * x)
    if name == "softsign":
        return np.sign(x) - np.sign(x) / (1 + abs(x))
    scale, alpha = (SCALE, ALPHA) if name == "selu" else (1.0, alpha)
    return scale * (np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0)))


def _by_places(name, x, alpha):
    y, positive = np.array(x, dtype=np.float32), x > 0
    low = y[~positive]
    if name == "heaviside":
        y[:] = 1
        y[x < 0] = 0
    elif name in ("sigmoid", "tanh", "arctan", "softsign"):
        y = RIGHT[name](y, alpha)
    elif name == "relu":
        y[~positive] = 0
    elif name == "leaky_relu":
        y[~positive] = alpha * low
    elif name == "elu":
        y[~positive] = alpha * (np.exp(low) - 1)
    elif name == "selu":
        y[~positive] = ALPHA * (np.exp(low) - 1)
        y *= SCALE
    return y


def _by_numbers(name, x, alpha):
    values = [float(_by_branches(name, np.float64(value), alpha)) for value in x.ravel()]
    return np.array(values).reshape(x.shape)


def _in_place(name, x, alpha):
    if name != "relu":
        return table(RIGHT)(name, x, alpha)
    x[x < 0] = 0
    return x


def _mistake(name, says, **own):
    return Mistake(name, (table(RIGHT, **own),), says)


activation = Exercise(
    name="activation",
    reference=(_reference,),
    parts=tuple(
        Part(
            Text(f"the function {name}", f"la fonction {name}"),
            (
                Stage(cases(name, whole_numbers), 8, 5),
                Stage(cases(name, near_zero, st.just((3, 5))), 4, 2),
                Stage(cases(name, any_numbers), 6, 6),
            ),
        )
        for name in NAMES
    ),
    rule=READY_MADE,
    may_share=True,  # the identity may give back what it was given
    mistakes=(
        _mistake(
            "step at zero not taken",
            Text(
                "At 0 itself the step gives 0. Here it is 1 from 0 on: 0 counts among the numbers x ≥ 0.",
                "En 0 même, la marche vaut 0. Ici, elle vaut 1 à partir de 0 : 0 compte parmi les x ≥ 0.",
            ),
            heaviside=lambda x, alpha: (x > 0) * 1.0,
        ),
        _mistake(
            "half a step at zero",
            Text(
                "At 0 the step gives one half, which is another convention. Here it is 1 from 0 on.",
                "En 0, la marche vaut un demi : c’est une autre convention. Ici, elle vaut 1 à partir de 0.",
            ),
            heaviside=lambda x, alpha: np.heaviside(x, 0.5),
        ),
        _mistake(
            "sign for step",
            Text(
                "The step goes from -1 to 1: that is the sign. Heaviside’s goes from 0 to 1.",
                "La marche va de -1 à 1 : c’est la fonction signe. Celle de Heaviside va de 0 à 1.",
            ),
            heaviside=lambda x, alpha: np.where(x < 0, -1.0, 1.0),
        ),
        _mistake(
            "sigmoid turned around",
            Text(
                "The sigmoid falls where it should rise: the minus sign in the exponent is missing.",
                "La sigmoïde descend au lieu de monter : il manque le signe moins dans l’exposant.",
            ),
            sigmoid=lambda x, alpha: 1 / (1 + np.exp(x)),
        ),
        _mistake("sigmoid overflows", OVERFLOWS, sigmoid=lambda x, alpha: np.exp(x) / (1 + np.exp(x))),
        _mistake(
            "tanh overflows",
            OVERFLOWS,
            tanh=lambda x, alpha: (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x)),
        ),
        _mistake(
            "tanh half as steep",
            Text(
                "This is 2/(1+e^-x) - 1, which rises half as steeply as tanh. The exponent is -2x.",
                "C’est 2/(1+e^-x) - 1, deux fois moins raide que tanh. L’exposant est -2x.",
            ),
            tanh=lambda x, alpha: 2 / (1 + np.exp(-x)) - 1,
        ),
        _mistake(
            "one over the tangent",
            Text(
                "tan⁻¹ has been read as 1/tan. In the table of functions it means the inverse function, the arc "
                "tangent: from a slope back to its angle.",
                "tan⁻¹ a été lu comme 1/tan. Dans le tableau, c’est la fonction réciproque, l’arc tangente : "
                "d’une pente, elle revient à l’angle.",
            ),
            arctan=lambda x, alpha: 1 / np.tan(x),
        ),
        _mistake(
            "distance from zero",
            Text(
                "Negative numbers come out positive: that is |x|. The ReLU turns them to 0.",
                "Les nombres négatifs ressortent positifs : c’est |x|. La ReLU les met à 0.",
            ),
            relu=lambda x, alpha: np.abs(x),
        ),
        _mistake(
            "Python's max",
            Text(
                "Python’s own `max` compares whole arrays, and numpy refuses to say which of two arrays is larger. "
                "There is a numpy function that compares them number by number.",
                "La fonction `max` de Python compare des tableaux entiers, et numpy refuse de dire lequel est le plus "
                "grand. Il existe une fonction de numpy qui les compare nombre par nombre.",
            ),
            relu=lambda x, alpha: max(0, x) if x.size != 1 else np.maximum(x, 0),
        ),
        Mistake(
            "ReLU in place",
            (_in_place,),
            Text(
                "The ReLU writes its zeros into x itself. Make a new array: others still need x, the backward pass "
                "first.",
                "La ReLU écrit ses zéros dans x même. Créez un nouveau tableau : "
                "d’autres ont encore besoin de x, à commencer par la rétropropagation.",
            ),
        ),
        _mistake(
            "leaky ReLU that does not leak",
            Text(
                "Negative numbers become 0: this is the plain ReLU. The leaky one lets α times x through.",
                "Les nombres négatifs deviennent 0 : c’est la ReLU ordinaire. Celle qui fuit laisse passer α fois x.",
            ),
            leaky_relu=lambda x, alpha: np.maximum(x, 0),
        ),
        _mistake(
            "leaky ReLU, the wrong side",
            Text(
                "The positive numbers are multiplied by α. It is the negative ones that leak; the positive ones stay.",
                "Ce sont les nombres positifs qui sont multipliés par α. "
                "Or ce sont les négatifs qui fuient ; les positifs restent tels quels.",
            ),
            leaky_relu=lambda x, alpha: np.where(x > 0, alpha * x, x),
        ),
        _mistake(
            "ELU without its minus one",
            Text(
                "On the left this is α e^x, which jumps at 0. With α (e^x - 1) the two branches meet.",
                "À gauche, c’est α e^x, qui saute en 0. Avec α (e^x - 1), les deux branches se rejoignent.",
            ),
            elu=lambda x, alpha: np.where(x > 0, x, alpha * np.exp(x)),
        ),
        _mistake(
            "ELU, α on the exponential alone",
            Text(
                "This is α e^x - 1. The brackets are missing: α multiplies all of e^x - 1.",
                "C’est α e^x - 1. Il manque les parenthèses : α multiplie e^x - 1 tout entier.",
            ),
            elu=lambda x, alpha: np.where(x > 0, x, alpha * np.exp(x) - 1),
        ),
        _mistake(
            "ELU without α",
            Text(
                "The ELU ignores `alpha`: on the left it should fall towards -α, not towards -1.",
                "L’ELU ignore `alpha` : à gauche, elle doit descendre vers -α, et non vers -1.",
            ),
            elu=lambda x, alpha: np.where(x > 0, x, np.exp(x) - 1),
        ),
        _mistake(
            "zero times infinity",
            Text(
                "Both branches are multiplied by 0 or 1 and added. For a large x the branch that is not wanted is "
                "infinite, and 0 times infinity is nan. Choose between branches instead.",
                "Les deux branches sont multipliées par 0 ou 1, puis additionnées. Pour un grand x, la branche dont on "
                "ne veut pas est infinie, et 0 fois l’infini donne nan. Choisissez plutôt entre les branches.",
            ),
            elu=lambda x, alpha: (x > 0) * x + (x <= 0) * alpha * (np.exp(x) - 1),
        ),
        _mistake(
            "SELU, λ on the right only",
            Text(
                "λ multiplies the right branch only. It stretches both of them.",
                "λ ne multiplie que la branche de droite. Il étire les deux.",
            ),
            selu=lambda x, alpha: np.where(x > 0, SCALE * x, ALPHA * (np.exp(x) - 1)),
        ),
        _mistake(
            "SELU, λ on the left only",
            Text(
                "λ multiplies the left branch only. It stretches both of them: "
                "on the right the slope is λ, a little above 1.",
                "λ ne multiplie que la branche de gauche. Il étire les deux : "
                "à droite, la pente vaut λ, un peu plus que 1.",
            ),
            selu=lambda x, alpha: np.where(x > 0, x, SCALE * ALPHA * (np.exp(x) - 1)),
        ),
        _mistake(
            "SELU, λ and α swapped",
            Text(
                "λ and α have changed places. λ = 1.0507 is the slope on the right, and α = 1.6733 bends the left.",
                "λ et α ont échangé leurs places. λ = 1.0507 est la pente à droite, et α = 1.6733 courbe la gauche.",
            ),
            selu=lambda x, alpha: ALPHA * np.where(x > 0, x, SCALE * (np.exp(x) - 1)),
        ),
        _mistake(
            "SELU with the argument's α",
            Text(
                "The SELU uses the argument `alpha`. It has constants of its own, the two of the cell above.",
                "La SELU emploie l’argument `alpha`. Elle a ses propres constantes, les deux de la cellule ci-dessus.",
            ),
            selu=lambda x, alpha: SCALE * np.where(x > 0, x, alpha * (np.exp(x) - 1)),
        ),
        _mistake(
            "softsign without |·|",
            Text(
                "Softsign divides by 1 + x, which is zero at -1. It is 1 + |x| that never comes near zero.",
                "Softsign divise par 1 + x, qui s’annule en -1. C’est 1 + |x| qui ne s’approche jamais de zéro.",
            ),
            softsign=lambda x, alpha: x / (1 + x),
        ),
        _mistake(
            "softsign without its numerator",
            Text(
                "This is 1/(1+|x|), a bump. Softsign has x above the bar, so it rises from -1 to 1.",
                "C’est 1/(1+|x|), une bosse. Softsign a x au numérateur : elle monte de -1 à 1.",
            ),
            softsign=lambda x, alpha: 1 / (1 + np.abs(x)),
        ),
    ),
    right=((_by_branches,), (_by_places,), (_by_numbers,)),
    picture=difference,
)
