"""find_gain: how much an activation takes away, and what makes up for it; judged on black boxes."""

import math

import numpy as np
from hypothesis import strategies as st

from autograder.checking.cases import fixed
from autograder.checking.compare import Close
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.values import Function
from autograder.checking.words import Text
from cnnlib import init

from ._shared import READY_MADE

# Named as they are computed, so that a case that fails can be read.
WELL_KNOWN = {
    "z": lambda z: z,
    "max(z, 0)": lambda z: np.maximum(z, 0.0),
    "tanh(z)": np.tanh,
    "sigmoid(z)": lambda z: 1 / (1 + np.exp(-z)),
    "|z|": np.abs,
}
BENT = "c + where(z < 0, a·z, b·z)"
STEP = "a + (b − a)·sigmoid(3·(z − c))"


@st.composite
def _bent(draw):
    """A slope on each side of 0, moved up or down; or a soft step between two heights."""
    a, b, c = draw(st.floats(-2, 2)), draw(st.floats(0.5, 3)), draw(st.floats(-1, 1))
    return {"f": draw(st.sampled_from((BENT, STEP))), "a": round(a, 2), "b": round(b, 2), "c": round(c, 2)}


def _activation(case):
    def f(z):
        z = np.asarray(z, dtype=float)
        if case["f"] in WELL_KNOWN:
            return WELL_KNOWN[case["f"]](z)
        a, b, c = case["a"], case["b"], case["c"]
        return c + np.where(z < 0, a * z, b * z) if case["f"] == BENT else a + (b - a) / (1 + np.exp(-3 * (z - c)))

    return f


def _found(answer, case):
    return answer(Function(_activation(case)))


def _expectation(g):
    """The mean of g(z) for a normal z, by a sum over a fine grid."""
    z = np.linspace(-8, 8, 4001)
    density = np.exp(-(z**2) / 2)
    return (g(z) * density).sum() / density.sum()


def _mean_square(f):
    return _expectation(lambda z: f(z) ** 2)


def _by_draws(activation):
    z = np.random.default_rng(0).normal(size=400_000)
    return 1 / math.sqrt(np.mean(activation(z) ** 2))


def _by_grid(activation):
    return _mean_square(activation) ** -0.5


def _by_quadrature(activation):
    """Gauss and Hermite's places and weights."""
    z, weights = np.polynomial.hermite_e.hermegauss(99)
    return np.sqrt(weights.sum() / (weights @ np.square(activation(z))))


def _one_by_one(activation):
    total = weight = 0.0
    for step in range(-160, 161):
        z = step / 20
        density = math.exp(-z * z / 2)
        total += density * float(activation(z)) ** 2
        weight += density
    return math.sqrt(weight / total)


def _of_variance(activation):
    f = activation
    mean = _expectation(f)
    return _expectation(lambda z: (f(z) - mean) ** 2) ** -0.5


def _without_root(activation):
    return 1 / _mean_square(activation)


def _upside_down(activation):
    return _mean_square(activation) ** 0.5


def _of_magnitudes(activation):
    return 1 / _expectation(lambda z: np.abs(activation(z)))


def _all_alike(activation):
    return float(np.mean(activation(np.linspace(-3, 3, 1001)) ** 2) ** -0.5)


def _from_0_to_1(activation):
    z = np.random.default_rng(0).random(100_000)
    return float(np.mean(activation(z) ** 2) ** -0.5)


def _by_slope(activation):
    step = 1e-3
    slope = (activation(step) - activation(-step)) / (2 * step)
    return float(1 / abs(slope)) if abs(slope) > 1e-9 else math.inf


def _for_relu(activation):
    return math.sqrt(2)


find_gain = Exercise(
    name="find_gain",
    reference=(init.gain,),
    parts=(
        Part(
            Text("well-known activations", "activations connues"),
            (Stage(fixed(*({"f": name} for name in WELL_KNOWN)), 8, 5),),
        ),
        Part(Text("black boxes", "boîtes noires"), (Stage(_bent(), 12, 6),)),
    ),
    observe=_found,
    compare=Close(0.02, least=1e-3),
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "variance",
            (_of_variance,),
            Text(
                "It makes up for the variance of f(z). What counts for the next layer is the mean square: "
                "where the mean of f(z) is not 0, as with ReLU or a sigmoid, the two differ.",
                "Il compense la variance de f(z). Pour la couche suivante, c’est la moyenne des carrés qui compte : "
                "là où la moyenne de f(z) n’est pas 0, comme avec ReLU ou une sigmoïde, les deux diffèrent.",
            ),
        ),
        Mistake(
            "without the root",
            (_without_root,),
            Text(
                "This is what the variance of the weights is multiplied by. "
                "The gain multiplies the weights themselves, so take the square root.",
                "C’est le facteur par lequel on multiplie la variance des poids. "
                "Le gain multiplie les poids eux-mêmes : prenez la racine carrée.",
            ),
        ),
        Mistake(
            "upside down",
            (_upside_down,),
            Text(
                "This is what the activation leaves. The gain makes up for it: an activation that halves needs a "
                "gain above 1.",
                "C’est ce que l’activation laisse. Le gain le compense : "
                "une activation qui réduit de moitié demande un gain supérieur à 1.",
            ),
        ),
        Mistake(
            "magnitudes",
            (_of_magnitudes,),
            Text(
                "It makes up for the mean magnitude. Variances are made of squares: take the mean of f(z)².",
                "Il compense la moyenne des valeurs absolues. Les variances sont faites de carrés : "
                "prenez la moyenne de f(z)².",
            ),
        ),
        Mistake(
            "all z alike",
            (_all_alike,),
            Text(
                "All z between −3 and 3 count alike. Preactivations are normal: values near 0 are common, "
                "those near 3 rare. Draw them, or weight each z by e^(−z²/2).",
                "Tous les z entre −3 et 3 comptent autant. Les préactivations suivent une loi normale : les valeurs "
                "proches de 0 sont fréquentes, celles proches de 3 sont rares. Tirez-les, ou pondérez chaque z "
                "par e^(−z²/2).",
            ),
        ),
        Mistake(
            "from 0 to 1",
            (_from_0_to_1,),
            Text(
                "`rng.random` draws between 0 and 1, evenly. "
                "Preactivations are normal, of mean 0 and variance 1: `rng.normal`.",
                "`rng.random` tire uniformément entre 0 et 1. "
                "Les préactivations suivent une loi normale de moyenne 0 et de variance 1 : `rng.normal`.",
            ),
        ),
        Mistake(
            "slope at 0",
            (_by_slope,),
            Text(
                "It looks at the slope in 0 alone. Preactivations of variance 1 reach farther, "
                "where the activation bends.",
                "Seule la pente en 0 est prise en compte. Des préactivations de variance 1 vont plus loin, "
                "là où l’activation se courbe.",
            ),
        ),
        Mistake(
            "that of relu",
            (_for_relu,),
            Text(
                "√2 is the gain of ReLU. Measure what this activation does to normal values.",
                "√2 est le gain de ReLU. Mesurez ce que cette activation fait de valeurs normales.",
            ),
        ),
    ),
    right=((_by_draws,), (_by_grid,), (_by_quadrature,), (_one_by_one,)),
)
