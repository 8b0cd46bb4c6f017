"""inception: four branches side by side, their maps one after the other."""

import torch
from hypothesis import strategies as st
from torch import nn

from autograder.checking.cases import random_numbers, seeds
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from cnnlib import models

from ._shared import FLOAT32, NEARLY, PROPERTIES, READY_MADE, built

COLUMNS = ("channels", "ones", "threes_reduce", "threes", "fives_reduce", "fives", "pool_projection")


@st.composite
def _modules(draw):
    """Seven widths that all differ, so that no two of them can be mistaken for each other."""
    columns = dict(zip(COLUMNS, draw(st.permutations(range(2, 2 + len(COLUMNS)))), strict=True))
    x = draw(random_numbers((2, columns["channels"], draw(st.integers(3, 6)), draw(st.integers(3, 6))), dtypes=FLOAT32))
    return columns | {"x": x, "seed": draw(seeds())}


def _conv(channels, filters, side=1, *, relu=True):
    layers = [nn.Conv2d(channels, filters, side, padding=side // 2)] + [nn.ReLU()] * relu
    return nn.Sequential(*layers)


class _Made(nn.Module):
    """Right as it stands; each option makes one thing otherwise."""

    def __init__(self, C, ones, reduce3, threes, reduce5, fives, projection, *, relu=True, pool=None, late=False):
        super().__init__()
        self.ones = _conv(C, ones)
        if late:
            self.threes = nn.Sequential(_conv(C, reduce3, 3), _conv(reduce3, threes))
            self.fives = nn.Sequential(_conv(C, reduce5, 5), _conv(reduce5, fives))
        else:
            self.threes = nn.Sequential(_conv(C, reduce3, relu=relu), _conv(reduce3, threes, 3))
            self.fives = nn.Sequential(_conv(C, reduce5, relu=relu), _conv(reduce5, fives, 5))
        self.pooled = nn.Sequential(pool or nn.MaxPool2d(3, stride=1, padding=1), _conv(C, projection))

    def branches(self, x):
        return [self.ones(x), self.threes(x), self.fives(x), self.pooled(x)]

    def forward(self, x):
        return torch.cat(self.branches(x), dim=1)


class _OneByOne(nn.Module):
    """The same with every layer called by hand, and the branches made in another order."""

    def __init__(self, channels, ones, threes_reduce, threes, fives_reduce, fives, pool_projection):
        super().__init__()
        self.project = nn.Conv2d(channels, pool_projection, 1)
        self.five = nn.Conv2d(fives_reduce, fives, 5, padding=2)
        self.before_five = nn.Conv2d(channels, fives_reduce, 1)
        self.three = nn.Conv2d(threes_reduce, threes, 3, padding=1)
        self.before_three = nn.Conv2d(channels, threes_reduce, 1)
        self.one = nn.Conv2d(channels, ones, 1)

    def forward(self, x):
        pooled = nn.functional.max_pool2d(x, 3, stride=1, padding=1)
        threes, fives = self.three(self.before_three(x).relu()), self.five(self.before_five(x).relu())
        return torch.cat([self.one(x), threes, fives, self.project(pooled)], dim=1).relu()


class _AsList(nn.ModuleList):
    def forward(self, x):
        return torch.cat([branch(x) for branch in self], 1)


def _as_list(channels, ones, threes_reduce, threes, fives_reduce, fives, pool_projection):
    return _AsList(
        [
            _conv(channels, ones),
            nn.Sequential(_conv(channels, threes_reduce), _conv(threes_reduce, threes, 3)),
            nn.Sequential(_conv(channels, fives_reduce), _conv(fives_reduce, fives, 5)),
            nn.Sequential(nn.MaxPool2d(3, 1, 1), _conv(channels, pool_projection)),
        ]
    )


class _PoolFirst(_Made):
    def branches(self, x):
        ones, threes, fives, pooled = super().branches(x)
        return [pooled, ones, threes, fives]


class _Projecting(_Made):
    """Projects, then pools."""

    def branches(self, x):
        pool, project = self.pooled
        return [*super().branches(x)[:3], pool(project(x))]


def _naive(C, ones, reduce3, threes, reduce5, fives, projection):
    return _AsList([_conv(C, ones), _conv(C, threes, 3), _conv(C, fives, 5), nn.MaxPool2d(3, stride=1, padding=1)])


inception = Exercise(
    name="inception",
    reference=(models.Inception,),
    parts=(Part(Text("the four branches", "les quatre branches"), (Stage(_modules(), 4, 3),)),),
    observe=built(*COLUMNS),
    compare=NEARLY,
    properties=PROPERTIES,
    rule=READY_MADE,
    budget=1.0,
    mistakes=(
        Mistake(
            "naive",
            (_naive,),
            Text(
                "The 1x1 convolutions before the 3x3 and the 5x5, and after the pooling, are missing. "
                "They are what makes the module affordable.",
                "Il manque les convolutions 1x1 avant la 3x3 et la 5x5, et après l’agrégation. "
                "Ce sont elles qui rendent le module abordable.",
            ),
        ),
        Mistake(
            "reduced too late",
            (lambda *columns: _Made(*columns, late=True),),
            Text(
                "The 1x1 stand after the large kernels. They belong before: "
                "what is to become cheaper must see fewer channels.",
                "Les 1x1 viennent après les grands noyaux. Leur place est avant : "
                "pour coûter moins, ceux-ci doivent voir moins de canaux.",
            ),
        ),
        Mistake(
            "no relu after reducing",
            (lambda *columns: _Made(*columns, relu=False),),
            Text(
                "The 1x1 that reduce have no ReLU. Every convolution of the module has one.",
                "Les 1x1 de réduction n’ont pas de ReLU. Chaque convolution du module en a un.",
            ),
        ),
        Mistake(
            "average pooling",
            (lambda *columns: _Made(*columns, pool=nn.AvgPool2d(3, stride=1, padding=1)),),
            Text(
                "The fourth branch takes the mean. It takes the maximum of each 3x3.",
                "La quatrième branche prend la moyenne. Elle prend le maximum de chaque 3x3.",
            ),
        ),
        Mistake(
            "pooling with its own stride",
            (lambda *columns: _Made(*columns, pool=nn.MaxPool2d(3)),),
            Text(
                "The branches do not fit side by side: the pooling shrinks its maps. "
                "nn.MaxPool2d(3) moves by 3 unless it is told otherwise; here it moves by 1, padded by 1.",
                "Les branches ne se raccordent pas : l’agrégation rétrécit ses cartes. "
                "nn.MaxPool2d(3) avance de 3 si on ne lui dit rien ; ici, elle avance de 1, avec un remplissage de 1.",
            ),
        ),
        Mistake(
            "pools after projecting",
            (_Projecting,),
            Text(
                "The fourth branch projects first and pools then. The pooling looks at the module's own input.",
                "La quatrième branche projette d’abord et agrège ensuite. L’agrégation regarde l’entrée du module.",
            ),
        ),
        Mistake(
            "in another order",
            (_PoolFirst,),
            Text(
                "The pooled maps come first. The next layer's weights know the maps by their places: "
                "1x1, 3x3, 5x5, pool.",
                "Les cartes agrégées viennent en premier. "
                "Les poids de la couche suivante connaissent les cartes à leur place : 1x1, 3x3, 5x5, agrégation.",
            ),
        ),
    ),
    right=((_Made,), (_OneByOne,), (_as_list,)),
)
