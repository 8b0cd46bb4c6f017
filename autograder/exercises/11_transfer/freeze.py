"""freeze: the body stays as it is to the last bit, statistics included, and the head goes on learning."""

import copy

import numpy as np
from torch import nn

from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.values import Model
from autograder.checking.words import Text

from ._shared import batch, given, in_body, is_statistic, is_weight, learn, networks, output, same


def _after_learning(answer, case):
    """What two steps in train mode leave as it was, once the network has been frozen."""
    x = batch(case)
    network, untouched = answer.give(given(case)), answer.give(given(case))
    head = answer.give(Model("torch.nn:Sequential"))
    for layer in (answer.give(Model("torch.nn:Dropout", {"p": 0.5})), network.classifier):
        head.append(layer)
    network.add_module("classifier", head)
    network.train()
    answer(network)
    untouched.eval()
    awake = not np.array_equal(output(network, x), output(untouched, x))
    alike = np.allclose(output(network.features, x), output(untouched.features, x), rtol=1e-4, atol=1e-5)
    before = network.arrays()
    learn(answer, network, x)
    after, first = network.arrays(), untouched.arrays()
    weights = filter(is_weight, before)
    return {
        "weights": sorted({before[name].ndim for name in weights if not np.array_equal(before[name], after[name])}),
        "statistics": same(first, after, is_statistic),
        "answers": bool(alike),
        "head": not same(before, after, lambda name: not in_body(name)),
        "awake": bool(awake or not alike),
    }


def _reference(network):
    network.features.requires_grad_(False)
    network.features.eval()


def _parameter_by_parameter(network):
    for parameter in network.features.parameters():
        parameter.requires_grad = False
    for module in network.features.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    return network


def _for_good(network):
    body = network.features
    body.train(False).requires_grad_(False)
    object.__setattr__(body, "train", lambda mode=True: body)


def _by_names(network):
    for name, module in network.named_modules():
        if name.startswith("features"):
            module.training = False
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(not name.startswith("features."))


def _nothing(network):
    for layer in network.features:
        layer.requires_grad = False  # a new attribute, which nobody reads


def _statistics_go_on(network):
    network.features.requires_grad_(False)


def _weights_go_on(network):
    network.features.eval()


def _all_of_it(network):
    network.requires_grad_(False)
    network.features.eval()


def _the_head(network):
    network.classifier.requires_grad_(False)
    network.classifier.eval()


def _no_momentum(network):
    network.features.requires_grad_(False)
    for module in network.features.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 0.0


def _everything_asleep(network):
    network.features.requires_grad_(False)
    network.eval()


def _kernels_alone(network):
    for parameter in network.features.parameters():
        parameter.requires_grad_(parameter.ndim != 4)
    network.features.eval()


def _a_copy(network):
    frozen = copy.deepcopy(network)
    _reference(frozen)
    return frozen


freeze = Exercise(
    name="freeze",
    reference=(_reference,),
    parts=(
        Part(
            Text("what may move and what may not", "ce qui peut bouger et ce qui ne le doit pas"),
            (Stage(networks(), 4, 3),),
        ),
    ),
    observe=_after_learning,
    may_change=True,
    seconds=20.0,  # the first optimiser of a session makes torch import for long
    budget=1.0,
    properties={
        "weights": Text(
            "after two steps of training, weights of the body have changed",
            "après deux pas d’entraînement, des poids du corps ont changé",
        ),
        "statistics": Text(
            "the running statistics of batch normalisation in the body have moved",
            "les statistiques courantes de la normalisation par lots ont bougé dans le corps",
        ),
        "answers": Text(
            "for the same images, the frozen body no longer gives the same features as before",
            "pour les mêmes images, le corps gelé ne donne plus les mêmes caractéristiques qu’avant",
        ),
        "head": Text(
            "after two steps of training, the head has not changed",
            "après deux pas d’entraînement, la tête n’a pas changé",
        ),
        "awake": Text(
            "the head no longer behaves as in training: its dropout is switched off",
            "la tête ne se comporte plus comme à l’entraînement : son dropout est coupé",
        ),
    },
    mistakes=(
        Mistake(
            "nothing is frozen",
            (_nothing,),
            Text(
                "The body learns as before. `layer.requires_grad = False` on a layer only gives it an attribute that "
                "nobody reads, and a copy that is frozen helps nobody either. Parameters have `requires_grad`; for all "
                "parameters of a layer, call `requires_grad_` (with an underscore).",
                "Le corps apprend comme avant. Sur une couche, `layer.requires_grad = False` ne fait qu’ajouter un "
                "attribut que personne ne lit ; geler une copie ne sert à rien non plus. Ce sont les paramètres qui "
                "ont un `requires_grad` ; pour tous ceux d’une couche, appelez `requires_grad_` (avec un tiret bas).",
            ),
        ),
        Mistake(
            "statistics go on",
            (_statistics_go_on,),
            Text(
                "The weights stand still, but batch normalisation still counts: in train mode its running mean and "
                "variance follow each batch, with no gradient at all. They are no parameters. Which mode does not "
                "touch them?",
                "Les poids ne bougent plus, mais la normalisation par lots compte toujours : en mode entraînement, sa "
                "moyenne et sa variance courantes suivent chaque lot, sans le moindre gradient. Ce ne sont pas des "
                "paramètres. Quel mode n’y touche pas ?",
            ),
        ),
        Mistake(
            "weights go on",
            (_weights_go_on,),
            Text(
                "`eval()` changes how layers compute, not whether they learn: the weights of the body still get "
                "gradients, and the optimizer moves them.",
                "`eval()` change la façon de calculer des couches, non le fait qu’elles apprennent : les poids du "
                "corps reçoivent toujours des gradients, et l’optimiseur les déplace.",
            ),
        ),
        Mistake(
            "all of it",
            (_all_of_it,),
            Text(
                "The head is frozen as well, so nothing is left that could learn. Freeze `network.features` alone.",
                "La tête est gelée aussi : il ne reste rien qui puisse apprendre. Ne gelez que `network.features`.",
            ),
        ),
        Mistake(
            "the wrong part",
            (_the_head,),
            Text(
                "It is the head that is frozen, and the body that learns. It is to be the other way round.",
                "C’est la tête qui est gelée, et le corps qui apprend. Ce doit être l’inverse.",
            ),
        ),
        Mistake(
            "statistics kept, batch used",
            (_no_momentum,),
            Text(
                "The running statistics no longer move, but in train mode batch normalisation does not use them: it "
                "takes mean and variance of the batch at hand, so the features of an image depend on its neighbours.",
                "Les statistiques courantes ne bougent plus, mais en mode entraînement la normalisation par lots ne "
                "s’en sert pas : elle prend la moyenne et la variance du lot présent, et les caractéristiques d’une "
                "image dépendent alors de ses voisines.",
            ),
        ),
        Mistake(
            "everything asleep",
            (_everything_asleep,),
            Text(
                "The whole network is in eval mode. The head still trains: its dropout, if it has one, must go on. "
                "Call `eval()` on the body alone.",
                "Tout le réseau est en mode évaluation. La tête, elle, s’entraîne encore : son dropout, si elle en a "
                "un, doit rester actif. Appelez `eval()` sur le corps seul.",
            ),
        ),
        Mistake(
            "kernels alone",
            (_kernels_alone,),
            Text(
                "The kernels are frozen, but γ, β and biases of the body still learn. They are parameters too.",
                "Les noyaux sont gelés, mais les γ, les β et les biais du corps apprennent encore. Ce sont des "
                "paramètres, eux aussi.",
            ),
        ),
    ),
    right=((_parameter_by_parameter,), (_for_good,), (_by_names,)),
)
