"""vgg: the convolutions of a VGG, from a configuration."""

from itertools import pairwise

import torch
from hypothesis import strategies as st
from torch import nn

from autograder.checking.cases import random_numbers, seeds
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from cnnlib.models import vgg_features

from ._shared import FLOAT32, NEARLY, NO_RELU, PROPERTIES, READY_MADE, built


@st.composite
def _cases(draw):
    """Stages of one to three convolutions, each but perhaps the last with its pooling."""
    stages = draw(st.lists(st.lists(st.integers(2, 5), min_size=1, max_size=3), min_size=1, max_size=3))
    config = [entry for widths in stages for entry in (*widths, "M")]
    if draw(st.booleans()) and len(config) > 2:
        config.pop()
    poolings = config.count("M")
    H, W = (2**poolings * draw(st.integers(1, 2)) + draw(st.integers(0, 1)) for _ in range(2))
    return {"config": config, "x": draw(random_numbers((2, 3, H, W), dtypes=FLOAT32)), "seed": draw(seeds())}


def _made(config, *, padding=1, activation=nn.ReLU, pool=lambda: nn.MaxPool2d(2), bias=True):
    layers, channels = [], 3
    for entry in config:
        if entry == "M":
            layers.append(pool())
        else:
            layers += [nn.Conv2d(channels, entry, 3, padding=padding, bias=bias), activation()]
            channels = entry
    return nn.Sequential(*layers)


def _by_pairs(config):
    filters = [entry for entry in config if entry != "M"]
    convolutions = iter([nn.Conv2d(C, K, (3, 3), padding="same") for C, K in pairwise([3, *filters])])
    return nn.Sequential(
        *(nn.MaxPool2d(2, 2) if entry == "M" else nn.Sequential(next(convolutions), nn.ReLU()) for entry in config)
    )


class _Lazy(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = list(config)
        widths = [3, *(entry for entry in config if not isinstance(entry, str))]
        self.convolutions = nn.ModuleList(nn.Conv2d(C, K, 3, 1, 1) for C, K in pairwise(widths))

    def forward(self, x):
        convolutions = iter(self.convolutions)
        for entry in self.config:
            x = nn.functional.max_pool2d(x, 2) if entry == "M" else torch.relu(next(convolutions)(x))
        return x


def _relu_once_a_stage(config):
    """A ReLU only where a pooling follows, or nothing."""
    layers, channels = [], 3
    for entry, following in pairwise([*config, "M"]):
        if entry == "M":
            layers.append(nn.MaxPool2d(2))
        else:
            layers.append(nn.Conv2d(channels, entry, 3, padding=1))
            if following == "M":
                layers.append(nn.ReLU())
            channels = entry
    return nn.Sequential(*layers)


def _none_at_the_end(config):
    layers = list(_made(config))
    return nn.Sequential(*(layer for place, layer in enumerate(layers) if place != _last_relu(layers)))


def _last_relu(layers):
    return max(place for place, layer in enumerate(layers) if isinstance(layer, nn.ReLU))


def _always_from_three(config):
    return nn.Sequential(
        *(
            layer
            for entry in config
            for layer in ([nn.MaxPool2d(2)] if entry == "M" else [nn.Conv2d(3, entry, 3, padding=1), nn.ReLU()])
        )
    )


vgg = Exercise(
    name="vgg",
    reference=(lambda config: vgg_features(3, config),),
    parts=(
        Part(
            Text("convolutions and poolings in their order", "convolutions et agrégations dans leur ordre"),
            (Stage(_cases(), 6, 6),),
        ),
    ),
    observe=built("config"),
    compare=NEARLY,
    properties=PROPERTIES,
    rule=READY_MADE,
    budget=1.0,
    mistakes=(
        Mistake(
            "always from three channels",
            (_always_from_three,),
            Text(
                "Every convolution expects 3 channels. Only the first sees the image; "
                "each later one sees as many maps as the one before it has filters.",
                "Chaque convolution attend 3 canaux. Seule la première voit l’image ; "
                "chacune des suivantes voit autant de cartes que la précédente a de filtres.",
            ),
        ),
        Mistake("no relu", (lambda config: _made(config, activation=nn.Identity),), NO_RELU),
        Mistake(
            "one relu a stage",
            (_relu_once_a_stage,),
            Text(
                "There is a ReLU only before each pooling. One follows every convolution: "
                "that is what three small kernels have over one large one.",
                "Il n’y a de ReLU qu’avant chaque agrégation. Il en faut un après chaque convolution : "
                "c’est l’avantage de trois petits noyaux sur un grand.",
            ),
        ),
        Mistake(
            "none at the end",
            (_none_at_the_end,),
            Text(
                "The last convolution has no ReLU. Every one has, the last too.",
                "La dernière convolution n’a pas de ReLU. Toutes en ont un, la dernière aussi.",
            ),
        ),
        Mistake(
            "average pooling",
            (lambda config: _made(config, pool=lambda: nn.AvgPool2d(2)),),
            Text(
                'An "M" takes the mean. In VGG it takes the maximum.',
                "Un « M » prend la moyenne. VGG prend le maximum.",
            ),
        ),
        Mistake(
            "overlapping pooling",
            (lambda config: _made(config, pool=lambda: nn.MaxPool2d(3, stride=2, padding=1)),),
            Text(
                "The poolings are those of AlexNet, 3x3 every 2. In VGG they are 2x2 and do not overlap.",
                "Les agrégations sont celles d’AlexNet, 3x3 tous les 2. "
                "Dans VGG, elles sont 2x2 et ne se chevauchent pas.",
            ),
        ),
        Mistake(
            "no bias",
            (lambda config: _made(config, bias=False),),
            Text(
                "The convolutions have no bias. There is no batch normalisation here to make it useless.",
                "Les convolutions n’ont pas de biais. "
                "Il n’y a pas ici de normalisation par lot qui le rendrait inutile.",
            ),
        ),
    ),
    right=((_made,), (_by_pairs,), (_Lazy,)),
)
