"""fractional_regions: boundaries drawn at random, judged by their properties."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.cases import rngs
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.values import Rng
from autograder.checking.words import Text

from ._shared import READY_MADE

DRAWS = 12  # of at least five arrangements: all agree by chance in one case of fifty million


@st.composite
def _lengths(draw, most):
    """Lengths that do not divide, and that leave something to draw."""
    n_out = draw(st.integers(5, most))
    n_in = n_out * draw(st.integers(1, 3)) + draw(st.integers(1, n_out - 1))
    return {"n_in": n_in, "n_out": n_out, "rng": draw(rngs())}


@st.composite
def _whole_lengths(draw):
    n_out = draw(st.integers(1, 5))
    return {"n_in": n_out * draw(st.integers(1, 4)), "n_out": n_out, "rng": draw(rngs())}


def _properties(answer, case):
    """What the boundaries of every draw have in common."""
    n_in, n_out, seed = case["n_in"], case["n_out"], case["rng"].seed
    drawn = [np.asarray(answer(n_in, n_out, Rng(seed + i))) for i in range(DRAWS)]
    again = [np.asarray(answer(n_in, n_out, Rng(seed + i))) for i in range(DRAWS)]
    first = drawn[0]
    if first.ndim != 1 or any(one.shape != (n_out + 1,) for one in drawn):
        return {"shape": first.shape}
    fitting = {n_in // n_out, -(-n_in // n_out)}
    orders = {tuple(np.diff(one).tolist()) for one in drawn}
    return {
        "shape": first.shape,
        "from 0 to n_in": all(one[0] == 0 and one[-1] == n_in for one in drawn),
        "two sizes": all(fitting.issuperset(order) for order in orders),
        "by chance": len(orders) > 1 or n_in % n_out == 0,
        "its own rng": all(map(np.array_equal, drawn, again)),
        "whole": all(one.dtype.kind in "iu" for one in drawn),
    }


def _by_shuffling(n_in, n_out, rng):
    sizes = [n_in // n_out] * n_out
    for i in range(n_in % n_out):
        sizes[i] += 1
    rng.shuffle(sizes)
    boundaries = [0]
    for size in sizes:
        boundaries.append(boundaries[-1] + size)
    return np.array(boundaries)


def _by_choice(n_in, n_out, rng):
    small, more = divmod(n_in, n_out)
    sizes = np.full(n_out, small)
    sizes[rng.choice(n_out, size=more, replace=False)] += 1
    return np.append(0, np.cumsum(sizes))


def _by_sliding_ruler(n_in, n_out, rng):
    start = int(rng.integers(n_out))  # a ruler of equal steps, laid down at random and rounded: in whole numbers
    places = (np.arange(n_out + 1) * n_in + start) // n_out
    return places - places[0]


def _by_list(n_in, n_out, rng):
    left, regions, boundaries = n_in, n_out, [0]
    while regions:
        large = left % regions
        size = left // regions + int(rng.random() < large / regions)
        left, regions = left - size, regions - 1
        boundaries.append(n_in - left)
    return boundaries


def _not_shuffled(n_in, n_out, rng):
    small, more = divmod(n_in, n_out)
    return np.append(0, np.cumsum([small + 1] * more + [small] * (n_out - more)))


def _evenly_rounded(n_in, n_out, rng):
    return np.arange(n_out + 1) * n_in // n_out


def _sizes(n_in, n_out, rng):
    return np.diff(_by_choice(n_in, n_out, rng))


def _without_zero(n_in, n_out, rng):
    return _by_choice(n_in, n_out, rng)[1:]


def _starts(n_in, n_out, rng):
    return _by_choice(n_in, n_out, rng)[:-1]


def _rest_in_the_last(n_in, n_out, rng):
    return np.append(np.arange(n_out) * (n_in // n_out), n_in)


def _any_cuts(n_in, n_out, rng):
    cuts = np.sort(rng.choice(np.arange(1, n_in), size=n_out - 1, replace=False))
    return np.concatenate([[0], cuts, [n_in]])


def _each_by_a_coin(n_in, n_out, rng):
    sizes = n_in // n_out + rng.integers(0, 1 + (n_in % n_out > 0), size=n_out, endpoint=False)
    return np.append(0, np.cumsum(sizes))


def _fractions(n_in, n_out, rng):
    return np.linspace(0, n_in, n_out + 1)


def _own_generator(n_in, n_out, rng):
    return _by_choice(n_in, n_out, np.random.default_rng())


ONE_MORE = Text(
    "The number of boundaries is not n_out + 1. Each region needs an end, and the first one a start: 0.",
    "Le nombre de bornes n’est pas n_out + 1. Chaque région a besoin d’une fin, et la première d’un début : 0.",
)
NO_CHANCE = Text(
    "The larger regions always stand in the same places. Shuffle the sizes with `rng` before adding them up.",
    "Les grandes régions sont toujours aux mêmes places. Mélangez les tailles avec `rng` avant de les cumuler.",
)

fractional_regions = Exercise(
    name="fractional_regions",
    reference=(cnnlib.fractional_regions,),
    parts=(
        Part(
            Text("the boundaries", "les bornes"),
            (Stage(_lengths(7), 10, 6), Stage(_lengths(30), 6, 3), Stage(_whole_lengths(), 6, 3)),
        ),
    ),
    observe=_properties,
    rule=READY_MADE,
    properties={
        "from 0 to n_in": Text(
            "the first boundary is not 0, or the last one not n_in",
            "la première borne n’est pas 0, ou la dernière n’est pas n_in",
        ),
        "two sizes": Text(
            "some region is larger or smaller than n_in / n_out rounded up or down",
            "une région est plus grande ou plus petite que n_in / n_out arrondi par excès ou par défaut",
        ),
        "by chance": Text(
            "twelve draws gave the same boundaries twelve times",
            "douze tirages ont donné douze fois les mêmes bornes",
        ),
        "its own rng": Text(
            "two runs with the same seed differ: all chance must come from `rng`",
            "deux exécutions avec la même graine diffèrent : tout le hasard doit venir de `rng`",
        ),
        "whole": Text(
            "the boundaries are not whole numbers: they are to be used as indices",
            "les bornes ne sont pas des nombres entiers : elles doivent servir d’indices",
        ),
    },
    mistakes=(
        Mistake("not shuffled", (_not_shuffled,), NO_CHANCE),
        Mistake(
            "sizes",
            (_sizes,),
            Text(
                "These are the sizes of the regions. The boundaries are their running sum, with a 0 before it.",
                "Ce sont les tailles des régions. Les bornes en sont la somme cumulée, précédée d’un 0.",
            ),
        ),
        Mistake(
            "rest in the last",
            (_rest_in_the_last,),
            Text(
                "The last region takes all that is left. The remainder n_in % n_out is dealt out instead, "
                "one pixel to each of so many regions.",
                "La dernière région prend tout ce qui reste. Il faut plutôt distribuer le reste n_in % n_out, "
                "un pixel à chacune d’autant de régions.",
            ),
        ),
        Mistake(
            "any cuts",
            (_any_cuts,),
            Text(
                "The cuts fall anywhere, so a region may have any size. Only two neighbouring sizes may occur; "
                "chance decides their order.",
                "Les coupures tombent n’importe où : une région peut avoir n’importe quelle taille. Seules deux "
                "tailles voisines sont permises ; le hasard décide de leur ordre.",
            ),
        ),
        Mistake(
            "a coin for each",
            (_each_by_a_coin,),
            Text(
                "Each region decides for itself whether to be large, so their sum is n_in only by luck. "
                "Exactly n_in % n_out of them are large.",
                "Chaque région décide seule d’être grande : leur somme ne vaut n_in que par chance. "
                "Il y en a exactement n_in % n_out de grandes.",
            ),
        ),
        Mistake(
            "fractions",
            (_fractions,),
            Text(
                "The boundaries are fractions, all equally far apart. A pixel cannot be cut in two: "
                "regions have whole sizes.",
                "Les bornes sont fractionnaires, toutes à égale distance. On ne peut pas couper un pixel en deux : "
                "les régions ont des tailles entières.",
            ),
        ),
        Mistake(
            "a generator of its own",
            (_own_generator,),
            Text(
                "It does not draw from `rng`, so a run cannot be repeated. Use the generator that was handed in.",
                "Elle ne tire pas de `rng` : on ne peut donc pas répéter une exécution. "
                "Employez le générateur reçu en argument.",
            ),
        ),
    ),
    right=((_by_shuffling,), (_by_choice,), (_by_sliding_ruler,), (_by_list,)),
)
