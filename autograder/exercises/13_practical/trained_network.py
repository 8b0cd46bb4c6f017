"""trained_network: a network of the student's own making, tested on digits whose labels only the judge has."""

from functools import lru_cache

import numpy as np
import torch
from torch import nn
from torch.nn.functional import affine_grid, cross_entropy, grid_sample

from autograder.checking.cases import case, seeds
from autograder.checking.exercise import Exercise, Mistake, Part, Rule, Stage
from autograder.checking.values import Rng, Tensor
from autograder.checking.words import Text
from cnnlib.data import split_digits
from cnnlib.optim import one_cycle

from ._matched import MatchedFilter

ENOUGH, GUESSED = 0.985, 0.3
BATCH = 64  # images: those of an overfitted first batch


@lru_cache(maxsize=4)
def _digits(seed):
    """Four fifths to learn from, and one fifth held back, all standardised by the former."""
    split = split_digits(rng=np.random.default_rng(seed))
    images, labels = (np.concatenate(both) for both in zip(split.train, split.validation, strict=True))
    mean, std = images.mean(), images.std()
    return (images - mean) / std, labels, (split.test.images - mean) / std, split.test.labels


def _tested(answer, told):
    """How the network that the student's function trains does on digits it has never seen."""
    images, labels, unseen, hidden = _digits(told["seed"])
    network = answer.make(Tensor(images), Tensor(labels), Rng(told["seed"]))
    network.eval()
    share, first = _share(network, unseen, hidden), _share(network, images[:BATCH], labels[:BATCH])
    convolves = any(array.ndim == 4 and array.shape[-1] > 1 for array in network.arrays().values())
    return {
        "learnt": share > GUESSED,
        "more than a batch": not (first > 0.95 and share < 0.9),
        "convolves": convolves or share >= ENOUGH,
        "enough": share >= ENOUGH,
    }


def _share(network, images, labels):
    """The share of the images that come out right; none if there is not a score for each class."""
    scores = network(Tensor(images)).array
    return float((scores.argmax(axis=1) == labels).mean()) if scores.shape == (len(labels), 10) else 0.0


def _blocks(width):
    def block(before, after):
        return [nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]

    return [
        *block(1, width),
        *block(width, width),
        nn.MaxPool2d(2),
        *block(width, 2 * width),
        *block(2 * width, 2 * width),
    ]


def _network(width=24):
    return nn.Sequential(*_blocks(width), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2 * width, 10))


def _dense():
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 12), nn.ReLU(), nn.Linear(12, 10))


def _changed(images, rng):
    """Turned by up to 10°, scaled by up to a tenth and shifted by up to two thirds of a pixel."""
    N = len(images)
    angle, scale = np.deg2rad(rng.uniform(-10, 10, N)), rng.uniform(0.9, 1.1, N)
    maps = np.zeros((N, 2, 3), dtype=np.float32)
    maps[:, 0, 0] = maps[:, 1, 1] = scale * np.cos(angle)
    maps[:, 1, 0] = scale * np.sin(angle)
    maps[:, 0, 1] = -maps[:, 1, 0]
    maps[:, :, 2] = rng.uniform(-0.16, 0.16, (N, 2))
    grid = affine_grid(torch.from_numpy(maps), list(images.shape), align_corners=False)
    return grid_sample(images, grid, padding_mode="border", align_corners=False)


def _trained(images, labels, rng, *, make=_network, epochs=15, peak=5e-3, optimizer=torch.optim.Adam, change=_changed):
    """Batches with a schedule that moves at every step; with one epoch or none, it ends before it has learnt."""
    torch.manual_seed(int(rng.integers(2**31)))
    network = make()
    learner = optimizer(network.parameters(), lr=peak)
    rate, steps, step = one_cycle(peak), epochs * -(-len(images) // BATCH), 0
    for _ in range(epochs):
        for rows in torch.from_numpy(rng.permutation(len(images))).split(BATCH):
            learner.param_groups[0]["lr"] = rate(step / steps)
            learner.zero_grad()
            cross_entropy(network(change(images[rows], rng)), labels[rows], label_smoothing=0.1).backward()
            learner.step()
            step += 1
    return network


def _wider(images, labels, rng):
    """More maps, and weights that decay."""
    return _trained(images, labels, rng, make=lambda: _network(32), optimizer=torch.optim.AdamW)


class _Residual(nn.Module):
    """Each block adds to what it got."""

    def __init__(self, width=32):
        super().__init__()
        self.first = nn.Conv2d(1, width, 3, padding=1)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.BatchNorm2d(width), nn.ReLU(), nn.Conv2d(width, width, 3, padding=1)) for _ in range(3)
        )
        self.last = nn.Linear(width, 10)

    def forward(self, x):
        x = self.first(x)
        for number, block in enumerate(self.blocks):
            x = x + block(x)
            if number == 0:
                x = nn.functional.max_pool2d(x, 2)
        return self.last(x.amax(dim=(2, 3)))


def _residual(images, labels, rng):
    return _trained(images, labels, rng, make=_Residual)


def _untrained(images, labels, rng):
    return _network()


def _one_epoch(images, labels, rng):
    return _trained(images, labels, rng, epochs=1, peak=3e-3)


def _one_batch(images, labels, rng):
    """The first 64 images, by heart."""
    return _trained(images[:BATCH], labels[:BATCH], rng, epochs=40, change=lambda some, rng: some)


def _without_convolution(images, labels, rng):
    return _trained(images, labels, rng, make=_dense, epochs=6, change=lambda some, rng: some)


def _nothing(images, labels, rng):
    """The network is trained and not returned."""


trained_network = Exercise(
    name="trained_network",
    reference=(lambda images, labels, rng: MatchedFilter(),),
    parts=(
        Part(
            Text("digits that it has not seen", "des chiffres jamais vus"),
            (Stage(case(seed=seeds()), 1, 1),),
        ),
    ),
    observe=_tested,
    rule=Rule(calls=("sklearn", "cnnlib.data")),
    properties={
        "learnt": Text(
            "on digits that it has not seen, it is hardly better than guessing",
            "sur des chiffres jamais vus, il ne fait guère mieux que le hasard",
        ),
        "more than a batch": Text(
            "it knows the first images by heart and fails on others",
            "il connaît par cœur les premières images et échoue sur les autres",
        ),
        "convolves": Text("it has no convolution", "il n’a pas de convolution"),
        "enough": Text(
            "of the digits that it has not seen, fewer than 98.5 % come out right",
            "parmi les chiffres jamais vus, moins de 98,5 % sont bien lus",
        ),
    },
    seconds=60.0,
    patience=4.0,
    budget=0.0,
    mistakes=(
        Mistake(
            "untrained",
            (_untrained,),
            Text(
                "The network that comes back has learnt nothing. Are its own parameters those that the steps change, "
                "are the labels those of the images, and did it do better than guessing on the training images?",
                "Le réseau rendu n’a rien appris. Les pas changent-ils bien ses propres paramètres, les étiquettes "
                "sont-elles celles des images, et faisait-il mieux que le hasard sur les images d’entraînement ?",
            ),
        ),
        Mistake(
            "too short",
            (_one_epoch,),
            Text(
                "It is on its way, but has not arrived. Train for more epochs, with augmentation, "
                "and let the learning rate fall at the end.",
                "Il est en bonne voie, mais pas arrivé. Entraînez plus d’époques, avec augmentation, "
                "et laissez le taux d’apprentissage baisser à la fin.",
            ),
        ),
        Mistake(
            "one batch",
            (_one_batch,),
            Text(
                "It has learnt a few images by heart. That was the test of the loop: now train on all of them.",
                "Il a appris quelques images par cœur. C’était le test de la boucle : entraînez maintenant sur toutes.",
            ),
        ),
        Mistake(
            "no convolution",
            (_without_convolution,),
            Text(
                "It is fully connected, and so has to learn every stroke anew at every place. Use convolutions.",
                "Il est complètement connecté et doit réapprendre chaque trait à chaque endroit. "
                "Employez des convolutions.",
            ),
        ),
        Mistake(
            "nothing comes back",
            (_nothing,),
            Text(
                "The function returns nothing. End it with `return`, and the network that it has trained.",
                "La fonction ne rend rien. Terminez par `return`, suivi du réseau qu’elle a entraîné.",
            ),
        ),
    ),
    right=((_trained,), (_wider,), (_residual,)),
)
