"""Random answers, judged by their properties and never by matching draws."""

import numpy as np

from autograder.checking.cases import case, fixed, random_numbers, rngs, sizes
from autograder.checking.exercise import Exercise
from autograder.checking.values import Rng
from autograder.checking.words import Text
from tests.autograder.checking.kinds._kind import Kind, mistake, part


def dropout(x, p, rng, training):
    return x * (rng.random(x.shape) >= p) / (1 - p) if training else x.copy()


def dropout_by_choice(x, p, rng, training):
    if not training:
        return x + 0.0
    return np.where(rng.choice([False, True], size=x.shape, p=[p, 1 - p]), x / (1 - p), 0)


def one_mask(x, p, rng, training):
    return x * (rng.random(x.shape[1:]) >= p) / (1 - p) if training else x.copy()


def properties_of_dropout(answer, case):
    p, x = case["p"], np.ones((40, 50))
    kept = answer(x, p, case["rng"], True)
    again = answer(x, p, Rng(case["rng"].seed), True)
    return {
        "as it is at test": bool(np.array_equal(answer(x, p, case["rng"], False), x)),
        "values": sorted({round(float(value), 6) for value in np.unique(kept)}),
        "share dropped": bool(abs((kept == 0).mean() - p) < 0.06),
        "a mask for each": bool(len(np.unique(kept, axis=0)) > 1),
        "uses rng": bool(np.array_equal(kept, again)),
    }


def says(name):
    return Text(f"wrong: {name}", f"faux : {name}")


DROPOUT = Kind(
    Exercise(
        "dropout, judged by its properties",
        (dropout,),
        (part(fixed(*({"p": p, "rng": Rng(seed)} for p in (0.5, 0.25) for seed in range(3))), examples=6),),
        (
            mistake(
                "does not rescale",
                lambda x, p, rng, training: dropout(x, p, rng, training) * (1 - p if training else 1),
            ),
            mistake("drops at test", lambda x, p, rng, training: dropout(x, p, rng, True)),
            mistake("has one mask for the batch", one_mask),
            mistake(
                "draws from the global generator",
                lambda x, p, rng, training: dropout(x, p, np.random.default_rng(), training),
            ),
        ),
        ((dropout_by_choice,),),
        observe=properties_of_dropout,
        properties={name: says(name) for name in ("as it is at test", "share dropped", "a mask for each", "uses rng")},
    ),
    (lambda x, p, rng, training: x.copy(),),
)


def stochastic_pool(x, size, rng, training):
    windows = x.reshape(-1, size)
    total = windows.sum(axis=1, keepdims=True)
    chances = np.divide(windows, total, out=np.full(windows.shape, 1 / size), where=total > 0)
    if not training:
        return (windows * chances).sum(axis=1)
    return np.array([rng.choice(window, p=chance) for window, chance in zip(windows, chances, strict=True)])


def always_sampling(x, size, rng, training):
    return stochastic_pool(x, size, rng, True)


def divides_by_zero(x, size, rng, training):
    windows = x.reshape(-1, size)
    return (windows**2).sum(axis=1) / windows.sum(axis=1) if not training else stochastic_pool(x, size, rng, True)


def properties_of_pooling(answer, case):
    x, size = np.abs(case["x"]), 2
    windows = x.reshape(-1, size)
    drawn = np.array([answer(x, size, Rng(case["rng"].seed + i), True) for i in range(20)])
    return {
        "each drawn from its window": bool(all(np.isin(drawn[:, i], windows[i]).all() for i in range(len(windows)))),
        "not always the largest": bool((drawn < windows.max(axis=1)).any()),
        "at test": answer(np.append(x, [0.0, 0.0]), size, case["rng"], False),
    }


POOLING = Kind(
    Exercise(
        "stochastic pooling, judged by its properties",
        (stochastic_pool,),
        (part(sizes(3, 4).flatmap(lambda n: case(x=random_numbers(2 * n), rng=rngs())), examples=4),),
        (
            mistake("samples at test", always_sampling),
            mistake("divides by zero", divides_by_zero),
            mistake("takes the largest", lambda x, size, rng, training: x.reshape(-1, size).max(axis=1)),
        ),
        ((lambda x, size, rng, training: stochastic_pool(x.astype(np.float64), size, rng, training),),),
        observe=properties_of_pooling,
        properties={
            "each drawn from its window": says("each drawn from its window"),
            "not always the largest": says("not always the largest"),
        },
    ),
    (lambda x, size, rng, training: x[::2] * 0,),
)

KINDS = (DROPOUT, POOLING)
