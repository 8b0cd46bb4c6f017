"""train_head: a head that learns on a body that stays, judged on digits whose labels only the judge has."""

from functools import lru_cache

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from autograder.checking.caller import as_arrays
from autograder.checking.cases import case, seeds
from autograder.checking.exercise import Exercise, Mistake, Part, Rule, Stage
from autograder.checking.values import Model, Tensor
from autograder.checking.words import Text
from cnnlib.data import paste_on_clutter, split_digits

from ._shared import in_body, is_statistic, is_weight, same

LABELS = 20  # a class
ENOUGH = 0.64  # of the unseen digits; usual answers read 0.74 to 0.83
CHANCE = 0.25
MOST_SURPRISE = 1.7  # cross-entropy on unseen digits; usual answers stay below 1.1, guessing comes to 2.3


@lru_cache(maxsize=4)
def _digits(seed):
    """Digits on clutter: 20 of each class to learn from, in random order, and others to be judged on."""
    rng = np.random.default_rng(seed)
    split = split_digits(rng=rng)
    rows = np.concatenate([np.flatnonzero(split.train.labels == digit)[:LABELS] for digit in range(10)])
    rows = rng.permutation(rows)
    seen = paste_on_clutter(split.train.images[rows], rng=rng), split.train.labels[rows]
    return seen, (paste_on_clutter(split.test.images, rng=rng), split.test.labels)


def _reads(answer, told):
    """How the network reads unseen digits after its head has been trained, and what else has changed."""
    (images, labels), (unseen, hidden) = _digits(told["seed"])
    network = answer.give(Model("cnnlib.models:pretrained", {"name": "letters"}))
    network.add_module("classifier", answer.give(Model("torch.nn:Linear", *_head(told["seed"]))))
    before = network.arrays()
    answer(network, Tensor(images), Tensor(labels))
    after = network.arrays()
    network.eval()
    scores = as_arrays(network(Tensor(unseen))).astype(np.float64)
    right = float((scores.argmax(axis=1) == hidden).mean())
    statistics = same(before, after, is_statistic)
    weights = same(before, after, is_weight)
    touched = not (statistics and weights)  # how well a changed body reads is another matter
    modest = touched or right < CHANCE or _surprise(scores, hidden) < MOST_SURPRISE
    return {
        "statistics": statistics,
        "weights": weights,
        "moved": not same(before, after, lambda name: not in_body(name)),
        "better than chance": touched or right >= CHANCE,
        "modest": modest,
        "enough": touched or not CHANCE <= right < ENOUGH or not modest,
    }


def _head(seed):
    """A linear layer's size and weights, small and drawn from the seed."""
    rng = np.random.default_rng(seed)
    w = rng.uniform(-0.05, 0.05, (10, 384)).astype(np.float32)
    return {"in_features": 384, "out_features": 10}, (w, np.zeros(10, np.float32))


def _surprise(scores, labels):
    """Mean cross-entropy; guessing would come to log 10 = 2.3."""
    scores = scores - scores.max(axis=1, keepdims=True)
    return float((np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(labels)), labels]).mean())


def _features(network, images):
    with torch.no_grad():
        return network.pool(network.features(images))


def _reference(network, images, labels, *, steps=200, rate=0.01, clear=True, uphill=False):
    features = _features(network, images)
    optimizer = torch.optim.Adam(network.classifier.parameters(), lr=rate)
    for _ in range(steps):
        loss = functional.cross_entropy(network.classifier(features), labels)
        if clear:
            optimizer.zero_grad()
        (-loss if uphill else loss).backward()
        optimizer.step()


def _in_batches(network, images, labels):
    network.requires_grad_(False)
    network.classifier.requires_grad_(True)
    features = network.pool(network.features(images))
    optimizer = torch.optim.SGD(network.classifier.parameters(), lr=0.05, momentum=0.9)
    for _ in range(20):
        for rows in torch.randperm(len(images)).split(20):
            optimizer.zero_grad()
            functional.cross_entropy(network.classifier(features[rows]), labels[rows]).backward()
            optimizer.step()
    return network


def _through_the_body(network, images, labels):
    network.train()
    network.features.requires_grad_(False).eval()
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)
    for _ in range(3):
        for rows in torch.randperm(len(images)).split(20):
            loss = nn.CrossEntropyLoss()(network(images[rows]), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def _by_newton(network, images, labels):
    features = _features(network, images)
    head = network.classifier
    optimizer = torch.optim.LBFGS(head.parameters(), max_iter=60)

    def closure():
        optimizer.zero_grad()
        loss = functional.cross_entropy(head(features), labels) + 1e-3 * head.weight.square().sum()
        loss.backward()
        return loss

    optimizer.step(closure)


def _with(**how):
    return lambda network, images, labels: _reference(network, images, labels, **how)


def _wakes_the_body(network, images, labels):
    network.train()
    _reference(network, images, labels)


def _tunes_the_body(network, images, labels):
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    for _ in range(2):
        for rows in torch.randperm(len(images)).split(20):
            loss = functional.cross_entropy(network(images[rows]), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def _tunes_awake(network, images, labels):
    network.train()
    _tunes_the_body(network, images, labels)


def _no_gradient_at_all(network, images, labels):
    with torch.no_grad():
        _reference(network, images, labels)


train_head = Exercise(
    name="train_head",
    reference=(_reference,),
    parts=(
        Part(
            Text("unseen digits, and an untouched body", "des chiffres jamais vus, et un corps intact"),
            (Stage(case(seed=seeds()), 1, 1),),
        ),
    ),
    observe=_reads,
    rule=Rule(calls=("sklearn",)),
    may_change=True,
    properties={
        "statistics": Text(
            "the running statistics of the body have moved",
            "les statistiques courantes du corps ont bougé",
        ),
        "weights": Text("weights of the body have changed", "des poids du corps ont changé"),
        "moved": Text("the head has not changed", "la tête n’a pas changé"),
        "better than chance": Text(
            "it reads fewer than a quarter of the unseen digits",
            "elle lit moins du quart des chiffres jamais vus",
        ),
        "modest": Text(
            "on unseen digits it is far too sure of wrong answers: the loss there is worse than 1.7",
            "sur des chiffres jamais vus, elle est bien trop sûre de réponses fausses : la perte y dépasse 1,7",
        ),
        "enough": Text(
            "it reads fewer than 64 % of the unseen digits",
            "elle lit moins de 64 % des chiffres jamais vus",
        ),
    },
    seconds=20.0,
    budget=0.5,
    mistakes=(
        Mistake(
            "wakes the body",
            (_wakes_the_body,),
            Text(
                "`network.train()` wakes the batch normalisation of the body, and its statistics follow the new "
                "images. The body stays in eval mode while the head learns.",
                "`network.train()` réveille la normalisation par lots du corps, et ses statistiques suivent les "
                "nouvelles images. Le corps reste en mode évaluation pendant que la tête apprend.",
            ),
        ),
        Mistake(
            "tunes the body",
            (_tunes_the_body,),
            Text(
                "The optimizer got the whole network, so the body learns too. That is fine-tuning; here only "
                "`network.classifier` is to learn.",
                "L’optimiseur a reçu tout le réseau : le corps apprend donc aussi. C’est de l’ajustement fin ; ici, "
                "seul `network.classifier` doit apprendre.",
            ),
        ),
        Mistake(
            "tunes the body, awake",
            (_tunes_awake,),
            Text(
                "Weights and statistics of the body both move: all of the network trains. Here only "
                "`network.classifier` is to learn.",
                "Les poids et les statistiques du corps bougent : tout le réseau s’entraîne. Ici, seul "
                "`network.classifier` doit apprendre.",
            ),
        ),
        Mistake(
            "never steps",
            (_with(steps=0),),
            Text(
                "The head is as it was. Is there an `optimizer.step()`, and does the optimizer hold the parameters of "
                "this very head, not of a copy?",
                "La tête est restée telle quelle. Y a-t-il un `optimizer.step()`, et l’optimiseur tient-il bien les "
                "paramètres de cette tête, et non ceux d’une copie ?",
            ),
        ),
        Mistake(
            "gradients add up",
            (_with(clear=False),),
            Text(
                "It learns, but is far too sure of wrong answers: gradients add up from step to step. Clear them "
                "before each `backward()`.",
                "Elle apprend, mais se montre bien trop sûre de réponses fausses : les gradients s’ajoutent d’un pas à "
                "l’autre. Effacez-les avant chaque `backward()`.",
            ),
        ),
        Mistake(
            "uphill",
            (_with(uphill=True),),
            Text(
                "The head has learnt to be wrong, or nothing at all: it reads less than guessing would. Does the loss "
                "fall from step to step, and does each image meet its own label?",
                "La tête a appris à se tromper, ou n’a rien appris : elle lit moins bien que le hasard. La perte "
                "baisse-t-elle d’un pas à l’autre, et chaque image rencontre-t-elle sa propre étiquette ?",
            ),
        ),
        Mistake(
            "no gradient at all",
            (_no_gradient_at_all,),
            Text(
                "Everything runs under `torch.no_grad()`, the head as well, so there is nothing to go back through. "
                "Only the body's pass belongs there.",
                "Tout se passe sous `torch.no_grad()`, y compris la tête : il n’y a rien à rétropropager. Seul le "
                "passage dans le corps a sa place là.",
            ),
        ),
    ),
    right=((_in_batches,), (_through_the_body,), (_by_newton,)),
)
