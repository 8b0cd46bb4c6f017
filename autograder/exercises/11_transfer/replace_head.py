"""replace_head: a new last layer for other classes, on a body that stays untouched."""

from collections import OrderedDict

import numpy as np
import torch
from hypothesis import strategies as st
from torch import nn

from autograder.checking.compare import Close
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.networks import filled
from autograder.checking.words import Text

from ._shared import OLD_CLASSES, batch, given, in_body, learn, networks, output, same


def _with_its_new_head(answer, case):
    network, classes, x = answer.give(given(case)), case["classes"], batch(case)
    network.features.requires_grad_(False)
    before = network.arrays()
    new = answer.make(network, classes)
    after = new.arrays()
    old_head, head = ([array for name, array in arrays.items() if not in_body(name)] for arrays in (before, after))
    named = all(name in after for name in before if in_body(name))
    seen = {
        "named": named,
        "shapes": [array.shape for array in head] if named else [],
        "body": not named or same(before, after, in_body),
    }
    if seen["shapes"] != [(classes, old_head[0].shape[1]), (classes,)]:
        return seen | {"fresh": True, "learns": True, "scores": []}
    rows = min(classes, OLD_CLASSES)
    seen["fresh"] = not np.array_equal(head[0][:rows], old_head[0][:rows])
    learn(answer, new, x)
    seen["learns"] = not same(after, new.arrays(), lambda name: not in_body(name))
    new.load(filled(after, case["seed"] + 1))
    new.eval()
    return seen | {"scores": output(new, x)}


def _reference(network, classes):
    network.classifier = nn.Linear(network.classifier.in_features, classes)
    return network


def _by_shape(network, classes):
    inputs = network.classifier.weight.shape[1]
    network.add_module("classifier", nn.Sequential(nn.Linear(inputs, classes)))
    return network


def _assembled(network, classes):
    head = nn.Linear(network.classifier.in_features, classes)
    return nn.Sequential(OrderedDict(features=network.features, pool=network.pool, classifier=head))


def _in_the_layer(network, classes):
    head = network.classifier
    head.weight = nn.Parameter(0.01 * torch.randn(classes, head.in_features))
    head.bias = nn.Parameter(torch.zeros(classes))
    head.out_features = classes
    return network


def _relabelled(network, classes):
    network.classifier.out_features = classes
    return network


def _appended(network, classes):
    network.classifier = nn.Sequential(network.classifier, nn.Linear(network.classifier.out_features, classes))
    return network


def _typed_in(network, classes):
    network.classifier = nn.Linear(384, classes)
    return network


def _rows_kept(network, classes):
    old = network.classifier
    network.classifier = nn.Linear(old.in_features, classes)
    rows = min(classes, old.out_features)
    with torch.no_grad():
        network.classifier.weight[:rows] = old.weight[:rows]
        network.classifier.bias[:rows] = old.bias[:rows]
    return network


def _probabilities(network, classes):
    network.classifier = nn.Sequential(nn.Linear(network.classifier.in_features, classes), nn.Softmax(dim=1))
    return network


def _rectified(network, classes):
    network.classifier = nn.Sequential(nn.Linear(network.classifier.in_features, classes), nn.ReLU())
    return network


def _no_bias(network, classes):
    network.classifier = nn.Linear(network.classifier.in_features, classes, bias=False)
    return network


def _without_names(network, classes):
    return nn.Sequential(network.features, network.pool, nn.Linear(network.classifier.in_features, classes))


def _body_drawn_anew(network, classes):
    for module in network.modules():
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()
    return _reference(network, classes)


def _frozen_too(network, classes):
    return _reference(network, classes).requires_grad_(False)


replace_head = Exercise(
    name="replace_head",
    reference=(_reference,),
    parts=(
        Part(
            Text("a new head on the old body", "une nouvelle tête sur l’ancien corps"),
            (Stage(networks(classes=st.integers(2, 7)), 8, 5),),
        ),
    ),
    observe=_with_its_new_head,
    compare=Close(1e-4),
    may_change=True,
    may_share=True,
    seconds=20.0,  # the first optimiser of a session makes torch import for long
    budget=1.0,
    properties={
        "named": Text(
            "what comes back has no `features` any more, or other layers in it",
            "ce qui revient n’a plus de `features`, ou contient d’autres couches",
        ),
        "body": Text(
            "weights or statistics of the body are no longer those that were learnt",
            "des poids ou des statistiques du corps ne sont plus ceux qui avaient été appris",
        ),
        "fresh": Text(
            "the new head begins with rows of the old one",
            "la nouvelle tête commence par des lignes de l’ancienne",
        ),
        "learns": Text(
            "after two steps of training, the new head has not changed",
            "après deux pas d’entraînement, la nouvelle tête n’a pas changé",
        ),
        "scores": Text(
            "with the same weights, a linear layer on the features gives other scores",
            "avec les mêmes poids, une couche linéaire sur les caractéristiques donne d’autres scores",
        ),
    },
    mistakes=(
        Mistake(
            "relabelled",
            (_relabelled,),
            Text(
                "`out_features` is a note that the layer keeps about itself; changing it changes no weight. Make a new "
                "layer.",
                "`out_features` n’est qu’une note que la couche garde sur elle-même ; la changer ne change aucun "
                "poids. Créez une nouvelle couche.",
            ),
        ),
        Mistake(
            "appended",
            (_appended,),
            Text(
                "The new layer stands behind the old head instead of in its place: it sees only the scores of the old "
                "classes, not the features.",
                "La nouvelle couche se trouve derrière l’ancienne tête au lieu de la remplacer : elle ne voit que les "
                "scores des anciennes classes, et non les caractéristiques.",
            ),
        ),
        Mistake(
            "a number typed in",
            (_typed_in,),
            Text(
                "The number of inputs is typed in, and fits one network only. Ask the old head how many it had.",
                "Le nombre d’entrées est écrit en dur et ne convient qu’à un seul réseau. Demandez à l’ancienne tête "
                "combien elle en avait.",
            ),
        ),
        Mistake(
            "rows kept",
            (_rows_kept,),
            Text(
                "Rows of the old head are kept. But the first new class has nothing to do with the first old one: a 0 "
                "is no A. Draw all weights anew.",
                "Des lignes de l’ancienne tête sont gardées. Or la première nouvelle classe n’a rien à voir avec la "
                "première ancienne : un 0 n’est pas un A. Tirez tous les poids à nouveau.",
            ),
        ),
        Mistake(
            "probabilities",
            (_probabilities,),
            Text(
                "The head ends in a softmax. Cross-entropy in torch takes the scores themselves and does the softmax "
                "on its own.",
                "La tête se termine par un softmax. L’entropie croisée de torch prend les scores eux-mêmes et calcule "
                "le softmax toute seule.",
            ),
        ),
        Mistake(
            "rectified",
            (_rectified,),
            Text(
                "The head ends in a ReLU, which cuts off every negative score. Scores need both signs.",
                "La tête se termine par un ReLU, qui coupe tous les scores négatifs. Il faut aux scores les deux "
                "signes.",
            ),
        ),
        Mistake(
            "no bias",
            (_no_bias,),
            Text(
                "The new layer has no bias. The old one had, and classes may well differ in how common they are.",
                "La nouvelle couche n’a pas de biais. L’ancienne en avait un, et certaines classes peuvent être plus "
                "fréquentes que d’autres.",
            ),
        ),
        Mistake(
            "without names",
            (_without_names,),
            Text(
                "It gives another network, whose parts have lost their names: whoever asks it for `features` finds "
                "nothing. Change the network that was handed in, and return that.",
                "Elle donne un autre réseau, dont les parties ont perdu leurs noms : qui lui demande `features` n’y "
                "trouve rien. Modifiez le réseau reçu, et renvoyez-le.",
            ),
        ),
        Mistake(
            "a new body",
            (_body_drawn_anew,),
            Text(
                "The body has been drawn anew as well, and all that it had learnt is lost. Change nothing but the "
                "classifier.",
                "Le corps a été tiré à nouveau lui aussi, et tout ce qu’il avait appris est perdu. Ne changez rien "
                "d’autre que le classifieur.",
            ),
        ),
        Mistake(
            "frozen too",
            (_frozen_too,),
            Text(
                "The new head is frozen, and it is the one part that must learn. Freeze first and replace afterwards, "
                "or freeze the body alone.",
                "La nouvelle tête est gelée, alors que c’est la seule partie qui doit apprendre. Gelez d’abord et "
                "remplacez ensuite, ou ne gelez que le corps.",
            ),
        ),
    ),
    right=((_by_shape,), (_assembled,), (_in_the_layer,)),
)
