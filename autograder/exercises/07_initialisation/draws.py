"""xavier and he: weights drawn for a layer of a given shape, judged by their spread and never by matching draws."""

import math

import numpy as np
from hypothesis import strategies as st

from autograder.checking.cases import rngs
from autograder.checking.compare import Close
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.values import Rng
from autograder.checking.words import Text

from ._shared import ITS_OWN_RNG, OWN_GENERATOR, READY_MADE

ENOUGH = 20_000  # draws: their deviation is then known to half a per cent
NEAR = 0.05  # ten times that
FAN_OUT_ALONE = "fan-out alone"


@st.composite
def _linear(draw):
    """(out, in) with one side at least twice the other."""
    few = draw(st.integers(40, 90))
    many = draw(st.integers(2 * few, 4 * few))
    return {"shape": (many, few) if draw(st.booleans()) else (few, many), "rng": draw(rngs())}


@st.composite
def _convolution(draw):
    """(K, C, h, w) with a window of two values at least, and twice as many filters as channels or half as many."""
    few = draw(st.integers(10, 20))
    many = draw(st.integers(2 * few, 3 * few))
    h = draw(st.integers(1, 5))
    w = draw(st.integers(1 if h > 1 else 2, 5))
    shape = (many, few, h, w) if draw(st.booleans()) else (few, many, h, w)
    return {"shape": shape, "rng": draw(rngs())}


def _spread(answer, case):
    """The shape of one draw, and what many draws have in common."""
    shape, seed = case["shape"], case["rng"].seed
    first, again, other = (answer(shape, Rng(one)) for one in (seed, seed, seed + 1))
    numbers = isinstance(first, np.ndarray) and first.dtype.kind == "f" and first.size > 0
    seen = {"weights": {"shape": np.shape(first), "std": _deviation(first) if numbers else 0.0}, "around 0": False}
    seen |= {"each by itself": False, "its own rng": np.array_equal(first, again), "another seed": False}
    if not numbers or first.shape != shape:
        return seen
    repeats = -(-ENOUGH // first.size)
    more = [other, *(answer(shape, Rng(seed + i)) for i in range(2, repeats))]
    if any(getattr(w, "dtype", None) != first.dtype or w.shape != shape for w in more):
        return seen
    draws = np.stack([first, *more])
    seen["weights"]["std"] = _deviation(draws)
    seen["around 0"] = bool(abs(draws.mean()) <= NEAR * draws.std() + 1e-12)
    seen["another seed"] = not np.array_equal(first, other)
    seen["each by itself"] = len(np.unique(first)) > 0.99 * first.size
    return seen


def _deviation(draws):
    """Their standard deviation to three digits: what is measured is no more certain than that."""
    return float(f"{np.std(draws):.3g}")


def _fans(shape):
    """(n_in, n_out), with the window."""
    window = math.prod(shape[2:])
    return shape[1] * window, shape[0] * window


def normal(variance):
    """An answer that draws Gaussian weights; `variance` is a function of the shape."""
    return lambda shape, rng: rng.normal(0.0, math.sqrt(variance(shape)), shape)


def glorot(shape):
    return 2 / sum(_fans(shape))


def kaiming(shape):
    return 2 / _fans(shape)[0]


def _as_written(shape, rng):
    """Fan-in and fan-out, step by step."""
    n_out, n_in = shape[0], shape[1]
    for side in shape[2:]:
        n_in, n_out = n_in * side, n_out * side
    return np.sqrt(2 / (n_in + n_out)) * rng.standard_normal(shape)


def _glorot_uniform(shape, rng):
    window = int(np.prod(shape[2:], dtype=int))
    reach = (6 / ((shape[0] + shape[1]) * window)) ** 0.5
    return rng.uniform(-reach, reach, size=shape)


def _glorot_filter_by_filter(shape, rng):
    std = math.sqrt(glorot(shape))
    return np.array([std * rng.standard_normal(shape[1:]) for _ in range(shape[0])], dtype=np.float32)


def _he_by_size(shape, rng):
    n_in = np.empty(shape)[0].size
    return rng.standard_normal(size=shape) * (2 / n_in) ** 0.5


def _he_uniform(shape, rng):
    reach = np.sqrt(6 / np.prod(shape[1:]))
    return reach * (2 * rng.random(shape) - 1)


def _he_one_by_one(shape, rng):
    w = np.zeros(shape, dtype=np.float32)
    for filter_ in w:
        filter_[...] = rng.normal(scale=np.sqrt(2.0 / filter_.size), size=filter_.shape)
    return w


def _without_window(fans_to_variance):
    """The same rule for a shape whose window is forgotten."""
    return normal(lambda shape: fans_to_variance(shape[:2]))


def _variance_for_deviation(variance):
    return lambda shape, rng: rng.normal(0.0, variance(shape), shape)


def _uniform_up_to_deviation(variance):
    def answer(shape, rng):
        std = math.sqrt(variance(shape))
        return rng.uniform(-std, std, shape)

    return answer


def _positive(variance):
    return lambda shape, rng: np.abs(rng.normal(0.0, math.sqrt(variance(shape)), shape))


def _one_for_all(variance):
    """One filter, drawn once and repeated."""
    return lambda shape, rng: np.repeat(rng.normal(0.0, math.sqrt(variance(shape)), (1, *shape[1:])), shape[0], axis=0)


def _own_generator(variance):
    return lambda shape, rng: normal(variance)(shape, np.random.default_rng())


def _seeded_by_itself(variance):
    return lambda shape, rng: normal(variance)(shape, np.random.default_rng(0))


def _turned(variance):
    return lambda shape, rng: normal(variance)(shape, rng).swapaxes(0, 1).copy()


def _shared_mistakes(variance):
    """What goes wrong alike with both rules."""
    return (
        Mistake(
            "variance for deviation",
            (_variance_for_deviation(variance),),
            Text(
                "The number that the rule gives is a variance, and the weights are drawn as if it were their standard "
                "deviation. `rng.normal` takes the standard deviation: the square root.",
                "Le nombre que donne la règle est une variance, et les poids sont tirés comme si c’était leur "
                "écart-type. `rng.normal` attend l’écart-type : la racine carrée.",
            ),
        ),
        Mistake(
            "receptive field forgotten",
            (_without_window(variance),),
            Text(
                "It is right for a fully connected layer. In a convolution, an output adds up C·h·w products, "
                "not C: the window counts.",
                "C’est juste pour une couche complètement connectée. Dans une convolution, une sortie additionne "
                "C·h·w produits, non C : la fenêtre compte.",
            ),
        ),
        Mistake(
            "uniform up to the deviation",
            (_uniform_up_to_deviation(variance),),
            Text(
                "Uniform draws from −a to a have the variance a²/3. "
                "With a equal to the standard deviation wanted, they are too small by √3.",
                "Des tirages uniformes de −a à a ont pour variance a²/3. "
                "Avec a égal à l’écart-type voulu, ils sont trop petits d’un facteur √3.",
            ),
        ),
        Mistake(
            "positive only",
            (_positive(variance),),
            Text(
                "All weights have the same sign. Their mean should be 0: the argument for the variance starts there.",
                "Tous les poids ont le même signe. Leur moyenne devrait être 0 : "
                "c’est de là que part le calcul de la variance.",
            ),
        ),
        Mistake(
            "one filter for all",
            (_one_for_all(variance),),
            Text(
                "One filter is drawn and copied. Filters that start alike stay alike: draw each weight by itself.",
                "Un seul filtre est tiré, puis copié. Des filtres pareils au départ le restent : "
                "tirez chaque poids pour lui-même.",
            ),
        ),
        Mistake("a generator of its own", (_own_generator(variance),), OWN_GENERATOR),
        Mistake(
            "seeded by itself",
            (_seeded_by_itself(variance),),
            Text(
                "The weights come from a generator with a seed of its own, so every layer gets the same ones. "
                "Draw from `rng`, which is handed in for that.",
                "Les poids viennent d’un générateur qui a sa propre graine : toutes les couches reçoivent les mêmes. "
                "Tirez-les de `rng`, qui est donné pour cela.",
            ),
        ),
        Mistake(
            "axes swapped",
            (_turned(variance),),
            Text(
                "The weights have the first two axes swapped. `shape` is the shape that is wanted, as it stands.",
                "Les deux premiers axes des poids sont échangés. `shape` est la forme voulue, telle quelle.",
            ),
        ),
    )


def _drawing(name, variance, right, mistakes):
    return Exercise(
        name=name,
        reference=(normal(variance),),
        parts=(
            Part(
                Text("fully connected layers", "couches complètement connectées"),
                (Stage(_linear(), 6, 3),),
            ),
            Part(Text("convolutional layers", "couches convolutives"), (Stage(_convolution(), 8, 3),)),
        ),
        observe=_spread,
        compare=Close(NEAR, least=1e-9),
        rule=READY_MADE,
        properties={
            "around 0": Text("the mean of the weights is not 0", "la moyenne des poids n’est pas 0"),
            "each by itself": Text(
                "the same numbers come back: each weight is to be drawn by itself",
                "les mêmes nombres reviennent : chaque poids doit être tiré pour lui-même",
            ),
            "its own rng": ITS_OWN_RNG,
            "another seed": Text(
                "another generator gives the same numbers: the draws do not come from `rng`",
                "un autre générateur donne les mêmes nombres : les tirages ne viennent pas de `rng`",
            ),
        },
        mistakes=(*mistakes, *_shared_mistakes(variance)),
        right=right,
    )


xavier = _drawing(
    "xavier",
    glorot,
    ((_as_written,), (_glorot_uniform,), (_glorot_filter_by_filter,)),
    (
        Mistake(
            "fan-in alone",
            (normal(lambda shape: 1 / _fans(shape)[0]),),
            Text(
                "This keeps the variance forward only: 1 / n_in, which notes often call Xavier. "
                "Glorot's rule also thinks of the way back, where n_out counts.",
                "La variance n’est conservée que vers l’avant : 1 / n_in, que des notes appellent souvent Xavier. "
                "La règle de Glorot pense aussi au retour, où c’est n_out qui compte.",
            ),
        ),
        Mistake(
            FAN_OUT_ALONE,
            (normal(lambda shape: 1 / _fans(shape)[1]),),
            Text(
                "This keeps the variance backward only: 1 / n_out. Glorot's rule takes both directions into account.",
                "La variance n’est conservée que vers l’arrière : 1 / n_out. "
                "La règle de Glorot tient compte des deux sens.",
            ),
        ),
        Mistake(
            "two forgotten",
            (normal(lambda shape: 1 / sum(_fans(shape))),),
            Text(
                "The variance is half of what it should be. "
                "The rule is one over the mean of n_in and n_out, not over their sum.",
                "La variance est la moitié de ce qu’elle devrait être. "
                "La règle est l’inverse de la moyenne de n_in et n_out, non de leur somme.",
            ),
        ),
        Mistake(
            "he",
            (normal(kaiming),),
            Text(
                "This is He's rule, 2 / n_in. It is made for ReLU; here n_out counts as well.",
                "C’est la règle de He, 2 / n_in. Elle est faite pour ReLU ; ici, n_out compte aussi.",
            ),
        ),
    ),
)

he = _drawing(
    "he",
    kaiming,
    ((_he_by_size,), (_he_uniform,), (_he_one_by_one,)),
    (
        Mistake(
            FAN_OUT_ALONE,
            (normal(lambda shape: 2 / _fans(shape)[1]),),
            Text(
                "This divides by n_out. A preactivation is a sum over what comes in: n_in. "
                "`shape[0]` counts the outputs, the inputs come after it.",
                "Ici, on divise par n_out. Une préactivation est une somme sur ce qui entre : n_in. "
                "`shape[0]` compte les sorties, les entrées viennent après.",
            ),
        ),
        Mistake(
            "one for two",
            (normal(lambda shape: 1 / _fans(shape)[0]),),
            Text(
                "The variance is 1 / n_in. ReLU removes half of the mean square, and nothing makes up for it.",
                "La variance est 1 / n_in. ReLU enlève la moitié de la moyenne des carrés, et rien ne la compense.",
            ),
        ),
        Mistake(
            "times the root of n",
            (normal(lambda shape: _fans(shape)[0]),),
            Text(
                "Draws of variance 1 are multiplied by √n_in, as a source prints it. Sums of n_in products "
                "would then be enormous: divide by √n_in, and mind the factor √2.",
                "Des tirages de variance 1 sont multipliés par √n_in, comme l’imprime une source. Les sommes de n_in "
                "produits seraient alors énormes : divisez par √n_in, sans oublier le facteur √2.",
            ),
        ),
        Mistake(
            "two outside the root",
            (normal(lambda shape: 4 / _fans(shape)[0]),),
            Text(
                "The standard deviation is 2 / √n_in. It is the variance that is doubled: the 2 stands under the root.",
                "L’écart-type est 2 / √n_in. C’est la variance qui est doublée : le 2 est sous la racine.",
            ),
        ),
        Mistake(
            "glorot",
            (normal(glorot),),
            Text(
                "This is Glorot's rule, with n_in + n_out. He's looks forward only: 2 / n_in.",
                "C’est la règle de Glorot, avec n_in + n_out. Celle de He ne regarde que vers l’avant : 2 / n_in.",
            ),
        ),
    ),
)
