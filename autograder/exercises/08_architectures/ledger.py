"""ledger: what each layer of any network gives, learns and costs."""

from functools import partial
from math import prod

import torch
from hypothesis import strategies as st
from torch import nn

from autograder.checking.cases import fixed, random_numbers
from autograder.checking.compare import Close
from autograder.checking.exercise import Exercise, Mistake, Part, Rule, Stage
from autograder.checking.values import Model, Tensor
from autograder.checking.words import Text

from ._shared import FLOAT32

WEIGHTY = (nn.Conv2d, nn.Linear)
NETWORKS = (
    ("lenet5", {"classes": 7}, (1, 32, 32)),
    ("small_vgg", {"channels": 2, "width": 2}, (2, 8, 12)),
    ("small_resnet", {"classes": 3, "width": 4}, (1, 8, 4)),
    ("small_inception", {"width": 8}, (1, 6, 8)),
    ("small_densenet", {"channels": 3, "width": 4}, (3, 4, 8)),
)


@st.composite
def _single_layers(draw):
    """A convolution with all that may be chosen, or a linear layer, alone."""
    N = draw(st.integers(1, 3))
    if draw(st.integers(0, 3)) == 3:
        options = {"in_features": draw(st.integers(1, 6)), "out_features": draw(st.integers(1, 6))}
        shape = (N, options["in_features"])
        kind = "torch.nn:Linear"
    else:
        groups, h, w = draw(st.integers(1, 2)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
        options = {
            "in_channels": groups * draw(st.integers(1, 3)),
            "out_channels": groups * draw(st.integers(1, 3)),
            "kernel_size": (h, w),
            "stride": draw(st.integers(1, 2)),
            "padding": draw(st.integers(0, 1)),
            "groups": groups,
        }
        shape = (N, options["in_channels"], h + draw(st.integers(0, 4)), w + draw(st.integers(0, 4)))
        kind = "torch.nn:Conv2d"
    options["bias"] = draw(st.booleans())
    return {"model": Model(kind, options), "x": Tensor(draw(random_numbers(shape, dtypes=FLOAT32)))}


def _networks():
    cases = [
        {"model": Model(f"cnnlib.models:{name}", options), "x": Tensor(torch.zeros(2, *size).numpy())}
        for name, options, size in NETWORKS
    ]
    return fixed(*cases)


def _rows(answer, case):
    """The rows as plain numbers, and whether hooks are left on a layer that was watched."""
    model = answer.give(case["model"])
    rows = answer(model, case["x"])
    left = model.method("_forward_hooks").value()
    return {"rows": [_row(row) for row in rows], "hooks left": len(left) > 0}


def _row(row):
    name, shape, parameters, multiplications = row
    return {
        "layer": str(name),
        "output": [int(side) for side in shape],
        "parameters": parameters,
        "multiplications": multiplications,
    }


def _watched(model, x, measure, layers=WEIGHTY):
    rows, hooks = [], []
    for name, layer in model.named_modules():
        if isinstance(layer, layers):
            hooks.append(layer.register_forward_hook(partial(_note, rows, name, measure)))
    with torch.no_grad():
        model(x)
    for hook in hooks:
        hook.remove()
    return rows


def _note(rows, name, measure, layer, inputs, output):
    rows.append((name, tuple(output.shape[1:]), *measure(layer, inputs[0], output)))


def _learnt(layer):
    return sum(parameter.numel() for parameter in layer.parameters())


def _right(layer, x, y):
    return _learnt(layer), y[0].numel() * layer.weight[0].numel()


def _by_kind(layer, x, y):
    if isinstance(layer, nn.Linear):
        work = layer.in_features * layer.out_features
        return work + (layer.out_features if layer.bias is not None else 0), work
    h, w = layer.kernel_size
    weights = h * w * layer.in_channels // layer.groups * layer.out_channels
    return weights + (0 if layer.bias is None else layer.out_channels), weights * prod(y.shape[2:])


def _by_places(layer, x, y):
    weights = layer.weight.numel()
    biases = layer.bias.numel() if layer.bias is not None else 0
    return weights + biases, weights * (y.numel() // (y.shape[0] * y.shape[1]))


def _ledger(measure, layers=WEIGHTY):
    return lambda model, x: _watched(model, x, measure, layers)


def _as_registered(model, x):
    """In the order in which layers were made, not in which they run."""
    rows = {row[0]: row for row in _watched(model, x, _right)}
    return [rows[name] for name, layer in model.named_modules() if isinstance(layer, WEIGHTY)]


def _leaves_hooks(model, x):
    rows = []
    for name, layer in model.named_modules():
        if isinstance(layer, WEIGHTY):
            layer.register_forward_hook(partial(_note, rows, name, _right))
    model(x)
    return rows


def _with_the_batch(model, x):
    def note(layer, inputs, output):
        shapes.append(tuple(output.shape))

    shapes: list[tuple[int, ...]] = []
    hooks = [layer.register_forward_hook(note) for layer in model.modules() if isinstance(layer, WEIGHTY)]
    rows = _watched(model, x, _right)
    for hook in hooks:
        hook.remove()
    return [(row[0], shape, *row[2:]) for row, shape in zip(rows, shapes, strict=True)]


ledger = Exercise(
    name="ledger",
    reference=(_ledger(_right),),
    parts=(
        Part(Text("one layer", "une couche"), (Stage(_single_layers(), 20, 15),)),
        Part(Text("whole networks", "des réseaux entiers"), (Stage(_networks(), 5, 5),)),
    ),
    observe=_rows,
    compare=Close(1e-12),
    properties={
        "hooks left": Text(
            "a hook is still on the layer afterwards: call remove() on each that register_forward_hook gave",
            "un crochet reste sur la couche : appelez remove() sur chacun de ceux qu’a donnés register_forward_hook",
        ),
    },
    rule=Rule(calls=("cnnlib.models.summary", "cnnlib.conv2d_parameters", "cnnlib.conv2d_multiplications")),
    may_change=True,
    budget=1.0,
    mistakes=(
        Mistake(
            "no bias",
            (_ledger(lambda layer, x, y: (layer.weight.numel(), _right(layer, x, y)[1])),),
            Text("The biases are missing among the parameters.", "Il manque les biais parmi les paramètres."),
        ),
        Mistake(
            "weights for work",
            (_ledger(lambda layer, x, y: (_learnt(layer), layer.weight.numel())),),
            Text(
                "Each weight is counted as one multiplication. It multiplies once at every place of the output.",
                "Chaque poids est compté comme une seule multiplication. "
                "Il multiplie une fois à chaque place de la sortie.",
            ),
        ),
        Mistake(
            "all filters at each place",
            (_ledger(lambda layer, x, y: (_learnt(layer), y[0].numel() * layer.weight.numel())),),
            Text(
                "Each value of the output is charged with all filters. One filter makes it: layer.weight[0].",
                "Chaque valeur de la sortie est comptée avec tous les filtres. Un seul la produit : layer.weight[0].",
            ),
        ),
        Mistake(
            "whole batch",
            (_ledger(lambda layer, x, y: (_learnt(layer), y.numel() * layer.weight[0].numel())),),
            Text(
                "The multiplications of all images are counted. A ledger is about one.",
                "Les multiplications de toutes les images sont comptées. Un registre parle d’une seule.",
            ),
        ),
        Mistake(
            "shape with the batch",
            (_with_the_batch,),
            Text(
                "The shapes begin with the number of images. A ledger is about one: leave N out.",
                "Les formes commencent par le nombre d’images. Un registre parle d’une seule : laissez N de côté.",
            ),
        ),
        Mistake(
            "groups ignored",
            (
                _ledger(
                    lambda layer, x, y: (
                        _learnt(layer),
                        _right(layer, x, y)[1] * (layer.groups if isinstance(layer, nn.Conv2d) else 1),
                    )
                ),
            ),
            Text(
                "The groups have no effect on the work. A kernel sees only C/groups channels: "
                "weight[0] has as many values as it sees.",
                "Les groupes sont sans effet sur le travail. Un noyau ne voit que C/groups canaux : "
                "weight[0] a autant de valeurs qu’il en voit.",
            ),
        ),
        Mistake(
            "places of the input",
            (_ledger(lambda layer, x, y: (_learnt(layer), layer.weight.numel() * prod(x.shape[2:]))),),
            Text(
                "The places of the input are counted. A kernel works once for each place of the output.",
                "Ce sont les places de l’entrée qui sont comptées. Un noyau travaille une fois par place de la sortie.",
            ),
        ),
        Mistake(
            "in the order of making",
            (_as_registered,),
            Text(
                "The layers stand in the order in which they were made. They are to stand as they run: "
                "let the hooks write the rows.",
                "Les couches sont dans l’ordre où elles ont été créées. Il faut celui où elles s’exécutent : "
                "laissez les crochets écrire les lignes.",
            ),
        ),
        Mistake(
            "convolutions only",
            (_ledger(_right, (nn.Conv2d,)),),
            Text("The linear layers are missing.", "Il manque les couches linéaires."),
        ),
        Mistake(
            "hooks left behind",
            (_leaves_hooks,),
            Text(
                "The hooks stay on the network and go on working. Remove each of them at the end.",
                "Les crochets restent sur le réseau et continuent d’agir. Retirez-les tous à la fin.",
            ),
        ),
    ),
    right=((_ledger(_right),), (_ledger(_by_kind),), (_ledger(_by_places),)),
)
