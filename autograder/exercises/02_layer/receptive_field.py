"""receptive_field: how much of the input one value sees after several layers."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text

from ._shared import READY_MADE, exactly


def _stacks(most, kernel, stride):
    layer = st.tuples(st.integers(1, kernel), st.integers(1, stride), st.integers(1, 3))
    return st.lists(layer, min_size=1, max_size=most).map(lambda layers: {"layers": layers})


def _from_the_input(layers):
    field, step = 1, 1
    for kernel, stride, dilation in layers:
        field += dilation * (kernel - 1) * step
        step *= stride
    return field


def _from_the_top(layers):
    field = 1
    for kernel, stride, dilation in reversed(layers):
        field = (field - 1) * stride + dilation * (kernel - 1) + 1
    return field


def _by_ends(layers):
    first = last = 0
    for kernel, stride, dilation in layers[::-1]:
        first, last = first * stride, last * stride + dilation * (kernel - 1)
    return last - first + 1


def _by_strides_below(layers):
    strides = [1, *np.cumprod([stride for _, stride, _ in layers])]
    return 1 + sum((kernel - 1) * dilation * step for (kernel, _, dilation), step in zip(layers, strides, strict=False))


def _recursively(layers):
    if not layers:
        return 1
    (kernel, stride, dilation), *above = layers
    return (_recursively(above) - 1) * stride + dilation * (kernel - 1) + 1


def _adds_kernels(layers):
    return sum(dilation * (kernel - 1) + 1 for kernel, _, dilation in layers)


def _adds_plain_kernels(layers):
    return sum(kernel for kernel, _, _ in layers)


def _without_strides(layers):
    return _from_the_input([(kernel, 1, dilation) for kernel, _, dilation in layers])


def _without_dilation(layers):
    return _from_the_input([(kernel, stride, 1) for kernel, stride, _ in layers])


def _own_stride(layers):
    field, step = 1, 1
    for kernel, stride, dilation in layers:
        step *= stride
        field += dilation * (kernel - 1) * step
    return field


def _wrong_end(layers):
    return _from_the_input(layers[::-1])


def _strides_added(layers):
    field, step = 1, 1
    for kernel, stride, dilation in layers:
        field += dilation * (kernel - 1) * step
        step += stride - 1
    return field


def _last_stride_only(layers):
    field, step = 1, 1
    for kernel, stride, dilation in layers:
        field += dilation * (kernel - 1) * step
        step = stride
    return field


receptive_field = Exercise(
    name="receptive_field",
    reference=(cnnlib.receptive_field,),
    parts=(
        Part(
            Text("the width of the field", "la largeur du champ"),
            (Stage(_stacks(4, 4, 3), 50, 20), Stage(_stacks(8, 7, 3), 30, 10)),
        ),
    ),
    compare=exactly,
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "adds the kernels",
            (_adds_kernels,),
            Text(
                "The windows are laid end to end. But neighbouring windows overlap: "
                "each layer adds only what sticks out, and in steps of the layers below.",
                "Les fenêtres sont mises bout à bout. Or deux fenêtres voisines se chevauchent : chaque couche "
                "n’ajoute que ce qui dépasse, compté en pas des couches précédentes.",
            ),
        ),
        Mistake(
            "adds plain kernels",
            (_adds_plain_kernels,),
            Text(
                "The sizes of the kernels are added. A kernel of 3 on a kernel of 3 sees 5, not 6; "
                "and dilation and strides widen the field.",
                "Les tailles des noyaux sont additionnées. Un noyau de 3 sur un noyau de 3 voit 5 valeurs, et non 6 ; "
                "de plus, la dilatation et les pas élargissent le champ.",
            ),
        ),
        Mistake(
            "ignores strides",
            (_without_strides,),
            Text(
                "The strides have no effect. After a stride of 2, neighbours lie two values of the layer below apart.",
                "Les pas sont sans effet. Après un pas de 2, deux voisins sont à deux valeurs l’un de l’autre "
                "dans la couche précédente.",
            ),
        ),
        Mistake(
            "ignores dilation",
            (_without_dilation,),
            Text(
                "The dilation has no effect. A dilated kernel reaches further.",
                "La dilatation est sans effet. Un noyau dilaté voit plus loin.",
            ),
        ),
        Mistake(
            "own stride counted",
            (_own_stride,),
            Text(
                "A layer's own stride widens its own window. It counts only for the layers after it.",
                "Le pas d’une couche élargit sa propre fenêtre. Il ne compte que pour les couches suivantes.",
            ),
        ),
        Mistake(
            "from the wrong end",
            (_wrong_end,),
            Text(
                "The layers are read in the wrong order. The first of the list is the one next to the input.",
                "Les couches sont lues dans le mauvais ordre. La première de la liste est celle qui touche l’entrée.",
            ),
        ),
        Mistake(
            "strides added",
            (_strides_added,),
            Text(
                "The strides are added. Two strides of 2 make steps of 4, three of them steps of 8.",
                "Les pas sont additionnés. Deux pas de 2 font des pas de 4, trois font des pas de 8.",
            ),
        ),
        Mistake(
            "last stride only",
            (_last_stride_only,),
            Text(
                "Only the stride of the layer just below counts. All strides below count, multiplied.",
                "Seul le pas de la couche juste avant compte. "
                "Tous les pas des couches précédentes comptent, multipliés.",
            ),
        ),
    ),
    right=((_from_the_input,), (_from_the_top,), (_by_ends,), (_by_strides_below,), (_recursively,)),
)
