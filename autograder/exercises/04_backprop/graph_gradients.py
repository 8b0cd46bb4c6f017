"""graph_gradients: back through a small graph in which one value goes two ways."""

from hypothesis import strategies as st

from autograder.checking.cases import case
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text

from ._shared import READY_MADE


def _three(numbers):
    return case(x=numbers, y=numbers, z=numbers)


WHOLE = _three(st.integers(-5, 5).map(float))
FINE = _three(st.integers(-900, 900).map(lambda n: n / 100))


def _step_by_step(x, y, z):
    s = x + y * z
    ds, dy = y, s
    dx, dq = ds, ds
    return dx, dy + dq * z, dq * y


def _by_formula(x, y, z):
    return [y, x + 2 * y * z, y**2]


def _by_imaginary_steps(x, y, z):
    """Exact to the last digit: an imaginary step has no cancellation."""
    tiny = 1e-30j

    def slope(a, b, c):
        return ((a + b * c) * b).imag / 1e-30

    return slope(x + tiny, y, z), slope(x, y + tiny, z), slope(x, y, z + tiny)


graph_gradients = Exercise(
    name="graph_gradients",
    reference=(_step_by_step,),
    parts=(Part(Text("the three gradients", "les trois gradients"), (Stage(WHOLE, 30, 15), Stage(FINE, 20))),),
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "last way only",
            (lambda x, y, z: (y, x + y * z, y * y),),
            Text(
                "y goes two ways, and only the one through the last product is counted. "
                "What comes back on the way through y·z is added to it.",
                "y part dans deux directions, et seule celle du dernier produit est comptée. "
                "Ce qui revient par y·z s’y ajoute.",
            ),
        ),
        Mistake(
            "first way only",
            (lambda x, y, z: (y, y * z, y * y),),
            Text(
                "y goes two ways, and only the one through y·z is counted. "
                "What comes back from the last product is added to it: `=` in place of `+=` does this.",
                "y part dans deux directions, et seule celle qui passe par y·z est comptée. "
                "Ce qui revient du dernier produit s’y ajoute : un `=` à la place d’un `+=` suffit à l’oublier.",
            ),
        ),
        Mistake(
            "ways multiplied",
            (lambda x, y, z: (y, (x + y * z) * y * z, y * y),),
            Text(
                "The two ways of y are multiplied. Along one way factors are multiplied; different ways are added.",
                "Les deux chemins de y sont multipliés. Le long d’un chemin, les facteurs se multiplient ; "
                "entre chemins, on additionne.",
            ),
        ),
        Mistake(
            "upstream forgotten",
            (lambda x, y, z: (1.0, x + y * z + z, y),),
            Text(
                "What comes from above is forgotten: the sum and the product y·z pass on their own slopes only. "
                "Each must be multiplied by the gradient that arrives, here y.",
                "Ce qui arrive d’en haut est oublié : la somme et le produit y·z ne transmettent que leur propre "
                "pente. Il faut multiplier chacune par le gradient qui arrive, ici y.",
            ),
        ),
        Mistake(
            "of the sum",
            (lambda x, y, z: (1.0, z, y),),
            Text(
                "These are the gradients of x + y·z. The graph goes on: the sum is then multiplied by y.",
                "Ce sont les gradients de x + y·z. Le graphe continue : la somme est ensuite multipliée par y.",
            ),
        ),
        Mistake(
            "own value",
            (lambda x, y, z: (x + y * z, y + (x + y * z) * z, (x + y * z) * y),),
            Text(
                "In the last product each factor gets its own value. It gets the value of the other one: "
                "the sum gets y, and y gets the sum.",
                "Dans le dernier produit, chaque facteur reçoit sa propre valeur. Il doit recevoir celle de l’autre : "
                "la somme reçoit y, et y reçoit la somme.",
            ),
        ),
    ),
    right=((_step_by_step,), (_by_formula,), (_by_imaginary_steps,)),
)
