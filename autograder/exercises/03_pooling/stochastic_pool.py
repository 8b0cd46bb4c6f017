"""stochastic_pool: a value of each window, drawn by its size; judged by its properties, never by its draws."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.cases import random_numbers, rngs, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.values import Rng
from autograder.checking.words import Text

from ._shared import HEIGHT_AND_WIDTH_SWAPPED, READY_MADE, windows

REPEATS = 20  # windows down and across; with two images of three channels 2400 draws
FAR = 0.055  # five standard deviations of a share among them


@st.composite
def _patterns(draw):
    """A window of different numbers, and a generator."""
    size = draw(st.sampled_from([(1, 2), (2, 1), (2, 2), (2, 3), (3, 1)]))
    count = size[0] * size[1]
    least = 0 if count > 2 else 1  # so that two values at least can be drawn
    values = draw(st.lists(st.integers(least, 9), min_size=count, max_size=count, unique=True))
    return {"window": np.array(values, dtype=np.float64).reshape(size), "rng": draw(rngs())}


@st.composite
def _maps(draw, side, spare, numbers):
    h, w = draw(st.integers(1, side)), draw(st.integers(1, side))
    shape = draw(st.integers(1, 2)), draw(st.integers(1, 2)), h + draw(st.integers(0, spare)), w
    x = draw(numbers((*shape[:3], w + draw(st.integers(0, spare)))))
    return {"x": np.abs(x) + 0.25 * (np.abs(x).max() == 0), "size": (h, w), "rng": draw(rngs())}


def _positive(shape):
    return whole_numbers(shape, 1, 9)


def _spread_out(shape):
    return random_numbers(shape, scale=3.0, dtypes=(np.float64, np.float32), strided=True)


@st.composite
def _with_zeros(draw):
    """A window of zeros beside one that has some activity."""
    size = draw(st.integers(1, 2)), draw(st.integers(1, 3))
    live = draw(whole_numbers(size, 1, 9))
    return {"x": np.concatenate([np.zeros(size), live], axis=1)[None, None], "size": size, "rng": draw(rngs())}


def _drawn(answer, case):
    """What many draws from one and the same window have in common."""
    window, seed = case["window"], case["rng"].seed
    h, w = window.shape
    x = np.tile(window, (2, 3, REPEATS, REPEATS))
    x = np.pad(x, ((0, 0), (0, 0), (0, h - 1), (0, w - 1)), constant_values=77)  # too little for one more window
    y = answer(x, (h, w), Rng(seed), True)
    twice = [answer(x[:1, :1], (h, w), Rng(seed), True) for _ in range(2)]
    found = np.asarray(y, dtype=float)
    if found.shape != (2, 3, REPEATS, REPEATS):
        return {"shape": found.shape}
    shares = {float(value): float((found == value).mean()) for value in window.ravel()}
    total, maps = window.sum(), found.reshape(6, -1)
    return {
        "shape": found.shape,
        "from its window": bool(np.isin(found, window).all()),
        "the largest only": bool((found == window.max()).all()),
        "by size": all(abs(share - value / total) < FAR for value, share in shares.items()),
        "each by itself": bool(all(len(np.unique(one)) > 1 for one in maps) and len(np.unique(maps, axis=0)) == 6),
        "its own rng": bool(np.array_equal(*twice)),
    }


def _at_test(answer, case):
    return answer(case["x"], case["size"], case["rng"], False)


def _on_zeros(answer, case):
    """Zero for the window of zeros, drawn or averaged."""
    x, size, rng = case["x"], case["size"], case["rng"]
    return [np.asarray(answer(x, size, rng, training), dtype=float)[0, 0, 0, 0] for training in (True, False)]


def _values(x, size):
    """The values of windows side by side: (N, C, oh, ow, h * w)."""
    h, w = size
    N, C, H, W = x.shape
    x = x[:, :, : H // h * h, : W // w * w]
    return x.reshape(N, C, H // h, h, W // w, w).swapaxes(3, 4).reshape(N, C, H // h, W // w, h * w)


def _chances(values):
    total = values.sum(axis=-1, keepdims=True)
    return np.divide(values, total, out=np.zeros(values.shape), where=total > 0)


def _picked(values, chances, rng):
    """One value of each window, by inverting the cumulated chances."""
    index = (chances.cumsum(axis=-1) <= rng.random((*values.shape[:4], 1))).sum(axis=-1, keepdims=True)
    index = np.minimum(index, values.shape[-1] - 1)
    return np.take_along_axis(values, index, axis=-1)[..., 0]


def _by_cumulated(x, size, rng, training):
    values = _values(x, size)
    chances = _chances(values)
    return _picked(values, chances, rng) if training else (chances * values).sum(axis=-1)


def _by_choice(x, size, rng, training):
    slid = windows(x, size, 1)[:, :, :: size[0], :: size[1]]
    y = np.zeros(slid.shape[:4])
    for place in np.ndindex(y.shape):
        window = slid[place].ravel().astype(float)
        if window.sum() > 0:
            p = window / window.sum()
            y[place] = rng.choice(window, p=p) if training else p @ window
    return y


def _by_race(x, size, rng, training):
    values = _values(x, size).astype(np.float32)
    if training:  # of exponential clocks that run at these rates, the first to ring
        with np.errstate(divide="ignore"):
            times = rng.exponential(size=values.shape) / values
        return np.take_along_axis(values, times.argmin(axis=-1)[..., None], axis=-1)[..., 0]
    total = values.sum(axis=-1)
    return (values**2).sum(axis=-1) / np.where(total > 0, total, 1)


def _reference(x, size, rng, training):
    return cnnlib.stochastic_pool2d_forward(x, size, rng=rng, training=training)[0]


def _samples_at_test(x, size, rng, training):
    return _by_cumulated(x, size, rng, True)


def _mean_in_training(x, size, rng, training):
    return _by_cumulated(x, size, rng, False)


def _divides_by_zero(x, size, rng, training):
    values = _values(x, size)
    with np.errstate(all="ignore"):
        chances = values / values.sum(axis=-1, keepdims=True)
        averaged = (chances * values).sum(axis=-1)
    return _picked(values, chances, rng) + 0 * averaged if training else averaged


def _choice_without_chances(x, size, rng, training):
    values = _values(x, size)
    y = np.zeros(values.shape[:4])
    with np.errstate(all="ignore"):
        for place in np.ndindex(y.shape):
            p = values[place] / values[place].sum()
            y[place] = rng.choice(values[place], p=p) if training else p @ values[place]
    return y


def _any_value(x, size, rng, training):
    values = _values(x, size)
    if not training:
        return values.mean(axis=-1)
    return _picked(values, np.full(values.shape, 1 / values.shape[-1]), rng)


def _plain_mean(x, size, rng, training):
    return _by_cumulated(x, size, rng, True) if training else _values(x, size).mean(axis=-1)


def _largest_at_test(x, size, rng, training):
    return _by_cumulated(x, size, rng, True) if training else _values(x, size).max(axis=-1)


def _softmax(x, size, rng, training):
    values = _values(x, size)
    chances = np.exp(values - values.max(axis=-1, keepdims=True))
    chances = chances / chances.sum(axis=-1, keepdims=True)
    return _picked(values, chances, rng) if training else (chances * values).sum(axis=-1)


def _one_draw_for_all(x, size, rng, training):
    values = _values(x, size)
    chances = _chances(values)
    if not training:
        return (chances * values).sum(axis=-1)
    first = chances[0, 0, 0, 0]
    place = rng.choice(len(first), p=first) if first.sum() else 0
    return values[..., place].copy()


def _one_map_for_all(x, size, rng, training):
    values = _values(x, size)
    chances = _chances(values)
    if not training:
        return (chances * values).sum(axis=-1)
    drawn = (chances.cumsum(axis=-1) <= rng.random((*values.shape[2:4], 1))).sum(axis=-1, keepdims=True)
    return np.take_along_axis(values, np.minimum(drawn, values.shape[-1] - 1), axis=-1)[..., 0]


def _its_own_generator(x, size, rng, training):
    return _by_cumulated(x, size, np.random.default_rng(), training)


def _always_largest(x, size, rng, training):
    return _values(x, size).max(axis=-1) if training else _by_cumulated(x, size, rng, False)


def _swapped(x, size, rng, training):
    return _by_cumulated(x, size[::-1], rng, training)


DIVIDES_BY_ZERO = Text(
    "A window of zeros divides zero by zero. ReLU makes many such windows: "
    "their chances cannot be computed, and their result is simply 0.",
    "Une fenêtre de zéros divise zéro par zéro. ReLU en produit beaucoup : "
    "leurs probabilités ne se calculent pas, et leur résultat est simplement 0.",
)
EACH_BY_ITSELF = Text(
    "one draw serves several windows: every window of every channel of every image draws by itself",
    "un même tirage sert à plusieurs fenêtres : chaque fenêtre de chaque canal de chaque image tire pour elle-même",
)

stochastic_pool = Exercise(
    name="stochastic_pool",
    reference=(_reference,),
    parts=(
        Part(Text("drawn in training", "tirée à l’entraînement"), (Stage(_patterns(), 6),), observe=_drawn),
        Part(
            Text("averaged at test", "moyennée au test"),
            (Stage(_maps(2, 2, _positive), 25), Stage(_maps(3, 5, _spread_out), 15)),
            observe=_at_test,
        ),
        Part(Text("windows of zeros", "fenêtres de zéros"), (Stage(_with_zeros(), 10),), observe=_on_zeros),
    ),
    rule=READY_MADE,
    properties={
        "from its window": Text(
            "in training, a value came out that its window does not hold",
            "à l’entraînement, il sort une valeur que sa fenêtre ne contient pas",
        ),
        "by size": Text(
            "drawn 2400 times from this window, its values do not come out in proportion to their sizes",
            "tirées 2400 fois de cette fenêtre, ses valeurs ne sortent pas en proportion de leur taille",
        ),
        "the largest only": Text(
            "in training, the largest value of the window came out 2400 times in a row",
            "à l’entraînement, la plus grande valeur de la fenêtre est sortie 2400 fois de suite",
        ),
        "each by itself": EACH_BY_ITSELF,
        "its own rng": Text(
            "two runs with the same seed differ: all chance must come from `rng`",
            "deux exécutions avec la même graine diffèrent : tout le hasard doit venir de `rng`",
        ),
    },
    mistakes=(
        Mistake(
            "samples at test",
            (_samples_at_test,),
            Text(
                "It draws at test time too, so the same image may get two different answers. "
                "When `training` is false, give the mean weighted by the chances.",
                "Elle tire aussi au moment du test : une même image peut donc recevoir deux réponses différentes. "
                "Quand `training` est faux, donnez la moyenne pondérée par les probabilités.",
            ),
        ),
        Mistake(
            "averages in training",
            (_mean_in_training,),
            Text(
                "In training it gives the weighted mean. That is for the test: here one value of each window is drawn.",
                "À l’entraînement, elle donne la moyenne pondérée. C’est bon pour le test : "
                "ici, on tire une valeur de chaque fenêtre.",
            ),
        ),
        Mistake("divides by zero", (_divides_by_zero,), DIVIDES_BY_ZERO),
        Mistake("chances that are none", (_choice_without_chances,), DIVIDES_BY_ZERO),
        Mistake(
            "all alike",
            (_any_value,),
            Text(
                "Every value of a window has the same chance. A 5 should be drawn five times as often as a 1.",
                "Toutes les valeurs d’une fenêtre ont la même probabilité. "
                "Un 5 devrait être tiré cinq fois plus souvent qu’un 1.",
            ),
        ),
        Mistake(
            "plain mean at test",
            (_plain_mean,),
            Text(
                "At test time this is the plain mean. The mean that the draws would have in the long run "
                "weights each value by its chance.",
                "Au test, c’est la moyenne ordinaire. La moyenne qu’auraient les tirages à la longue "
                "pondère chaque valeur par sa probabilité.",
            ),
        ),
        Mistake(
            "maximum at test",
            (_largest_at_test,),
            Text(
                "At test time it gives the maximum. Give the mean weighted by the chances.",
                "Au test, elle donne le maximum. Donnez la moyenne pondérée par les probabilités.",
            ),
        ),
        Mistake(
            "softmax",
            (_softmax,),
            Text(
                "The chances are those of a softmax. Here a value's chance is its share of the window's sum: "
                "no exponential, and a zero is never drawn.",
                "Les probabilités sont celles d’un softmax. Ici, la probabilité d’une valeur est sa part de la somme "
                "de la fenêtre : pas d’exponentielle, et un zéro n’est jamais tiré.",
            ),
        ),
        Mistake(
            "always the largest",
            (_always_largest,),
            Text(
                "In training the largest value always wins: that is max pooling. A smaller one must have its chance.",
                "À l’entraînement, la plus grande valeur gagne toujours : c’est l’agrégation par maximum. "
                "Une plus petite doit avoir sa chance.",
            ),
        ),
        Mistake(
            "one draw for all windows",
            (_one_draw_for_all,),
            Text(
                "One place is drawn, and used in every window. Each window draws by itself.",
                "Une seule place est tirée, et sert pour toutes les fenêtres. Chaque fenêtre tire pour elle-même.",
            ),
        ),
        Mistake(
            "one draw for all maps",
            (_one_map_for_all,),
            Text(
                "All images and channels share their draws. Draw as many random numbers as there are windows in all.",
                "Toutes les images et tous les canaux partagent leurs tirages. "
                "Tirez autant de nombres aléatoires qu’il y a de fenêtres en tout.",
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
        Mistake("height and width swapped", (_swapped,), HEIGHT_AND_WIDTH_SWAPPED),
    ),
    right=((_by_cumulated,), (_by_choice,), (_by_race,)),
)
