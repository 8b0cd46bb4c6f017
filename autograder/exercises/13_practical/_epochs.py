"""What one pass over the images does to a network, seen in its weights: for train_epoch and for the broken loops.

Every image has a pixel of its own, so it moves a column of weights of its own: the weights tell which images were
used, with which labels, in batches of which size and at which step.
"""

import numpy as np
from hypothesis import strategies as st

from autograder.checking.cases import random_numbers, seeds, sizes
from autograder.checking.values import Rng, Tensor
from autograder.checking.words import Text

from ._shared import descent, linear, moves, normalising, one_pixel_each

RUNS = 3  # with seeds that differ


@st.composite
def weights_and_labels(draw, batch_sizes=((10, 4), (11, 4), (11, 3), (13, 5))):
    """Numbers of images that leave a smaller last batch."""
    n, batch_size = draw(st.sampled_from(batch_sizes))
    classes = draw(sizes(2, 4))
    w = draw(random_numbers((classes, n), dtypes=(np.float32,)))
    labels = np.array(draw(st.lists(sizes(0, classes - 1), min_size=n, max_size=n)))
    return {"w": w, "labels": labels, "batch_size": batch_size, "seed": draw(seeds())}


@st.composite
def normalised_images(draw, batch_sizes=((10, 4), (11, 4), (13, 5))):
    """Images and labels for a network that normalises, which comes in evaluation mode."""
    n, batch_size = draw(st.sampled_from(batch_sizes))
    C, seed = draw(sizes(2, 3)), draw(seeds())
    rng = np.random.default_rng(seed)
    images = (rng.normal(size=(n, C)) + rng.normal(0, 2, C)).astype(np.float32)
    return {"images": images, "labels": rng.integers(0, C, n), "batch_size": batch_size, "seed": seed}


def seen_of_an_epoch(answer, told, *, sized=True):
    """What an epoch did, whatever the order it chose; `sized`: the answer takes a batch size."""
    w, labels = told["w"], told["labels"]
    n, more = len(labels), (told["batch_size"],) if sized else ()
    seeds = [told["seed"] + number for number in range(RUNS)]
    strengths, along, results, weights = [], [], [], []
    for seed in [*seeds, seeds[0]]:
        network = linear(answer, w)
        optimizer = descent(answer, network)
        results.append(answer(network, optimizer, one_pixel_each(n), Tensor(labels), Rng(seed), *more))
        weights.append(network.arrays()["weight"])
        strength, right = moves(w, weights[-1], labels)
        strengths.append(strength)
        along.append(right)
    return {
        "labels": all(along),
        "strengths": np.sort(strengths[0]),
        "shuffled": any(not np.allclose(strength, strengths[0], atol=1e-3) for strength in strengths[:RUNS]),
        "its own rng": bool(np.allclose(weights[0], weights[-1], atol=1e-6)),
        "result": results[0],
    }


def seen_of_the_mode(answer, told, *, sized=True):
    """Whether batch normalisation collected anything while a network trained that came in evaluation mode."""
    images, labels = told["images"], told["labels"]
    more = (told["batch_size"],) if sized else ()
    C = images.shape[1]
    network = normalising(answer, np.zeros(C), np.ones(C))
    network.eval()
    answer(network, descent(answer, network), Tensor(images), Tensor(labels), Rng(told["seed"]), *more)
    return {"train mode": bool(network.arrays()["num_batches_tracked"] > 0)}


PROPERTIES = {
    "labels": Text(
        "some images do not push the weights along the gradient of their own label's cross-entropy",
        "certaines images ne poussent pas les poids selon le gradient de l’entropie croisée de leur propre étiquette",
    ),
    "shuffled": Text(
        "with every seed, the images come in the same order",
        "quelle que soit la graine, les images viennent dans le même ordre",
    ),
    "its own rng": Text(
        "two runs with the same seed differ: all chance must come from `rng`",
        "deux exécutions avec la même graine diffèrent : tout le hasard doit venir de `rng`",
    ),
    "train mode": Text(
        "batch normalisation has collected no statistics: the network was not in training mode",
        "la normalisation par lots n’a rien accumulé : le réseau n’était pas en mode entraînement",
    ),
}
