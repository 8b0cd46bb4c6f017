"""count_parameters and count_multiplications: what a layer costs."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.exercise import Exercise, Mistake, Part, Rule, Stage
from autograder.checking.words import Text

from ._shared import exactly

# How many windows fit is known by now; the counts are what is asked.
COUNTS = Rule(
    calls=(
        "torch",
        "cnnlib.conv2d_parameters",
        "cnnlib.conv2d_multiplications",
        "cnnlib.linear_parameters",
        "cnnlib.linear_multiplications",
        "cnnlib.conv2d_forward",
        "cnnlib.network",
    )
)
GROUPS_IGNORED = Text(
    "The groups have no effect. In groups, a kernel sees only C/groups channels.",
    "Les groupes sont sans effet. Avec des groupes, un noyau ne voit que C/groups canaux.",
)


@st.composite
def _banks(draw, most, side):
    groups = draw(st.integers(1, 3))
    C, K = groups * draw(st.integers(1, most)), groups * draw(st.integers(1, most))
    return {"C": C, "K": K, "h": draw(st.integers(1, side)), "w": draw(st.integers(1, side)), "groups": groups}


def _parameters(C, K, h, w, groups):
    return cnnlib.conv2d_parameters(C, K, (h, w), groups=groups)


def _by_formula(C, K, h, w, groups):
    return (C // groups * h * w + 1) * K


def _by_array(C, K, h, w, groups):
    return np.zeros((K, C // groups, h, w)).size + np.zeros(K).size


def _by_adding(C, K, h, w, groups):
    return sum(sum(h * w for _ in range(C // groups)) + 1 for _ in range(K))


count_parameters = Exercise(
    name="count_parameters",
    reference=(_parameters,),
    parts=(
        Part(
            Text("the numbers that a layer learns", "les nombres qu’apprend une couche"),
            (Stage(_banks(3, 3), 30, 15), Stage(_banks(170, 11), 20)),
        ),
    ),
    compare=exactly,
    rule=COUNTS,
    mistakes=(
        Mistake(
            "no bias",
            (lambda C, K, h, w, groups: C // groups * h * w * K,),
            Text("The biases are missing: one for each kernel.", "Il manque les biais : un par noyau."),
        ),
        Mistake(
            "input channels forgotten",
            (lambda C, K, h, w, groups: (h * w + 1) * K,),
            Text(
                "The input channels are missing. A kernel has h·w weights for each channel that it sees.",
                "Il manque les canaux d’entrée. Un noyau a h·w poids pour chaque canal qu’il voit.",
            ),
        ),
        Mistake(
            "one bias in all",
            (lambda C, K, h, w, groups: C // groups * h * w * K + 1,),
            Text(
                "There is a single bias for the whole layer. Each kernel has its own.",
                "Il n’y a qu’un biais pour toute la couche. Chaque noyau a le sien.",
            ),
        ),
        Mistake(
            "bias for each channel",
            (lambda C, K, h, w, groups: C // groups * (h * w + 1) * K,),
            Text(
                "A bias is counted for each input channel. A kernel has one, whatever it sees.",
                "Un biais est compté pour chaque canal d’entrée. Un noyau en a un seul, quoi qu’il voie.",
            ),
        ),
        Mistake("groups ignored", (lambda C, K, h, w, groups: (C * h * w + 1) * K,), GROUPS_IGNORED),
        Mistake(
            "divided twice",
            (lambda C, K, h, w, groups: (C // groups * h * w + 1) * (K // groups),),
            Text(
                "This is the count of one group. The kernels of all groups count.",
                "C’est le compte d’un seul groupe. Les noyaux de tous les groupes comptent.",
            ),
        ),
    ),
    right=((_by_formula,), (_by_array,), (_by_adding,)),
)


@st.composite
def _layers(draw, most, side, spare):
    bank = draw(_banks(most, side))
    stride, padding = draw(st.integers(1, 3)), draw(st.integers(0, 2))
    H, W = (max(bank[size] - 2 * padding, 1) + draw(st.integers(0, spare)) for size in "hw")
    groups = bank.pop("groups")
    return bank | {"H": H, "W": W, "stride": stride, "padding": padding, "groups": groups}


def _windows(n, kernel, stride, padding):
    return (n + 2 * padding - kernel) // stride + 1


def _multiplications(C, K, h, w, H, W, stride, padding, groups):
    out = [cnnlib.output_size(n, kernel, stride=stride, padding=padding) for n, kernel in ((H, h), (W, w))]
    return cnnlib.conv2d_multiplications(C, K, (h, w), out, groups=groups)


def _at_every_place(C, K, h, w, H, W, stride, padding, groups):
    oh, ow = _windows(H, h, stride, padding), _windows(W, w, stride, padding)
    return oh * ow * K * (C // groups) * h * w


def _by_group(C, K, h, w, H, W, stride, padding, groups):
    rows = len(range(0, H + 2 * padding - h + 1, stride))
    columns = len(range(0, W + 2 * padding - w + 1, stride))
    return groups * (K // groups) * (C // groups) * (rows * h) * (columns * w)


def _by_weights(C, K, h, w, H, W, stride, padding, groups):
    each = cnnlib.output_size(H, h, stride=stride, padding=padding) * cnnlib.output_size(
        W, w, stride=stride, padding=padding
    )
    return each * np.prod([K, C // groups, h, w])


def _input_places(C, K, h, w, H, W, stride, padding, groups):
    return H * W * K * (C // groups) * h * w


def _one_map(C, K, h, w, H, W, stride, padding, groups):
    return _at_every_place(C, 1, h, w, H, W, stride, padding, groups)


def _one_channel(C, K, h, w, H, W, stride, padding, groups):
    return _at_every_place(1, K, h, w, H, W, stride, padding, 1)


def _with_bias(C, K, h, w, H, W, stride, padding, groups):
    oh, ow = _windows(H, h, stride, padding), _windows(W, w, stride, padding)
    return oh * ow * K * (C // groups * h * w + 1)


def _without_groups(C, K, h, w, H, W, stride, padding, groups):
    return _at_every_place(C, K, h, w, H, W, stride, padding, 1)


def _square_only(C, K, h, w, H, W, stride, padding, groups):
    return _windows(H, h, stride, padding) ** 2 * K * (C // groups) * h * w


def _weights_only(C, K, h, w, H, W, stride, padding, groups):
    return K * (C // groups) * h * w


count_multiplications = Exercise(
    name="count_multiplications",
    reference=(_multiplications,),
    parts=(
        Part(
            Text("the multiplications for one image", "les multiplications pour une image"),
            (Stage(_layers(3, 3, 4), 40, 20), Stage(_layers(90, 7, 220), 20)),
        ),
    ),
    compare=exactly,
    rule=COUNTS,
    mistakes=(
        Mistake(
            "places of the input",
            (_input_places,),
            Text(
                "The places of the input are counted. A kernel works once for each place of the output.",
                "Ce sont les places de l’entrée qui sont comptées. Un noyau travaille une fois par place de la sortie.",
            ),
        ),
        Mistake(
            "kernels forgotten",
            (_one_map,),
            Text(
                "This is the work of one kernel. All K of them slide over the image.",
                "C’est le travail d’un seul noyau. Tous les K glissent sur l’image.",
            ),
        ),
        Mistake(
            "input channels forgotten",
            (_one_channel,),
            Text(
                "The input channels are missing. A window has h·w values in each channel that the kernel sees.",
                "Il manque les canaux d’entrée. Une fenêtre a h·w valeurs dans chaque canal que voit le noyau.",
            ),
        ),
        Mistake(
            "counts biases",
            (_with_bias,),
            Text(
                "Biases are counted too. They are added, not multiplied.",
                "Les biais sont comptés aussi. Ils s’ajoutent, ils ne se multiplient pas.",
            ),
        ),
        Mistake("groups ignored", (_without_groups,), GROUPS_IGNORED),
        Mistake(
            "square output",
            (_square_only,),
            Text(
                "Only one side of the output is measured and used for both.",
                "Un seul côté de la sortie est mesuré et sert pour les deux.",
            ),
        ),
        Mistake(
            "weights only",
            (_weights_only,),
            Text(
                "These are the weights. Each of them multiplies once at every place of the output.",
                "Ce sont les poids. Chacun multiplie une fois par place de la sortie.",
            ),
        ),
    ),
    right=((_at_every_place,), (_by_group,), (_by_weights,)),
)
