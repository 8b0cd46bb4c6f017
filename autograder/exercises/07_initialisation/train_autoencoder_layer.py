"""train_autoencoder_layer: a layer that learns to bring images back through few numbers, judged on unseen ones."""

from functools import lru_cache

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.cases import case, seeds
from autograder.checking.exercise import Exercise, Mistake, Part, Rule, Stage
from autograder.checking.values import Rng
from autograder.checking.words import Text
from cnnlib import init
from cnnlib.data import load_digits
from cnnlib.network import Function, Linear, Network
from cnnlib.optim import Adam

from ._shared import ITS_OWN_RNG, OWN_GENERATOR

TRAINING, UNSEEN = 600, 300
ENOUGH = 0.8  # of what the best linear projection brings back; usual answers reach 0.95
DECODER_GAP = 0.05  # by which the best decoder of the same codes may be better


def _digits_of(columns, hidden, *, again):
    """Any choice of digits cut to so many columns; `again`: train twice and compare."""
    return case(seed=seeds(), columns=st.just(columns), hidden=st.just(hidden), again=st.just(again))


@lru_cache(maxsize=8)
def _digits(seed, columns):
    """Digits cut to so many columns, some to learn from and some to be judged on, one image a row."""
    images = load_digits().images[:, 0]
    cut = (images.shape[2] - columns) // 2
    rows = images[:, :, cut : cut + columns].reshape(len(images), -1).astype(np.float64)
    chosen = np.random.default_rng(seed).permutation(len(rows))[: TRAINING + UNSEEN]
    return rows[chosen[:TRAINING]], rows[chosen[TRAINING:]]


def _brought_back(answer, told):
    """What the trained layer does with images that it has not seen."""
    x, unseen = _digits(told["seed"], told["columns"])
    hidden, n = told["hidden"], x.shape[1]
    found = answer(x.copy(), hidden, Rng(told["seed"]))
    shapes = [np.shape(array) for array in found] if isinstance(found, list | tuple) else []
    seen = {"weights": {"shapes": shapes}}
    if shapes != [(hidden, n), (hidden,), (n, hidden), (n,)]:
        return seen | dict.fromkeys(PROPERTIES, False)
    w, b, v, c = (np.asarray(array, dtype=np.float64) for array in found)
    seen |= _judged(w, b, v, c, x, unseen)
    if told["again"]:
        again = answer(x.copy(), hidden, Rng(told["seed"]))
        seen["its own rng"] = all(np.array_equal(one, other) for one, other in zip(found, again, strict=True))
    return seen


def _judged(w, b, v, c, x, unseen):
    """Shares of the variance of unseen images, relative to the best linear projection of as many numbers."""
    with np.errstate(all="ignore"):
        codes, unseen_codes = np.tanh(x @ w.T + b), np.tanh(unseen @ w.T + b)
        best = _share(_projected(x, unseen, len(w)), unseen)
        share = _share(unseen_codes @ v.T + c, unseen) / best
    if not np.isfinite(share):
        return dict.fromkeys(PROPERTIES, False) | {"its own rng": True}
    possible = _share(_best_decoded(codes, x, unseen_codes), unseen) / best
    strength = np.linalg.svd(codes - codes.mean(axis=0), compute_uv=False) / np.sqrt(len(codes))
    return {
        "finite": True,
        "units answer": bool(strength[0] > 1e-3),
        "units differ": bool((strength > 1e-2).sum() > len(w) // 2),
        "has moved": bool(share > -0.5),
        "beats the mean": bool(share > 0.35),
        "enough": bool(share >= ENOUGH),
        "decoder": bool(share >= ENOUGH or possible - share < DECODER_GAP),
        "its own rng": True,
    }


def _share(back, x):
    """How much of the variance of x is in what comes back: 1 for all of it, 0 for the mean image."""
    return 1 - ((back - x) ** 2).sum() / ((x - x.mean(axis=0)) ** 2).sum()


def _projected(x, unseen, hidden):
    mean = x.mean(axis=0)
    directions = np.linalg.svd(x - mean, full_matrices=False)[2][:hidden]
    return (unseen - mean) @ directions.T @ directions + mean


def _best_decoded(codes, x, unseen_codes):
    """What the best decoder for these codes, found by least squares, brings back."""
    ones = np.ones((len(codes), 1)), np.ones((len(unseen_codes), 1))
    decoder = np.linalg.lstsq(np.hstack([codes, ones[0]]), x, rcond=None)[0]
    return np.hstack([unseen_codes, ones[1]]) @ decoder


def _trained(x, hidden, rng, *, steps=600, start=None, learns="wbvc", uphill=False, mixed=False):
    """Training in cnnlib's terms, with the ways in which it may go wrong."""
    n = x.shape[1]
    params = {
        "w": init.xavier_normal((hidden, n), rng),
        "b": np.zeros(hidden),
        "v": init.xavier_normal((n, hidden), rng),
        "c": np.zeros(n),
    }
    if start is not None:
        params |= {"w": np.full((hidden, n), start), "v": np.full((n, hidden), start)}
    adam = Adam(lr=0.01)
    for _ in range(steps):
        batch = x[rng.integers(len(x), size=50)]
        target = x[rng.integers(len(x), size=50)] if mixed else batch
        grads = _gradients(params, batch, target)
        if uphill:
            grads = {name: -np.clip(grad, -1e3, 1e3) for name, grad in grads.items()}
        adam.step({name: params[name] for name in learns}, {name: grads[name] for name in learns})
    return tuple(params.values())


def _gradients(params, x, target):
    z, encoded = cnnlib.linear_forward(x, params["w"], params["b"])
    code, bent = cnnlib.tanh_forward(z)
    back, decoded = cnnlib.linear_forward(code, params["v"], params["c"])
    dcode, dv, dc = cnnlib.linear_backward(2 * (back - target) / len(x), decoded)
    _, dw, db = cnnlib.linear_backward(cnnlib.tanh_backward(dcode, bent), encoded)
    return {"w": dw, "b": db, "v": dv, "c": dc}


def _by_hand(x, hidden, rng):
    """The whole set at each step, with momentum, in numpy alone."""
    N, n = x.shape
    w, v = rng.normal(0, 1 / np.sqrt(n), (hidden, n)), rng.normal(0, 1 / np.sqrt(hidden), (n, hidden))
    b, c = np.zeros(hidden), x.mean(axis=0)
    moved = [0.0] * 4
    for _ in range(700):
        code = np.tanh(x @ w.T + b)
        error = (code @ v.T + c - x) / N
        back = (error @ v) * (1 - code**2)
        grads = back.T @ x, back.sum(axis=0), error.T @ code, error.sum(axis=0)
        moved = [0.9 * before - 0.04 * grad for before, grad in zip(moved, grads, strict=True)]
        w, b, v, c = (array + step for array, step in zip((w, b, v, c), moved, strict=True))
    return w, b, v, c


def _tied(x, hidden, rng):
    """A decoder whose weights are the encoder's, turned around."""
    n = x.shape[1]
    params = {"w": init.xavier_uniform((hidden, n), rng), "b": np.zeros(hidden), "c": np.zeros(n)}
    adam = Adam(lr=0.01)
    for _ in range(900):
        batch = x[rng.permutation(len(x))[:64]]
        grads = _gradients(params | {"v": params["w"].T}, batch, batch)
        adam.step(params, {"w": grads["w"] + grads["v"].T, "b": grads["b"], "c": grads["c"]})
    return params["w"], params["b"], params["w"].T.copy(), params["c"]


def _by_layers(x, hidden, rng):
    """The same as a network of three layers."""
    encoder, decoder = Linear(x.shape[1], hidden, rng=rng), Linear(hidden, x.shape[1], rng=rng)
    network = Network([encoder, Function(cnnlib.tanh_forward, cnnlib.tanh_backward), decoder])
    adam = Adam(lr=0.01)
    for _ in range(800):
        batch = x[rng.choice(len(x), size=100)]
        network.backward(2 * (network.forward(batch, training=True) - batch) / len(batch))
        adam.step(network.params, network.grads)
    return encoder.params["w"], encoder.params["b"], decoder.params["w"], decoder.params["b"]


def _with(**how):
    return lambda x, hidden, rng: _trained(x, hidden, rng, **how)


def _own_generator(x, hidden, rng):
    return _trained(x, hidden, np.random.default_rng())


def _transposed(x, hidden, rng):
    w, b, v, c = _trained(x, hidden, rng, steps=1)
    return w.T.copy(), b, v.T.copy(), c


PROPERTIES = {
    "finite": Text(
        "the weights have become infinite or are no numbers",
        "les poids sont devenus infinis ou ne sont plus des nombres",
    ),
    "units answer": Text(
        "the hidden units give the same code for every image",
        "les unités cachées donnent le même code pour toutes les images",
    ),
    "units differ": Text(
        "most hidden units say the same as others",
        "la plupart des unités cachées disent la même chose que d’autres",
    ),
    "has moved": Text(
        "what comes back is farther from the images than their mean is",
        "ce qui revient est plus loin des images que leur moyenne",
    ),
    "beats the mean": Text(
        "what comes back is hardly closer to the images than their mean is",
        "ce qui revient n’est guère plus proche des images que leur moyenne",
    ),
    "enough": Text(
        "of images it has not seen, it brings back less than four fifths of what PCA brings back with as many numbers",
        "d’images qu’elle n’a pas vues, elle restitue moins des quatre cinquièmes de ce que restitue l’ACP "
        "avec autant de nombres",
    ),
    "decoder": Text(
        "another decoder would bring back more from the same codes",
        "un autre décodeur restituerait davantage à partir des mêmes codes",
    ),
    "its own rng": ITS_OWN_RNG,
}

train_autoencoder_layer = Exercise(
    name="train_autoencoder_layer",
    reference=(_trained,),
    parts=(
        Part(
            Text("what comes back of unseen images", "ce qui revient d’images jamais vues"),
            (
                Stage(_digits_of(6, 8, again=True), 1, 1),
                Stage(_digits_of(8, 10, again=False), 1, 1),
            ),
        ),
    ),
    observe=_brought_back,
    rule=Rule(calls=("cnnlib.network.fit_autoencoder", "cnnlib.network.autoencoder", "torch")),
    properties=PROPERTIES,
    seconds=20.0,
    budget=1.0,
    mistakes=(
        Mistake(
            "zeros",
            (_with(start=0.0),),
            Text(
                "All weights start at 0. Then every code is 0, and so is every gradient of w and v: "
                "nothing but the last bias can learn. Draw w and v.",
                "Tous les poids partent de 0. Alors tous les codes valent 0, et tous les gradients de w et de v "
                "aussi : seul le dernier biais peut apprendre. Tirez w et v au hasard.",
            ),
        ),
        Mistake(
            "all alike",
            (_with(start=0.1),),
            Text(
                "All hidden units start alike, so they get the same gradient and stay alike: one unit, many times. "
                "Draw w and v.",
                "Toutes les unités cachées partent des mêmes poids, reçoivent le même gradient et restent pareilles. "
                "C’est une seule unité, plusieurs fois. Tirez w et v au hasard.",
            ),
        ),
        Mistake(
            "never steps",
            (_with(steps=0),),
            Text(
                "These are the weights of the start, or hardly more. "
                "Is there a step after each gradient, and does it change the weights that are returned?",
                "Ce sont les poids du départ, ou presque. "
                "Y a-t-il un pas après chaque gradient, et change-t-il les poids qui sont rendus ?",
            ),
        ),
        Mistake(
            "uphill",
            (_with(uphill=True),),
            Text(
                "The loss grows: each step goes up the gradient. Subtract it.",
                "La perte augmente : chaque pas remonte le gradient. Soustrayez-le.",
            ),
        ),
        Mistake(
            "decoder alone",
            (_with(learns="vc"),),
            Text(
                "The decoder makes the best of its codes, but the codes are those of random weights: "
                "the encoder has not learnt. Let the gradient go back through tanh to w and b, and step there too.",
                "Le décodeur tire le meilleur parti de ses codes, mais ces codes sont ceux de poids aléatoires : "
                "l’encodeur n’a pas appris. Faites remonter le gradient à travers tanh jusqu’à w et b, "
                "et faites-y un pas aussi.",
            ),
        ),
        Mistake(
            "another image as target",
            (_with(mixed=True),),
            Text(
                "All it has learnt is the mean image. "
                "Does the target of each image belong to it? Draw a batch once, and use it as input and as target.",
                "Elle n’a appris que l’image moyenne. La cible de chaque image est-elle bien la sienne ? "
                "Tirez un lot une seule fois, et prenez-le comme entrée et comme cible.",
            ),
        ),
        Mistake(
            "too short",
            (_with(steps=100),),
            Text(
                "It is on its way, but has not arrived. Train longer, and on all images: "
                "print the loss now and then and stop when it no longer falls.",
                "Elle est en bonne voie, mais pas encore arrivée. Entraînez plus longtemps, et sur toutes les images : "
                "affichez la perte de temps en temps et arrêtez quand elle ne baisse plus.",
            ),
        ),
        Mistake("a generator of its own", (_own_generator,), OWN_GENERATOR),
        Mistake(
            "transposed",
            (_transposed,),
            Text(
                "The weights are transposed. A layer's weights are (outputs, inputs): w (hidden, n) and v (n, hidden).",
                "Les poids sont transposés. Les poids d’une couche ont la forme (sorties, entrées) : "
                "w (hidden, n) et v (n, hidden).",
            ),
        ),
    ),
    right=((_by_hand,), (_tied,), (_by_layers,)),
)
