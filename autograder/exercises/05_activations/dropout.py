"""dropout: values dropped by chance while training; judged by its properties, never by its draws."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.cases import case, rngs, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.values import Rng
from autograder.checking.words import Text

from ._shared import READY_MADE, any_numbers, any_shape

SHAPE = (40, 60)  # images and values of each: 2400 draws
FAR = 0.055  # more than five standard deviations of a share among them
FEW = (6, 2, 5, 20)  # a stack of maps: every axis must draw for itself


@st.composite
def _chances(draw):
    """A probability of dropping, rarely one half, where dropping and keeping are the same."""
    p = draw(st.sampled_from((0.25, 0.2, 0.4, 0.6, 0.7)))
    return {"x": draw(st.sampled_from((1.0, -3.0, 8.0))), "p": p, "rng": draw(rngs())}


def _in_training(answer, case):
    """What many draws have in common, on an array that holds one and the same value."""
    value, p, seed = case["x"], case["p"], case["rng"].seed
    y = np.asarray(answer(np.full(SHAPE, value), p, Rng(seed), True), dtype=float)
    if y.shape != SHAPE:
        return {"shape": y.shape}
    again = np.asarray(answer(np.full(SHAPE, value), p, Rng(seed), True), dtype=float)
    dropped, kept = y == 0, y[y != 0]
    maps = np.asarray(answer(np.full(FEW, value), p, Rng(seed), True), dtype=float)
    return {
        "shape": y.shape,
        "share dropped": bool(abs(dropped.mean() - p) < FAR),
        "others kept": float(kept[0]) if kept.size and np.ptp(kept) < 1e-6 * abs(kept[0]) else kept[:4].tolist(),
        "each image": bool(len(np.unique(dropped, axis=0)) > 1),
        "each value": bool(len(np.unique(dropped, axis=1)[0]) > 1),
        "each axis": maps.shape == FEW and all(_varies(maps == 0, axis) for axis in range(4)),
        "its own rng": bool(np.array_equal(y, again)),
    }


def _varies(dropped, axis):
    """Whether what is dropped differs along that axis."""
    return bool((dropped != dropped.take([0], axis=axis)).any())


def _on_values(answer, case):
    """What is kept is as many times larger everywhere, signs and all: y/x has two values only."""
    x, p = case["x"], case["p"]
    y = np.asarray(answer(x, p, case["rng"], True), dtype=float)
    if y.shape != x.shape:
        return {"shape": y.shape}
    near = np.isclose(y, x.astype(float) / (1 - p), rtol=1e-5) | (y == 0)
    return {"shape": y.shape, "dropped or kept": bool(near.all())}


def _at_test(answer, case):
    return answer(case["x"], case["p"], case["rng"], False)


def _values(numbers):
    chances = st.sampled_from((0.25, 0.4, 0.7))
    return any_shape(4).flatmap(lambda shape: case(x=numbers(shape), p=chances, rng=rngs()))


def _reference(x, p, rng, training):
    return cnnlib.dropout_forward(x, p, rng=rng, training=training)[0]


def _by_comparison(x, p, rng, training):
    return x * (rng.random(x.shape) >= p) / (1 - p) if training else x


def _by_choice(x, p, rng, training):
    if not training:
        return x.copy()
    return np.where(rng.choice([True, False], size=x.shape, p=[p, 1 - p]), 0.0, x / (1 - p))


def _by_coins(x, p, rng, training):
    y = np.array(x, dtype=np.float32)
    if training:
        y[rng.binomial(1, p, size=x.shape) == 1] = 0
        y /= 1 - p
    return y


def _by_loop(x, p, rng, training):
    kept = [value / (1 - p) if rng.uniform() < 1 - p else 0.0 for value in x.ravel()]
    return np.array(kept).reshape(x.shape) if training else x + 0.0


def _dropped(x, p, rng):
    return np.where(rng.random(x.shape) < p, 0.0, x)


def _not_rescaled(x, p, rng, training):
    return _dropped(x, p, rng) if training else x.copy()


def _rescaled_at_test(x, p, rng, training):
    return _dropped(x, p, rng) if training else x * (1 - p)


def _rescaled_at_test_by_p(x, p, rng, training):
    return _dropped(x, p, rng) if training else x * p


def _active_at_test(x, p, rng, training):
    return _by_comparison(x, p, rng, True)


def _idle_in_training(x, p, rng, training):
    return _by_comparison(x, p, rng, not training)


def _never(x, p, rng, training):
    return x.copy()


def _one_mask_for_the_batch(x, p, rng, training):
    return x * (rng.random(x.shape[1:]) >= p) / (1 - p) if training else x.copy()


def _whole_images(x, p, rng, training):
    mask = rng.random((len(x), *(1,) * (x.ndim - 1))) >= p
    return x * mask / (1 - p) if training else x.copy()


def _kept_with_p(x, p, rng, training):
    return x * (rng.random(x.shape) < p) / p if training else x.copy()


def _scaled_by_the_other(x, p, rng, training):
    return _dropped(x, p, rng) / p if training else x.copy()


def _scaled_down(x, p, rng, training):
    return _dropped(x, p, rng) * (1 - p) if training else x.copy()


def _its_own_generator(x, p, rng, training):
    return _by_comparison(x, p, np.random.default_rng(), training)


def _all_or_nothing(x, p, rng, training):
    return x * (rng.random() >= p) / (1 - p) if training else x.copy()


def _noise(x, p, rng, training):
    return x * rng.random(x.shape) if training else x.copy()


def _in_place(x, p, rng, training):
    if training:
        x[rng.random(x.shape) < p] = 0
        x /= 1 - p
    return x


EACH_BY_ITSELF = Text(
    "one draw serves several values: every value of every image is dropped or kept by itself",
    "un même tirage sert à plusieurs valeurs : chaque valeur de chaque image est éteinte ou gardée pour elle-même",
)

dropout = Exercise(
    name="dropout",
    reference=(_reference,),
    parts=(
        Part(
            Text("dropped in training", "éteintes à l’entraînement"), (Stage(_chances(), 6, 4),), observe=_in_training
        ),
        Part(
            Text("kept and rescaled", "gardées et remises à l’échelle"),
            (Stage(_values(whole_numbers), 12, 6), Stage(_values(any_numbers), 8, 4)),
            observe=_on_values,
        ),
        Part(
            Text("left alone at test", "laissées intactes au test"),
            (Stage(_values(whole_numbers), 12, 6), Stage(_values(any_numbers), 8, 4)),
            observe=_at_test,
        ),
    ),
    rule=READY_MADE,
    may_share=True,  # at test x may come back itself
    properties={
        "share dropped": Text(
            "among 2400 values, the share that is dropped is not near p",
            "sur 2400 valeurs, la part de celles qui sont éteintes n’est pas proche de p",
        ),
        "each image": EACH_BY_ITSELF,
        "each value": EACH_BY_ITSELF,
        "each axis": EACH_BY_ITSELF,
        "its own rng": Text(
            "two runs with the same seed differ: all chance must come from `rng`",
            "deux exécutions avec la même graine diffèrent : tout le hasard doit venir de `rng`",
        ),
        "dropped or kept": Text(
            "in training, some value is neither 0 nor x / (1 - p)",
            "à l’entraînement, une valeur n’est ni 0 ni x / (1 - p)",
        ),
    },
    mistakes=(
        Mistake(
            "not rescaled",
            (_not_rescaled,),
            Text(
                "What is kept stays as it was, so the layer gives less in training than at test. "
                "Make up for what is missing: the mean should be that of x.",
                "Ce qui est gardé reste tel quel : la couche donne donc moins à l’entraînement qu’au test. "
                "Compensez ce qui manque : la moyenne doit être celle de x.",
            ),
        ),
        Mistake(
            "rescaled at test",
            (_rescaled_at_test,),
            Text(
                "This is the older form: nothing is rescaled in training, and all is multiplied by 1 - p at test. It "
                "is sound, but here the rescaling belongs to training, so that at test nothing remains to be done.",
                "C’est la forme ancienne : rien n’est remis à l’échelle à l’entraînement, et tout est multiplié par 1 "
                "- p au test. Elle se défend, mais ici la mise à l’échelle se fait à l’entraînement : au test, il ne "
                "reste rien à faire.",
            ),
        ),
        Mistake(
            "rescaled at test by what was dropped",
            (_rescaled_at_test_by_p,),
            Text(
                "At test all is multiplied by the share that was dropped, as one of the sources says. It would have "
                "to be the share that was kept, 1 - p; and here the rescaling belongs to training anyway.",
                "Au test, tout est multiplié par la part éteinte, comme le dit une des sources. Ce devrait être la "
                "part gardée, 1 - p ; et ici, la mise à l’échelle se fait de toute façon à l’entraînement.",
            ),
        ),
        Mistake(
            "active at test",
            (_active_at_test,),
            Text(
                "It drops values at test time too, so the same image may get two different answers. "
                "When `training` is false, x stays as it is.",
                "Elle éteint aussi des valeurs au moment du test : une même image peut donc recevoir deux réponses "
                "différentes. Quand `training` est faux, x reste tel quel.",
            ),
        ),
        Mistake(
            "the other way round",
            (_idle_in_training,),
            Text(
                "It drops at test and not in training. It is the other way round: see what `training` says.",
                "Elle éteint au test et pas à l’entraînement. C’est l’inverse : regardez ce que dit `training`.",
            ),
        ),
        Mistake(
            "nothing dropped",
            (_never,),
            Text(
                "Nothing is ever dropped. When `training` is true, a share p of the values should become 0.",
                "Rien n’est jamais éteint. Quand `training` est vrai, une part p des valeurs doit devenir 0.",
            ),
        ),
        Mistake(
            "one mask for the batch",
            (_one_mask_for_the_batch,),
            Text(
                "One mask serves all images of the batch. Draw as many random numbers as x has values, "
                "so that each image drops its own.",
                "Un même masque sert à toutes les images du lot. Tirez autant de nombres aléatoires que x a de "
                "valeurs : chaque image éteint les siennes.",
            ),
        ),
        Mistake(
            "whole images",
            (_whole_images,),
            Text(
                "Whole images are dropped. Draw as many random numbers as x has values.",
                "Ce sont des images entières qui sont éteintes. Tirez autant de nombres aléatoires que x a de valeurs.",
            ),
        ),
        Mistake(
            "all or nothing",
            (_all_or_nothing,),
            Text(
                "A single draw decides for all values at once. Draw as many random numbers as x has values.",
                "Un seul tirage décide pour toutes les valeurs à la fois. "
                "Tirez autant de nombres aléatoires que x a de valeurs.",
            ),
        ),
        Mistake(
            "p is what is kept",
            (_kept_with_p,),
            Text(
                "p is taken to be the probability of keeping. Here it is that of dropping.",
                "p est pris pour la probabilité de garder. Ici, c’est celle d’éteindre.",
            ),
        ),
        Mistake(
            "divided by p",
            (_scaled_by_the_other,),
            Text(
                "What is kept is divided by p, the share that is dropped. Divide by the share that is kept.",
                "Ce qui est gardé est divisé par p, la part éteinte. Divisez par la part gardée.",
            ),
        ),
        Mistake(
            "scaled down",
            (_scaled_down,),
            Text(
                "What is kept is multiplied by 1 - p and becomes smaller still. It has to make up for what is dropped.",
                "Ce qui est gardé est multiplié par 1 - p et diminue encore. Il doit compenser ce qui est éteint.",
            ),
        ),
        Mistake(
            "a generator of its own",
            (_its_own_generator,),
            Text(
                "It does not draw from `rng`, so a run cannot be repeated. Use the generator that was handed in.",
                "Elle ne tire pas de `rng` : on ne peut donc pas répéter une exécution. "
                "Employez le générateur reçu en argument.",
            ),
        ),
        Mistake(
            "noise",
            (_noise,),
            Text(
                "The values are multiplied by random numbers. A value is dropped or kept, nothing in between: "
                "compare the random numbers with p.",
                "Les valeurs sont multipliées par des nombres aléatoires. Une valeur est éteinte ou gardée, "
                "sans rien entre les deux : comparez les nombres aléatoires à p.",
            ),
        ),
        Mistake(
            "in place",
            (_in_place,),
            Text(
                "The zeros are written into x itself. Make a new array: x belongs to whoever called.",
                "Les zéros sont écrits dans x même. Créez un nouveau tableau : x appartient à qui a appelé.",
            ),
        ),
    ),
    right=((_by_comparison,), (_by_choice,), (_by_coins,), (_by_loop,)),
)
