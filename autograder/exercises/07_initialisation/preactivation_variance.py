"""preactivation_variance: how far a sum of random weights times random inputs spreads."""

import math

from hypothesis import strategies as st

from autograder.checking.cases import case, sizes
from autograder.checking.compare import Close
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text

from ._shared import READY_MADE

CENTRED = case(n=sizes(2, 9), var_w=st.integers(1, 5), mean_x=st.just(0), var_x=st.integers(1, 5))
SHIFTED = case(n=sizes(2, 9), var_w=st.integers(1, 5), mean_x=st.sampled_from((2, -3, 1, -1)), var_x=st.integers(0, 5))
LAYERS = case(
    n=sizes(27, 4608),
    var_w=st.floats(1e-4, 0.1),
    mean_x=st.floats(-3, 3),
    var_x=st.floats(0.1, 9),
)


def _variance(n, var_w, mean_x, var_x):
    return n * var_w * (var_x + mean_x**2)


def _term_by_term(n, var_w, mean_x, var_x):
    total = 0.0
    for _ in range(n):
        square_of_product = var_w * (var_x + mean_x * mean_x)
        square_of_mean = (0 * mean_x) ** 2
        total += square_of_product - square_of_mean
    return total


def _three_terms(n, var_w, mean_x, var_x):
    mean_w = 0.0
    return n * (mean_w**2 * var_x + mean_x**2 * var_w + var_w * var_x)


def _by_deviations(n, var_w, mean_x, var_x):
    return (math.sqrt(n * var_w) * math.hypot(math.sqrt(var_x), mean_x)) ** 2


def _centred(n, var_w, mean_x, var_x):
    return n * var_w * var_x


def _one_term(n, var_w, mean_x, var_x):
    return var_w * (var_x + mean_x**2)


def _deviation(n, var_w, mean_x, var_x):
    return math.sqrt(n * var_w * (var_x + mean_x**2))


def _squared(n, var_w, mean_x, var_x):
    return n**2 * var_w * (var_x + mean_x**2)


def _mean_not_squared(n, var_w, mean_x, var_x):
    return n * var_w * (var_x + mean_x)


def _minus(n, var_w, mean_x, var_x):
    return n * var_w * (var_x - mean_x**2)


def _summed(n, var_w, mean_x, var_x):
    return n * (var_w + var_x + mean_x**2)


def _averaged(n, var_w, mean_x, var_x):
    return var_w * (var_x + mean_x**2) / n


preactivation_variance = Exercise(
    name="preactivation_variance",
    reference=(_variance,),
    parts=(
        Part(
            Text("the variance of the sum", "la variance de la somme"),
            (Stage(CENTRED, 10), Stage(SHIFTED, 20), Stage(LAYERS, 20)),
        ),
    ),
    compare=Close(1e-6, least=1e-3),
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "mean forgotten",
            (_centred,),
            Text(
                "This holds for inputs of mean 0 only. A product w·x is large where x is far from 0, "
                "on whichever side: what counts is the mean square of x, not its variance alone.",
                "Cela ne vaut que pour des entrées de moyenne nulle. Un produit w·x est grand là où x est loin de 0, "
                "peu importe de quel côté : ce qui compte est la moyenne des carrés de x, pas sa seule variance.",
            ),
        ),
        Mistake(
            "one product",
            (_one_term,),
            Text(
                "This is the variance of a single product. There are n of them, they are independent, "
                "and the variances of independent terms add up.",
                "C’est la variance d’un seul produit. Il y en a n, ils sont indépendants, "
                "et les variances de termes indépendants s’additionnent.",
            ),
        ),
        Mistake(
            "standard deviation",
            (_deviation,),
            Text(
                "This is the standard deviation. The variance is its square.",
                "C’est l’écart-type. La variance est son carré.",
            ),
        ),
        Mistake(
            "n squared",
            (_squared,),
            Text(
                "It grows with n². So would one product taken n times over; "
                "n independent products partly cancel, and their variance grows with n.",
                "Elle croît comme n². Ce serait le cas d’un même produit pris n fois ; "
                "n produits indépendants se compensent en partie, et leur variance croît comme n.",
            ),
        ),
        Mistake(
            "mean not squared",
            (_mean_not_squared,),
            Text(
                "The mean of x is added to its variance as it is. A variance is made of squares: square the mean, too.",
                "La moyenne de x est ajoutée telle quelle à sa variance. "
                "Une variance est faite de carrés : élevez aussi la moyenne au carré.",
            ),
        ),
        Mistake(
            "mean subtracted",
            (_minus,),
            Text(
                "The square of the mean is subtracted. Var(x) = E[x²] − E[x]², so E[x²] is a sum, not a difference.",
                "Le carré de la moyenne est soustrait. Var(x) = E[x²] − E[x]² : E[x²] est donc une somme, "
                "non une différence.",
            ),
        ),
        Mistake(
            "sum for product",
            (_summed,),
            Text(
                "The spreads of w and x are added. That is the rule for a sum w + x; "
                "here each weight multiplies its input.",
                "Les dispersions de w et de x sont additionnées. C’est la règle pour une somme w + x ; "
                "ici, chaque poids multiplie son entrée.",
            ),
        ),
        Mistake(
            "divided by n",
            (_averaged,),
            Text(
                "It is divided by n, as for a mean. A preactivation is a sum: "
                "the more inputs, the larger its variance.",
                "Elle est divisée par n, comme pour une moyenne. Une préactivation est une somme : "
                "plus il y a d’entrées, plus sa variance est grande.",
            ),
        ),
    ),
    right=((_term_by_term,), (_three_terms,), (_by_deviations,)),
)
