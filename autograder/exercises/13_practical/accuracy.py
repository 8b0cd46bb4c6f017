"""accuracy: the share of images read right, asked for without disturbing the network."""

import numpy as np
import torch
from hypothesis import strategies as st

from autograder.checking.cases import random_numbers, seeds, sizes, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.values import Tensor
from autograder.checking.words import Text

from ._shared import READY_MADE, linear, normalising


@st.composite
def _linear_scores(draw):
    """A network of weights alone, and some images with labels of which about half are right."""
    classes, n, N = draw(sizes(2, 4)), draw(sizes(1, 3)), draw(sizes(1, 9))
    w = draw(random_numbers((classes, n), dtypes=(np.float32,)))
    images = draw(whole_numbers((N, n))).astype(np.float32) + np.float32(0.5)
    said = (images @ w.T).argmax(axis=1)
    off = np.array(draw(st.lists(sizes(0, 1), min_size=N, max_size=N)))
    return {"w": w, "images": images, "labels": (said + off) % classes}


@st.composite
def _normalised_scores(draw):
    """A network with batch normalisation that has collected other statistics than those of these images."""
    classes, N = draw(sizes(2, 4)), draw(sizes(6, 12))
    rng = np.random.default_rng(draw(seeds()))
    mean, var = rng.normal(0, 2, classes), rng.uniform(0.5, 3, classes)
    images = (rng.normal(0, 1, (N, classes)) + rng.normal(0, 2, classes)).astype(np.float32)
    said = ((images - mean) / np.sqrt(var)).argmax(axis=1)
    labels = np.where(rng.random(N) < 0.7, said, (said + 1) % classes)
    return {"mean": mean, "var": var, "images": images, "labels": labels}


def _share_of_linear(answer, told):
    network = linear(answer, told["w"])
    return {"accuracy": answer(network, Tensor(told["images"]), Tensor(told["labels"]))}


def _share_of_normalised(answer, told):
    """The accuracy, and whether the network is what it was."""
    network = normalising(answer, told["mean"], told["var"])
    before = network.arrays()
    network.train()
    share = answer(network, Tensor(told["images"]), Tensor(told["labels"]))
    after = network.arrays()
    same = all(np.array_equal(before[name], array) for name, array in after.items())
    return {"accuracy": share, "statistics stay": same}


def _accuracy(network, images, labels):
    network.eval()
    with torch.no_grad():
        said = network(images).argmax(dim=1)
    return (said == labels).float().mean().item()


def _accuracy_in_pieces(network, images, labels):
    """A few images at a time, and the mode put back."""
    mode, right = network.training, 0
    network.eval()
    with torch.inference_mode():
        for some, theirs in zip(images.split(4), labels.split(4), strict=True):
            right += int((network(some).argmax(1) == theirs).sum())
    network.train(mode)
    return right / len(images)


def _accuracy_in_numpy(network, images, labels):
    scores = network.eval()(images).detach().numpy()
    return np.mean(scores.argmax(axis=1) == labels.numpy())


def _in_training_mode(network, images, labels):
    with torch.no_grad():
        return (network.train()(images).argmax(dim=1) == labels).float().mean().item()


def _count(network, images, labels):
    return _accuracy(network, images, labels) * len(images)


def _per_cent(network, images, labels):
    return 100 * _accuracy(network, images, labels)


def _errors(network, images, labels):
    return 1 - _accuracy(network, images, labels)


def _mean_of_batches(network, images, labels):
    """The ragged last batch counts as much as the others."""
    shares = [_accuracy(network, x, y) for x, y in zip(images.split(4), labels.split(4), strict=True)]
    return sum(shares) / len(shares)


def _least_likely(network, images, labels):
    with torch.no_grad():
        return (network.eval()(images).argmin(dim=1) == labels).float().mean().item()


def _as_tensor(network, images, labels):
    return torch.tensor(_accuracy(network, images, labels))


accuracy = Exercise(
    name="accuracy",
    reference=(_accuracy,),
    parts=(
        Part(
            Text("the share", "la proportion"),
            (Stage(_linear_scores(), 25, 10),),
            observe=_share_of_linear,
        ),
        Part(
            Text("in evaluation mode", "en mode évaluation"),
            (Stage(_normalised_scores(), 10, 6),),
            observe=_share_of_normalised,
        ),
    ),
    rule=READY_MADE,
    properties={
        "statistics stay": Text(
            "the running statistics of the network have moved: measuring must not teach",
            "les statistiques courantes du réseau ont bougé : mesurer ne doit rien apprendre au réseau",
        ),
    },
    mistakes=(
        Mistake(
            "in training mode",
            (_in_training_mode,),
            Text(
                "The network is asked in training mode, in which batch normalisation uses the images at hand, and even "
                "collects their statistics. Call network.eval() first.",
                "Le réseau est interrogé en mode entraînement : la normalisation par lots emploie alors les images "
                "présentes, et en accumule même les statistiques. Appelez d’abord network.eval().",
            ),
        ),
        Mistake(
            "a count",
            (_count,),
            Text(
                "This is the number of images read right. Divide by how many there are.",
                "C’est le nombre d’images bien lues. Divisez par leur nombre total.",
            ),
        ),
        Mistake(
            "per cent",
            (_per_cent,),
            Text(
                "This is in per cent. A share lies between 0 and 1.",
                "C’est en pour cent. Une proportion est comprise entre 0 et 1.",
            ),
        ),
        Mistake(
            "the errors",
            (_errors,),
            Text(
                "This is the share of images read wrong: the error rate.",
                "C’est la proportion d’images mal lues : le taux d’erreur.",
            ),
        ),
        Mistake(
            "a mean of means",
            (_mean_of_batches,),
            Text(
                "This averages over batches, and the last, smaller one counts as much as a full one. "
                "Count over all images, and divide once.",
                "C’est une moyenne de lots, où le dernier, plus petit, compte autant qu’un lot complet. "
                "Comptez sur toutes les images, et divisez une seule fois.",
            ),
        ),
        Mistake(
            "the smallest score",
            (_least_likely,),
            Text(
                "The class with the smallest score is taken. The network's answer is the largest.",
                "C’est la classe au plus petit score qui est retenue. La réponse du réseau est le plus grand.",
            ),
        ),
        Mistake(
            "a tensor",
            (_as_tensor,),
            Text(
                "The right number, as a tensor. `.item()` makes a plain number of it.",
                "Le bon nombre, mais sous forme de tenseur. `.item()` en fait un nombre ordinaire.",
            ),
        ),
    ),
    right=((_accuracy,), (_accuracy_in_pieces,), (_accuracy_in_numpy,)),
)
