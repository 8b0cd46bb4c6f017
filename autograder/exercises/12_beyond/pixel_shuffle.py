"""pixel_shuffle: the channels of one place become the pixels of a square."""

import numpy as np
import torch
from hypothesis import strategies as st
from torch.nn import functional

from autograder.checking.caller import as_arrays
from autograder.checking.cases import random_numbers, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Rule, Stage
from autograder.checking.values import Tensor
from autograder.checking.words import Text

READY_MADE = Rule(
    calls=(
        "torch.nn.functional.pixel_shuffle",
        "torch.pixel_shuffle",
        "torch.nn.PixelShuffle",
        "torch.pixel_unshuffle",
        "einops",
        "cnnlib",
    )
)


def _observed(answer, case):
    return as_arrays(answer(Tensor(case["maps"]), case["r"]))


@st.composite
def _cases(draw, numbers, N, C, sides, factors):
    r = draw(st.sampled_from(factors))
    shape = (draw(st.integers(1, N)), draw(st.integers(1, C)) * r * r, *draw(st.sampled_from(sides)))
    return {"maps": draw(numbers(shape)).astype(np.float32), "r": r}


def _random(shape):
    return random_numbers(shape, dtypes=(np.float32,))


def _split(maps, r):
    """(N, C, r, r, H, W)."""
    N, K, H, W = maps.shape
    return maps.reshape(N, K // r**2, r, r, H, W)


def _merged(parts, r):
    """From (N, C, H, r, W, r)."""
    N, C, H, _, W, _ = parts.shape
    return parts.reshape(N, C, H * r, W * r)


def _reference(maps, r):
    return _merged(_split(maps, r).permute(0, 1, 4, 2, 5, 3), r)


def _by_strides(maps, r):
    N, K, H, W = maps.shape
    y = maps.new_zeros(N, K // r**2, H * r, W * r)
    for i in range(r):
        for j in range(r):
            y[:, :, i::r, j::r] = maps[:, i * r + j :: r**2]
    return y


def _by_fold(maps, r):
    N, K, H, W = maps.shape
    return functional.fold(maps.reshape(N, K, H * W), (H * r, W * r), kernel_size=r, stride=r)


def _pixel_by_pixel(maps, r):
    N, K, H, W = maps.shape
    y = torch.zeros(N, K // r**2, H * r, W * r)
    for down in range(H * r):
        for right in range(W * r):
            first = down % r * r + right % r
            y[:, :, down, right] = maps[:, first :: r**2, down // r, right // r]
    return y


def _rows_and_columns_swapped(maps, r):
    return _merged(_split(maps, r).permute(0, 1, 4, 3, 5, 2), r)


def _tiles(maps, r):
    N, K, H, W = maps.shape
    return _split(maps, r).permute(0, 1, 2, 4, 3, 5).reshape(N, K // r**2, H * r, W * r)


def _reshaped(maps, r):
    N, K, H, W = maps.shape
    return maps.reshape(N, K // r**2, H * r, W * r)


def _channels_last(maps, r):
    N, K, H, W = maps.shape
    return _merged(maps.reshape(N, r, r, K // r**2, H, W).permute(0, 3, 4, 1, 5, 2), r)


def _repeated(maps, r):
    first = _split(maps, r)[:, :, 0, 0]
    return first.repeat_interleave(r, dim=2).repeat_interleave(r, dim=3)


def _averaged(maps, r):
    mean = _split(maps, r).mean(dim=(2, 3))
    return mean.repeat_interleave(r, dim=2).repeat_interleave(r, dim=3)


def _always_two(maps, r):
    return _reference(maps[:, : maps.shape[1] // 4 * 4], 2)


def _turned(maps, r):
    return _merged(_split(maps, r).permute(0, 1, 5, 2, 4, 3), r)


pixel_shuffle = Exercise(
    name="pixel_shuffle",
    reference=(_reference,),
    parts=(
        Part(
            Text("one map of whole numbers, enlarged twice", "une carte de nombres entiers, agrandie deux fois"),
            (Stage(_cases(whole_numbers, 1, 1, ((1, 1), (1, 2), (2, 1), (2, 3)), (2,)), 20, 10),),
        ),
        Part(
            Text("several maps, two, three or four times", "plusieurs cartes, deux, trois ou quatre fois"),
            (Stage(_cases(_random, 3, 3, ((2, 3), (3, 2), (4, 4)), (2, 3, 4)), 12, 8),),
        ),
    ),
    observe=_observed,
    rule=READY_MADE,
    may_share=True,
    budget=1.0,
    mistakes=(
        Mistake(
            "rows and columns swapped",
            (_rows_and_columns_swapped,),
            Text(
                "Within each square, rows and columns are swapped: the second channel belongs to the right of the "
                "first, not below it.",
                "Dans chaque carré, lignes et colonnes sont échangées : le deuxième canal va à droite du premier, non "
                "en dessous.",
            ),
        ),
        Mistake(
            "tiles",
            (_tiles,),
            Text(
                "The maps are laid side by side, as whole tiles. They must be interleaved: the r² values of *one "
                "place* become neighbours.",
                "Les cartes sont posées côte à côte, comme des carreaux entiers. Il faut les entrelacer : les r² "
                "valeurs d’*une même place* deviennent voisines.",
            ),
        ),
        Mistake(
            "reshaped",
            (_reshaped,),
            Text(
                "`reshape` alone keeps the order of the numbers in memory. Split the channels, bring the axes into "
                "the order (N, C, H, r, W, r) with `permute`, then reshape.",
                "`reshape` seul garde l’ordre des nombres en mémoire. Séparez les canaux, mettez les axes dans "
                "l’ordre (N, C, H, r, W, r) avec `permute`, puis changez la forme.",
            ),
        ),
        Mistake(
            "channels last",
            (_channels_last,),
            Text(
                "Channel c takes every C-th map. It should take r² maps that follow each other: c·r² to c·r² + r² − 1.",
                "Le canal c prend une carte toutes les C. Il doit prendre r² cartes qui se suivent : de c·r² à "
                "c·r² + r² − 1.",
            ),
        ),
        Mistake(
            "repeated",
            (_repeated,),
            Text(
                "One map is enlarged by repeating its pixels, and the others are thrown away. Each of the r² maps "
                "gives one pixel of each square.",
                "Une seule carte est agrandie en répétant ses pixels, et les autres sont perdues. Chacune des r² "
                "cartes donne un pixel de chaque carré.",
            ),
        ),
        Mistake(
            "averaged",
            (_averaged,),
            Text(
                "The r² values of a place are averaged. They should stand side by side.",
                "Les r² valeurs d’une place sont moyennées. Elles doivent se trouver côte à côte.",
            ),
        ),
        Mistake(
            "always two",
            (_always_two,),
            Text(
                "It enlarges twice, whatever r is.",
                "Elle agrandit deux fois, quel que soit r.",
            ),
        ),
        Mistake(
            "turned",
            (_turned,),
            Text(
                "Height and width of the map are swapped.",
                "La hauteur et la largeur de la carte sont échangées.",
            ),
        ),
    ),
    right=((_by_strides,), (_by_fold,), (_pixel_by_pixel,)),
)
