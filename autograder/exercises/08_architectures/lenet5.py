"""lenet5: the network of 1998 as it is built today."""

import torch
from torch import nn

from autograder.checking.cases import case, random_numbers, seeds
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from cnnlib import models

from ._shared import FLOAT32, NEARLY, PROPERTIES, READY_MADE, built


def _made(*, pool=nn.AvgPool2d, activation=nn.Tanh, padding=0, last=True, end=()):
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=padding),
        activation(),
        pool(2),
        nn.Conv2d(6, 16, 5),
        activation(),
        pool(2),
        nn.Conv2d(16, 120, 5) if not padding else nn.Conv2d(16, 120, 6),
        activation(),
        nn.Flatten(),
        nn.Linear(120, 84),
        activation() if last else nn.Identity(),
        nn.Linear(84, 10),
        *end,
    )


class _Functional(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1, self.c3 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.c5, self.f6, self.output = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = nn.functional.avg_pool2d(torch.tanh(self.c1(x)), 2)
        x = nn.functional.avg_pool2d(torch.tanh(self.c3(x)), 2)
        x = torch.tanh(self.c5(x.flatten(1)))
        return self.output(torch.tanh(self.f6(x)))


class _BackToFront(nn.Module):
    """The layers made in another order than they run."""

    def __init__(self):
        super().__init__()
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10))
        self.body = nn.Sequential(self.stage(6, 16), nn.Conv2d(16, 120, kernel_size=5), nn.Tanh())
        self.first = self.stage(1, 6)

    @staticmethod
    def stage(channels, filters):
        return nn.Sequential(nn.Conv2d(channels, filters, kernel_size=(5, 5)), nn.Tanh(), nn.AvgPool2d(2, 2))

    def forward(self, x):
        return self.head(self.body(self.first(x)))


def _squashed_after_pooling():
    network = _made()
    order = [0, 2, 1, 3, 5, 4, *range(6, 12)]
    return nn.Sequential(*(network[place] for place in order))


lenet5 = Exercise(
    name="lenet5",
    reference=(models.lenet5,),
    parts=(
        Part(
            Text("the network of figure 2, as built today", "le réseau de la figure 2, construit comme aujourd’hui"),
            (Stage(case(x=random_numbers((2, 1, 32, 32), dtypes=FLOAT32), seed=seeds()), 2, 2),),
        ),
    ),
    observe=built(),
    compare=NEARLY,
    properties=PROPERTIES,
    rule=READY_MADE,
    budget=1.0,
    mistakes=(
        Mistake(
            "max pooling",
            (lambda: _made(pool=nn.MaxPool2d),),
            Text(
                "S2 and S4 take the maximum. In 1998 they took the mean of each 2x2.",
                "S2 et S4 prennent le maximum. En 1998, elles prenaient la moyenne de chaque carré 2x2.",
            ),
        ),
        Mistake(
            "relu",
            (lambda: _made(activation=nn.ReLU),),
            Text(
                "The activations are ReLUs. They came into fashion fourteen years later; here they are tanh.",
                "Les activations sont des ReLU. Ils ne se sont répandus que quatorze ans plus tard ; ici, c’est tanh.",
            ),
        ),
        Mistake(
            "squashed after pooling",
            (_squashed_after_pooling,),
            Text(
                "The tanh stands after the pooling. It belongs right after the convolution: "
                "the mean of bent values is not the bent mean.",
                "La tanh vient après l’agrégation. Sa place est juste après la convolution : "
                "la moyenne des tanh n’est pas la tanh de la moyenne.",
            ),
        ),
        Mistake(
            "padded",
            (lambda: _made(padding=2),),
            Text(
                "The first convolution is padded, as it is done for images of 28x28. "
                "These have 32x32 already: C1 gives 28x28.",
                "La première convolution est remplie, comme on le fait pour des images 28x28. "
                "Celles-ci ont déjà 32x32 : C1 donne du 28x28.",
            ),
        ),
        Mistake(
            "no activation after F6",
            (lambda: _made(last=False),),
            Text(
                "Nothing stands between F6 and the output: two linear layers in a row are no more than one.",
                "Il n’y a rien entre F6 et la sortie : deux couches linéaires de suite n’en valent qu’une.",
            ),
        ),
        Mistake(
            "softmax at the end",
            (lambda: _made(end=(nn.Softmax(dim=1),)),),
            Text(
                "There is a softmax at the end. A network gives scores; the loss makes probabilities of them.",
                "Il y a un softmax à la fin. Un réseau donne des scores ; c’est la perte qui en fait des probabilités.",
            ),
        ),
    ),
    right=((_made,), (_Functional,), (_BackToFront,)),
)
