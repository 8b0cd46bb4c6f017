"""unpool: each value back to the place that its maximum came from."""

import numpy as np
import torch
from hypothesis import strategies as st
from torch import nn

from autograder.checking.caller import as_arrays
from autograder.checking.cases import random_numbers, seeds, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Rule, Stage
from autograder.checking.values import Tensor
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import FLOAT32, NEARLY


@st.composite
def _pooled(draw, numbers, most):
    """Values to send back and the switches of a pooling, whose windows touch, overlap or leave pixels out."""
    N, C = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    size = draw(st.integers(2, 3))
    stride = draw(st.integers(max(1, size - 1), size))
    height, width = size + draw(st.integers(0, most)), size + draw(st.integers(0, most))
    seed = draw(seeds())
    x = torch.from_numpy(np.random.default_rng(seed).permutation(N * C * height * width)).float()
    maps, switches = nn.functional.max_pool2d(x.reshape(N, C, height, width), size, stride=stride, return_indices=True)
    y = draw(numbers(tuple(maps.shape))).astype(np.float32)
    return {"y": y, "switches": switches.numpy(), "height": height, "width": width}


def _sent_back(answer, case):
    return as_arrays(answer(Tensor(case["y"]), Tensor(case["switches"]), case["height"], case["width"]))


def _whole(shape):
    return whole_numbers(shape, 1, 9)


def _any(shape):
    return random_numbers(shape, dtypes=FLOAT32)


def _reference(y, switches, height, width):
    N, C, _, _ = y.shape
    flat = torch.zeros(N, C, height * width)
    flat.scatter_add_(2, switches.flatten(2), y.flatten(2))
    return flat.reshape(N, C, height, width)


def _by_loops(y, switches, height, width):
    x = torch.zeros(*y.shape[:2], height, width)
    for n, c, r, s in np.ndindex(*y.shape):
        place = int(switches[n, c, r, s])
        x[n, c, place // width, place % width] += y[n, c, r, s]
    return x


def _by_one_hot(y, switches, height, width):
    where = nn.functional.one_hot(switches, height * width).to(y)
    return torch.einsum("nchw,nchwp->ncp", y, where).reshape(*y.shape[:2], height, width)


def _in_numpy(y, switches, height, width):
    N, C, _, _ = y.shape
    x = np.zeros((N * C, height * width), dtype=np.float32)
    np.add.at(x, (np.arange(N * C)[:, None], switches.numpy().reshape(N * C, -1)), y.numpy().reshape(N * C, -1))
    return x.reshape(N, C, height, width)


def _last_wins(y, switches, height, width):
    flat = torch.zeros(*y.shape[:2], height * width)
    for place in range(switches[0, 0].numel()):
        flat.scatter_(2, switches.flatten(2)[:, :, place, None], y.flatten(2)[:, :, place, None])
    return flat.reshape(*y.shape[:2], height, width)


def _divided_by_height(y, switches, height, width):
    rows, columns = switches // height, switches % height
    return _reference(y, (rows * width + columns) % (height * width), height, width)


def _at_the_corner(y, switches, height, width):
    h, w = y.shape[2:]
    rows = torch.arange(h)[:, None] * (height // h)
    columns = torch.arange(w) * (width // w)
    return _reference(y, (rows * width + columns).expand_as(switches), height, width)


def _spread(y, switches, height, width):
    return nn.functional.interpolate(y, size=(height, width), mode="nearest")


def _switches_of_the_first(y, switches, height, width):
    return _reference(y, switches[:1, :1].expand_as(switches), height, width)


def _down_the_columns(y, switches, height, width):
    x = _reference(y, switches, width, height)
    return x.reshape(*y.shape[:2], width, height).transpose(2, 3)


def _all_in_one(y, switches, height, width):
    whole = _reference(y, switches, height, width)
    return whole.sum(dim=1, keepdim=True).expand_as(whole)


unpool = Exercise(
    name="unpool",
    reference=(_reference,),
    parts=(
        Part(
            Text("values back in their places", "les valeurs remises à leur place"),
            (Stage(_pooled(_whole, 2), 30, 16), Stage(_pooled(_any, 5), 12, 8)),
        ),
    ),
    observe=_sent_back,
    compare=NEARLY,
    rule=Rule(
        calls=(
            "cnnlib",
            "captum",
            "torch.nn.functional.max_unpool2d",
            "torch.nn.MaxUnpool2d",
            "torch.nn.modules.pooling.MaxUnpool2d",
        )
    ),
    picture=difference,
    seconds=20.0,
    budget=1.0,
    mistakes=(
        Mistake(
            "last one wins",
            (_last_wins,),
            Text(
                "Where two windows have the same switch, one value overwrites the other. Add them.",
                "Là où deux fenêtres ont le même aiguillage, une valeur écrase l’autre. Additionnez-les.",
            ),
        ),
        Mistake(
            "divided by the height",
            (_divided_by_height,),
            Text(
                "A switch counts row by row, so place p lies in row p // width and column p % width. "
                "Here it is divided by the height.",
                "Un aiguillage compte ligne par ligne : l’endroit p est à la ligne p // width et à la colonne "
                "p % width. Ici, il est divisé par la hauteur.",
            ),
        ),
        Mistake(
            "at the corner",
            (_at_the_corner,),
            Text(
                "Each value goes to the upper left corner of its window. The switch says where the maximum was.",
                "Chaque valeur va dans le coin supérieur gauche de sa fenêtre. "
                "L’aiguillage dit où se trouvait le maximum.",
            ),
        ),
        Mistake(
            "spread",
            (_spread,),
            Text(
                "Each value is spread over its whole window. It came from one pixel: only that pixel gets it back.",
                "Chaque valeur est étalée sur toute sa fenêtre. Elle vient d’un seul pixel : lui seul la récupère.",
            ),
        ),
        Mistake(
            "switches of the first",
            (_switches_of_the_first,),
            Text(
                "All maps use the switches of the first one. Each image and each channel has its own.",
                "Toutes les cartes utilisent les aiguillages de la première. Chaque image et chaque canal a les siens.",
            ),
        ),
        Mistake(
            "down the columns",
            (_down_the_columns,),
            Text(
                "The places are counted down the columns. Switches count row by row.",
                "Les places sont comptées en descendant les colonnes. Les aiguillages comptent ligne par ligne.",
            ),
        ),
        Mistake(
            "all channels in one",
            (_all_in_one,),
            Text(
                "The channels are mixed. Each channel is sent back by itself.",
                "Les canaux sont mélangés. Chaque canal est renvoyé à part.",
            ),
        ),
    ),
    right=((_by_loops,), (_by_one_hot,), (_in_numpy,)),
)
