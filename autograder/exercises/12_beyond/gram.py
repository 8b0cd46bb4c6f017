"""gram: which maps of a network go together, whatever the place."""

import numpy as np
import torch
from hypothesis import strategies as st

from autograder.checking.caller import Raised, as_arrays
from autograder.checking.cases import random_numbers, whole_numbers
from autograder.checking.compare import Close
from autograder.checking.exercise import Exercise, Mistake, Part, Rule, Stage
from autograder.checking.values import Tensor
from autograder.checking.words import Text

FLOAT32 = (np.float32,)


def _observed(answer, case):
    """The matrices, and whether a gradient finds its way back from them."""
    x = answer.give(Tensor(case["maps"], requires_grad=True))
    found = answer.make(x)
    seen = {"gram": as_arrays(found.clone()), "gradient": True}
    try:
        found.sum.make().backward()
    except Raised as raised:  # torch's word where the way back was cut
        if "does not require grad" not in raised.error.message:
            raise
        seen["gradient"] = False
    return seen


@st.composite
def _cases(draw, numbers, N, C, sides):
    shape = (draw(st.integers(1, N)), draw(st.integers(1, C)), *draw(st.sampled_from(sides)))
    return {"maps": draw(numbers(shape)).astype(np.float32)}


def _whole(shape):
    return whole_numbers(shape, -3, 3)


def _random(shape):
    return random_numbers(shape, dtypes=FLOAT32)


def _rows(maps):
    N, C, H, W = maps.shape
    return maps.reshape(N, C, H * W)


def _products(maps):
    return _rows(maps) @ _rows(maps).transpose(1, 2)


def _places(maps):
    return maps.shape[2] * maps.shape[3]


def _reference(maps):
    return _products(maps) / _places(maps)


def _by_einsum(maps):
    return torch.einsum("nchw,ndhw->ncd", maps, maps) / _places(maps)


def _by_mean(maps):
    return (maps[:, :, None] * maps[:, None]).mean(dim=(3, 4))


def _image_by_image(maps):
    return torch.stack([torch.mm(rows, rows.t()) / rows.shape[1] for rows in _rows(maps)])


def _sum(maps):
    return _products(maps)


def _by_channels_too(maps):
    return _products(maps) / (maps.shape[1] * _places(maps))


def _by_channels(maps):
    return _products(maps) / maps.shape[1]


def _height_alone(maps):
    return _products(maps) / maps.shape[2]


def _pixels(maps):
    rows = _rows(maps)
    return rows.transpose(1, 2) @ rows / maps.shape[1]


def _scrambled(maps):
    N, C, H, W = maps.shape
    rows = maps.reshape(N, H * W, C)
    return rows.transpose(1, 2) @ rows / (H * W)


def _centred(maps):
    return _reference(maps - maps.mean(dim=(2, 3), keepdim=True))


def _cosines(maps):
    rows = _rows(maps)
    rows = rows / rows.norm(dim=2, keepdim=True).clamp(min=1e-8)
    return rows @ rows.transpose(1, 2)


def _whole_batch(maps):
    mean = _reference(maps).mean(dim=0, keepdim=True)
    return mean.expand(len(maps), -1, -1).clone()


def _one_matrix(maps):
    C = maps.shape[1]
    rows = maps.transpose(0, 1).reshape(C, -1)
    return rows @ rows.t() / rows.shape[1]


def _first_image(maps):
    return _reference(maps[:1])[0]


def _diagonal(maps):
    return maps.square().mean(dim=(2, 3))


def _cut_off(maps):
    return _reference(maps.detach())


SEVERAL = ((1, 2), (2, 1), (2, 3), (3, 2))
LARGER = ((4, 6), (7, 3), (5, 5))

gram = Exercise(
    name="gram",
    reference=(_reference,),
    parts=(
        Part(
            Text("maps of whole numbers", "cartes de nombres entiers"),
            (Stage(_cases(_whole, 2, 3, SEVERAL), 20, 10),),
        ),
        Part(
            Text("maps of any numbers", "cartes de nombres quelconques"),
            (Stage(_cases(_random, 3, 5, LARGER), 8, 5),),
        ),
    ),
    observe=_observed,
    compare=Close(1e-4),
    rule=Rule(calls=("cnnlib",)),
    may_share=True,
    seconds=20.0,
    budget=1.0,
    properties={
        "gradient": Text(
            "no gradient comes back from the result to the maps, so no pixel would ever learn: stay within torch, and "
            "detach nothing",
            "aucun gradient ne revient du résultat aux cartes, et aucun pixel n’apprendrait jamais : restez dans "
            "torch, et ne détachez rien",
        ),
    },
    mistakes=(
        Mistake(
            "sum",
            (_sum,),
            Text(
                "These are sums over all places, so a larger image has larger matrices. Divide by the number of "
                "places, H·W.",
                "Ce sont des sommes sur toutes les places : une image plus grande a de plus grandes matrices. Divisez "
                "par le nombre de places, H·W.",
            ),
        ),
        Mistake(
            "divided by channels too",
            (_by_channels_too,),
            Text(
                "It is divided by C·H·W. Many authors do so, but here an entry is a mean over the H·W places.",
                "Elle est divisée par C·H·W. Beaucoup d’auteurs font ainsi, mais ici un élément est une moyenne sur "
                "les H·W places.",
            ),
        ),
        Mistake(
            "divided by channels",
            (_by_channels,),
            Text(
                "It is divided by the number of maps, and what was added up are places: divide by H·W.",
                "Elle est divisée par le nombre de cartes, alors qu’on a additionné des places : divisez par H·W.",
            ),
        ),
        Mistake(
            "divided by the height",
            (_height_alone,),
            Text(
                "It is divided by the height alone. A map has H·W places.",
                "Elle est divisée par la seule hauteur. Une carte a H·W places.",
            ),
        ),
        Mistake(
            "places",
            (_pixels,),
            Text(
                "It compares places instead of maps: (H·W, H·W) numbers, which know where everything is. Multiply "
                "(C, H·W) by its transpose, in that order.",
                "Elle compare des places au lieu de cartes : (H·W, H·W) nombres, qui savent où se trouve chaque "
                "chose. Multipliez (C, H·W) par sa transposée, dans cet ordre.",
            ),
        ),
        Mistake(
            "scrambled",
            (_scrambled,),
            Text(
                "`reshape(N, H * W, C)` does not turn axes: it cuts the same row of numbers elsewhere, and mixes maps "
                "and places. Reshape to (N, C, H·W), then transpose.",
                "`reshape(N, H * W, C)` n’échange pas les axes : elle coupe ailleurs la même suite de nombres, et "
                "mélange cartes et places. Passez à (N, C, H·W), puis transposez.",
            ),
        ),
        Mistake(
            "mean subtracted",
            (_centred,),
            Text(
                "The mean of each map is subtracted first: that is a covariance. How strong a map is on the whole "
                "belongs to the style.",
                "La moyenne de chaque carte est d’abord soustraite : c’est une covariance. La force d’ensemble d’une "
                "carte fait partie du style.",
            ),
        ),
        Mistake(
            "cosines",
            (_cosines,),
            Text(
                "Each map is divided by its own length, so all entries lie between −1 and 1, and how strong a map is "
                "gets lost.",
                "Chaque carte est divisée par sa propre longueur : tous les éléments sont entre −1 et 1, et la force "
                "d’une carte est perdue.",
            ),
        ),
        Mistake(
            "mean of the batch",
            (_whole_batch,),
            Text(
                "All images get the same matrix, the mean of theirs. Each image has a style of its own.",
                "Toutes les images reçoivent la même matrice, la moyenne des leurs. Chaque image a son propre style.",
            ),
        ),
        Mistake(
            "one matrix",
            (_one_matrix,),
            Text(
                "One matrix comes back for the whole batch. The result is (N, C, C): one for each image.",
                "Une seule matrice revient pour tout le lot. Le résultat est (N, C, C) : une par image.",
            ),
        ),
        Mistake(
            "first image",
            (_first_image,),
            Text(
                "Only the first image of the batch is looked at.",
                "Seule la première image du lot est regardée.",
            ),
        ),
        Mistake(
            "diagonal",
            (_diagonal,),
            Text(
                "This is the diagonal alone: each map with itself. What tells styles apart is which *different* maps "
                "go together.",
                "C’est la seule diagonale : chaque carte avec elle-même. Ce qui distingue les styles, ce sont les "
                "cartes *différentes* qui vont ensemble.",
            ),
        ),
        Mistake(
            "cut off",
            (_cut_off,),
            Text(
                "The values are right, but the way back is cut: no gradient would reach the image. Leave out "
                "`detach()` and `no_grad()`.",
                "Les valeurs sont justes, mais le chemin du retour est coupé : aucun gradient n’atteindrait l’image. "
                "Laissez de côté `detach()` et `no_grad()`.",
            ),
        ),
    ),
    right=((_by_einsum,), (_by_mean,), (_image_by_image,)),
)
