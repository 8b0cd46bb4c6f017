"""mlpconv and global_average_head: a small network on each pixel, and a head that learns nothing."""

import torch
from hypothesis import strategies as st
from torch import nn

from autograder.checking.cases import case, random_numbers, seeds, sizes
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from cnnlib import models

from ._shared import FLOAT32, NEARLY, PROPERTIES, READY_MADE, built


@st.composite
def _layers(draw):
    channels, side = draw(st.integers(1, 4)), draw(st.sampled_from([3, 5]))
    filters = tuple(draw(st.lists(st.integers(2, 6), min_size=3, max_size=3, unique=True)))
    x = draw(random_numbers((2, channels, draw(st.integers(2, 5)), draw(st.integers(2, 5))), dtypes=FLOAT32))
    return {"channels": channels, "filters": filters, "kernel_size": side, "x": x, "seed": draw(seeds())}


def _made(channels, filters, kernel_size, *, sides=None, relus=(True, True, True), padding=None):
    sides = sides or (kernel_size, 1, 1)
    layers = []
    for side, filters_here, relu in zip(sides, filters, relus, strict=True):
        pad = side // 2 if padding is None else padding
        layers += [nn.Conv2d(channels, filters_here, side, padding=pad), nn.ReLU() if relu else nn.Identity()]
        channels = filters_here
    return nn.Sequential(*layers)


def _same(channels, filters, kernel_size):
    a, b, c = filters
    convolutions = (nn.Conv2d(channels, a, kernel_size, padding="same"), nn.Conv2d(a, b, 1), nn.Conv2d(b, c, 1))
    return nn.Sequential(*(nn.Sequential(conv, nn.ReLU()) for conv in convolutions))


class _OnEachPixel(nn.Module):
    """Two linear layers on the channels of each pixel."""

    def __init__(self, channels, filters, kernel_size):
        super().__init__()
        first, second, third = filters
        self.conv = nn.Conv2d(channels, first, kernel_size, padding=(kernel_size - 1) // 2)
        self.hidden, self.out = nn.Linear(first, second), nn.Linear(second, third)

    def forward(self, x):
        x = self.conv(x).relu().movedim(1, -1)  # (N, C, H, W) -> (N, H, W, C)
        return torch.relu(self.out(torch.relu(self.hidden(x)))).movedim(-1, 1)


mlpconv = Exercise(
    name="mlpconv",
    reference=(lambda channels, filters, kernel_size: models.mlpconv(channels, filters, kernel_size=kernel_size),),
    parts=(Part(Text("the three convolutions", "les trois convolutions"), (Stage(_layers(), 4, 4),)),),
    observe=built("channels", "filters", "kernel_size"),
    compare=NEARLY,
    properties=PROPERTIES,
    rule=READY_MADE,
    budget=1.0,
    mistakes=(
        Mistake(
            "large kernels throughout",
            (lambda C, filters, side: _made(C, filters, side, sides=(side,) * 3),),
            Text(
                "All three kernels are large. The second and the third are 1x1: a small network on each pixel.",
                "Les trois noyaux sont grands. Le deuxième et le troisième sont 1x1 : "
                "un petit réseau sur chaque pixel.",
            ),
        ),
        Mistake(
            "no relu",
            (lambda C, filters, side: _made(C, filters, side, relus=(False,) * 3),),
            Text(
                "There is no ReLU. Without them the three convolutions are one linear filter, "
                "and the micro-network has gone.",
                "Il n’y a pas de ReLU. Sans eux, les trois convolutions ne font qu’un filtre linéaire, "
                "et le micro-réseau disparaît.",
            ),
        ),
        Mistake(
            "relu at the end only",
            (lambda C, filters, side: _made(C, filters, side, relus=(False, False, True)),),
            Text(
                "Only the last convolution has a ReLU. The two 1x1 need one before them, or they collapse into one.",
                "Seule la dernière convolution a un ReLU. "
                "Il en faut un avant chaque 1x1, sinon elles n’en font qu’une.",
            ),
        ),
        Mistake(
            "none at the end",
            (lambda C, filters, side: _made(C, filters, side, relus=(True, True, False)),),
            Text(
                "The last 1x1 has no ReLU. In the paper each of the three has one.",
                "La dernière 1x1 n’a pas de ReLU. Dans l’article, chacune des trois en a un.",
            ),
        ),
        Mistake(
            "not padded",
            (lambda C, filters, side: _made(C, filters, side, padding=0),),
            Text(
                "The first convolution is not padded. It is to keep height and width.",
                "La première convolution n’est pas remplie. Elle doit garder la hauteur et la largeur.",
            ),
        ),
    ),
    right=((_made,), (_same,), (_OnEachPixel,)),
)


class _Mean(nn.Module):
    def forward(self, x):
        return x.mean(dim=(2, 3))


class _SumOverSize(nn.Module):
    def forward(self, x):
        N, C, H, W = x.shape
        return x.reshape(N, C, H * W).sum(dim=2) / (H * W)


class _MeanOfMaps(nn.Module):
    def forward(self, x):
        return x.mean(dim=1).flatten(1)


class _Sum(nn.Module):
    def forward(self, x):
        return x.sum(dim=(2, 3))


class _OneSide(nn.Module):
    def forward(self, x):
        return x.mean(dim=2).flatten(1)


def _pooled(pool, *rest):
    return lambda: nn.Sequential(pool(1), *rest)


def _maps():
    side = sizes(1, 5)
    return st.tuples(sizes(2, 4), side, side).flatmap(
        lambda shape: case(x=random_numbers((2, *shape), dtypes=FLOAT32), seed=seeds())
    )


global_average_head = Exercise(
    name="global_average_head",
    reference=(models.global_average_head,),
    parts=(Part(Text("the mean of each map", "la moyenne de chaque carte"), (Stage(_maps(), 8, 8),)),),
    observe=built(),
    compare=NEARLY,
    properties=PROPERTIES,
    rule=READY_MADE,
    may_share=True,
    budget=1.0,
    mistakes=(
        Mistake(
            "maximum",
            (_pooled(nn.AdaptiveMaxPool2d, nn.Flatten()),),
            Text(
                "It takes the largest value of each map. The mean is asked: all places count.",
                "Elle prend la plus grande valeur de chaque carte. On demande la moyenne : toutes les places comptent.",
            ),
        ),
        Mistake(
            "not flattened",
            (_pooled(nn.AdaptiveAvgPool2d),),
            Text(
                "The scores still have height and width, (N, classes, 1, 1). A loss expects (N, classes).",
                "Les scores ont encore une hauteur et une largeur, (N, classes, 1, 1). Une perte attend (N, classes).",
            ),
        ),
        Mistake(
            "across maps",
            (_MeanOfMaps,),
            Text(
                "The mean goes across the maps, and mixes the classes. It goes across the places of each map.",
                "La moyenne est prise à travers les cartes et mélange les classes. "
                "Elle se prend sur les places de chaque carte.",
            ),
        ),
        Mistake(
            "sum",
            (_Sum,),
            Text(
                "It adds up without dividing: larger images would get larger scores.",
                "Elle additionne sans diviser : les grandes images auraient de plus grands scores.",
            ),
        ),
        Mistake(
            "one side only",
            (_OneSide,),
            Text(
                "The mean goes down the columns only. Height and width both have to go.",
                "La moyenne n’est prise que le long des colonnes. "
                "La hauteur et la largeur doivent toutes deux disparaître.",
            ),
        ),
        Mistake(
            "probabilities",
            (_pooled(nn.AdaptiveAvgPool2d, nn.Flatten(), nn.Softmax(dim=1)),),
            Text(
                "There is a softmax at the end. A network gives scores; the loss makes probabilities of them.",
                "Il y a un softmax à la fin. Un réseau donne des scores ; c’est la perte qui en fait des probabilités.",
            ),
        ),
    ),
    right=((_pooled(nn.AdaptiveAvgPool2d, nn.Flatten()),), (_Mean,), (_SumOverSize,)),
)
