"""gradient_check: a check of gradients, itself checked on right gradients and on planted wrong ones."""

import numpy as np
from hypothesis import strategies as st

from autograder.checking.cases import rngs
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.values import Function, Rng
from autograder.checking.words import Text

from ._shared import READY_MADE

# How a function is written, and its gradient. None of them is near a kink, where no slope is right.
FUNCTIONS = {
    "np.sum(x**3)": ("3 * x**2", lambda x: np.sum(x**3), lambda x: 3 * x**2),
    "np.sum(np.maximum(x, 0))": ("(x > 0)", lambda x: np.sum(np.maximum(x, 0)), lambda x: (x > 0).astype(float)),
    "1e6 * np.sum(x**2)": ("2e6 * x", lambda x: 1e6 * np.sum(x**2), lambda x: 2e6 * x),
    "1e-6 * np.sum(x**2)": ("2e-6 * x", lambda x: 1e-6 * np.sum(x**2), lambda x: 2e-6 * x),
    "np.sum(np.sin(x))": ("np.cos(x)", lambda x: np.sum(np.sin(x)), np.cos),
}


def _without_last(g):
    kept = g.copy()
    kept.flat[-1] = 0
    return kept


# What may have been done to a gradient.
PLANTED = {
    "{}": lambda g: g,
    "1.5 * {}": lambda g: 1.5 * g,
    "0.5 * {}": lambda g: 0.5 * g,
    "-({})": lambda g: -g,
    "np.flip({})": lambda g: np.flip(g).copy(),
    "{}, [-1] = 0": _without_last,
}


@st.composite
def _cases(draw, numbers, functions=tuple(FUNCTIONS), changes=tuple(PLANTED)):
    """x stays away from zero, where ReLU has its kink."""
    shape = draw(st.sampled_from(((2,), (3,), (2, 3))))
    count = int(np.prod(shape))
    x = np.array(draw(st.lists(numbers, min_size=count, max_size=count)), dtype=float).reshape(shape)
    function = draw(st.sampled_from(functions))
    planted = draw(st.sampled_from(changes))
    return {"f": function, "grad": planted.format(FUNCTIONS[function][0]), "x": x, "rng": draw(rngs())}


WHOLE = st.integers(-4, 4).filter(bool)
BLOCKED = _cases(st.integers(-4, -1), ("np.sum(np.maximum(x, 0))",), ("{}",))  # where every slope is zero
FINE = st.integers(20, 300).flatmap(lambda size: st.sampled_from((size / 100, -size / 100)))


def _functions_of(case):
    """f, its right gradient, and the one that the case claims."""
    written, f, right = FUNCTIONS[case["f"]]
    (change,) = (change for form, change in PLANTED.items() if form.format(written) == case["grad"])
    return f, right, lambda x: change(right(x))


def _accepted(answer, case):
    """Whether the claimed gradient is accepted: a right one always, a wrong one in two of three tries.

    One random direction may, once in a long while, be at right angles to an error.
    """
    f, right, claimed = _functions_of(case)
    is_right = np.allclose(claimed(case["x"]), right(case["x"]), rtol=1e-9, atol=0)
    rejected = 0
    for again in range(1 if is_right else 3):
        rng = Rng((case["rng"].seed + again) % 2**32)
        verdict = answer(Function(f), Function(claimed), case["x"], rng)
        if not isinstance(verdict, bool | np.bool_):
            return {"verdict": verdict}
        rejected += not verdict
        if rejected == 2:
            break
    if is_right:
        return {"verdict": True, "right accepted": rejected == 0}
    return {"verdict": True, "wrong rejected": rejected == 2}


def _slope(f, x, v, step=1e-5):
    return (f(x + step * v) - f(x - step * v)) / (2 * step)


def _close(slope, claimed, tolerance=1e-5):
    return bool(abs(slope - claimed) <= tolerance * (abs(slope) + abs(claimed)))


def _by_directions(f, grad, x, rng):
    g = grad(x)
    directions = [rng.normal(size=x.shape) for _ in range(5)]
    return all(_close(_slope(f, x, v), np.sum(g * v)) for v in directions)


def _by_one_direction(f, grad, x, rng):
    v = rng.standard_normal(x.shape)
    v /= np.linalg.norm(v)
    return _close(_slope(f, x, v), float(np.vdot(grad(x), v)))


def _by_every_entry(f, grad, x, rng):
    g, numeric = grad(x), np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        one = np.zeros(x.shape)
        one[place] = 1
        numeric[place] = _slope(f, x, one, 1e-6)
    return np.linalg.norm(numeric - g) <= 1e-5 * (np.linalg.norm(numeric) + np.linalg.norm(g))


def _along_ones(f, grad, x, rng):
    v = np.ones(x.shape)
    return _close(_slope(f, x, v), np.sum(grad(x) * v))


def _first_entry(f, grad, x, rng):
    v = np.zeros(x.shape)
    v.flat[0] = 1
    return _close(_slope(f, x, v), np.sum(grad(x) * v))


def _believes(f, grad, x, rng):
    return True


def _absolute(f, grad, x, rng):
    v = rng.normal(size=x.shape)
    return bool(abs(_slope(f, x, v) - np.sum(grad(x) * v)) < 1e-5)


def _tiny_step(f, grad, x, rng):
    v = rng.normal(size=x.shape)
    return _close(_slope(f, x, v, 1e-15), np.sum(grad(x) * v))


def _sign_ignored(f, grad, x, rng):
    v = rng.normal(size=x.shape)
    return _close(abs(_slope(f, x, v)), abs(np.sum(grad(x) * v)))


def _one_sided(f, grad, x, rng):
    v = rng.normal(size=x.shape)
    return _close((f(x + 1e-6 * v) - f(x)) / 2e-6, np.sum(grad(x) * v), 1e-4)


def _divides(f, grad, x, rng):
    v = rng.normal(size=x.shape)
    slope, claimed = _slope(f, x, v), np.sum(grad(x) * v)
    with np.errstate(invalid="ignore"):
        return bool(np.abs(slope - claimed) / (np.abs(slope) + np.abs(claimed)) < 1e-5)


def _leaves_x_moved(f, grad, x, rng):
    v = rng.normal(size=x.shape)
    claimed = np.sum(grad(x) * v)
    x += 1e-5 * v
    after = f(x)
    x -= 2e-5 * v
    return _close((after - f(x)) / 2e-5, claimed)


gradient_check = Exercise(
    name="gradient_check",
    reference=(_by_every_entry,),
    parts=(
        Part(
            Text("right gradients and planted wrong ones", "des gradients justes, et des faux"),
            (Stage(_cases(WHOLE), 30, 30), Stage(BLOCKED, 2, 2), Stage(_cases(FINE), 10, 20)),
        ),
    ),
    observe=_accepted,
    properties={
        "right accepted": Text(
            "it rejects a gradient that is right",
            "elle rejette un gradient qui est juste",
        ),
        "wrong rejected": Text(
            "it accepts a gradient that is wrong",
            "elle accepte un gradient qui est faux",
        ),
    },
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "along ones",
            (_along_ones,),
            Text(
                "The direction is made of ones, so only the sum of the gradient is compared: "
                "errors that cancel out, such as two entries swapped, are not seen. Draw the direction at random.",
                "La direction est faite de uns : seule la somme du gradient est comparée, et les erreurs qui se "
                "compensent, comme deux valeurs échangées, passent inaperçues. Tirez la direction au hasard.",
            ),
        ),
        Mistake(
            "first entry only",
            (_first_entry,),
            Text(
                "Only one entry of x moves, so only one entry of the gradient is checked. "
                "A random direction moves all of them at once.",
                "Une seule valeur de x bouge : une seule valeur du gradient est donc vérifiée. "
                "Une direction au hasard les fait bouger toutes à la fois.",
            ),
        ),
        Mistake(
            "believes everything",
            (_believes,),
            Text(
                "Every gradient is accepted. Plant an error yourself, and see whether it is found.",
                "Tous les gradients sont acceptés. Introduisez vous-même une erreur, et voyez si elle est trouvée.",
            ),
        ),
        Mistake(
            "absolute tolerance",
            (_absolute,),
            Text(
                "The difference is compared with a fixed number. For a function in the millions that is too strict, "
                "for one in millionths it lets everything pass: compare it with the size of the two slopes.",
                "L’écart est comparé à un nombre fixe. Pour une fonction de l’ordre du million c’est trop sévère, "
                "pour une de l’ordre du millionième tout passe : comparez-le à la grandeur des deux pentes.",
            ),
        ),
        Mistake(
            "step too small",
            (_tiny_step,),
            Text(
                "Right gradients are rejected, since the step is too small: f(x + h·v) and f(x - h·v) then share "
                "almost all of their digits, and their difference is rounding.",
                "Des gradients justes sont rejetés, car l’écart h est trop petit : f(x + h·v) et f(x - h·v) ont alors "
                "presque tous leurs chiffres en commun, et leur différence n’est plus que de l’arrondi.",
            ),
        ),
        Mistake(
            "sign ignored",
            (_sign_ignored,),
            Text(
                "The two slopes are compared without their signs, so a gradient that points the wrong way is accepted.",
                "Les deux pentes sont comparées sans leur signe : un gradient qui va dans le mauvais sens est accepté.",
            ),
        ),
        Mistake(
            "half the slope",
            (_one_sided,),
            Text(
                "The slope is half of what it should be: from x to x + h·v the distance is h, not 2h.",
                "La pente vaut la moitié de ce qu’il faut : de x à x + h·v, la distance est h, et non 2h.",
            ),
        ),
        Mistake(
            "divides by zero",
            (_divides,),
            Text(
                "Where both slopes are zero, as behind a ReLU that lets nothing through, you divide zero by zero. "
                "Multiply instead: |a - b| ≤ tolerance · (|a| + |b|).",
                "Quand les deux pentes sont nulles, comme derrière une ReLU qui ne laisse rien passer, vous divisez "
                "zéro par zéro. Multipliez plutôt : |a - b| ≤ tolérance · (|a| + |b|).",
            ),
        ),
        Mistake(
            "leaves x moved",
            (_leaves_x_moved,),
            Text(
                "`x += …` moves the caller's x itself, and it is not back where it was. Make new arrays: `x + h * v`.",
                "`x += …` déplace le x de l’appelant, qui ne revient pas où il était. "
                "Faites de nouveaux tableaux : `x + h * v`.",
            ),
        ),
    ),
    right=((_by_directions,), (_by_one_direction,), (_by_every_entry,)),
)
