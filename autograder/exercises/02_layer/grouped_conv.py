"""grouped_conv: kernels that look at their own group of channels only."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.cases import random_numbers, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Rule, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import DTYPES, correlated

# One plane on one kernel may be had from cnnlib; whole layers know groups already.
LAYERS = Rule(
    calls=(
        "scipy.signal",
        "scipy.ndimage",
        "torch",
        "skimage",
        "cnnlib.conv1d_forward",
        "cnnlib.conv2d_forward",
        "cnnlib.conv_transpose2d_forward",
        "cnnlib.network",
        "cnnlib.ops.conv1d",
        "cnnlib.ops.conv2d",
        "cnnlib.ops.conv_transpose2d",
        "cnnlib.ops._correlation",
    )
)


@st.composite
def _layers(draw, most, kernel, spare, numbers):
    N, groups = draw(st.integers(1, 2)), draw(st.integers(1, most))
    channels, kernels = draw(st.integers(1, 2)), draw(st.integers(1, most))
    h, w = draw(st.integers(1, kernel)), draw(st.integers(1, kernel))
    H, W = h + draw(st.integers(0, spare)), w + draw(st.integers(0, spare))
    return {
        "x": draw(numbers((N, groups * channels, H, W))),
        "w": draw(numbers((groups * kernels, channels, h, w))),
        "groups": groups,
    }


def _random(shape):
    return random_numbers(shape, dtypes=DTYPES, strided=True)


def _reference(x, w, groups):
    return cnnlib.conv2d_forward(x, w, groups=groups)[0]


def _by_groups(x, w, groups):
    pairs = zip(np.split(x, groups, axis=1), np.split(w, groups), strict=True)
    return np.concatenate([correlated(channels, kernels) for channels, kernels in pairs], axis=1)


def _by_kernels(x, w, groups):
    (N, _, H, W), (K, per_kernel, h, v) = x.shape, w.shape
    y = np.zeros((N, K, H - h + 1, W - v + 1))
    for n in range(N):
        for k in range(K):
            first = k // (K // groups) * per_kernel
            for c in range(per_kernel):
                y[n, k] += cnnlib.correlate2d(x[n, first + c], w[k, c])
    return y


def _by_zeros(x, w, groups):
    K, per_kernel, h, v = w.shape
    whole = np.zeros((K, x.shape[1], h, v))
    for k in range(K):
        first = k * groups // K * per_kernel
        whole[k, first : first + per_kernel] = w[k]
    return correlated(x, whole)


def _by_one_einsum(x, w, groups):
    (N, _, H, W), (K, per_kernel, h, v) = x.shape, w.shape
    windows = np.lib.stride_tricks.sliding_window_view(x, (h, v), axis=(2, 3))
    windows = windows.reshape(N, groups, per_kernel, H - h + 1, W - v + 1, h, v)
    banks = w.reshape(groups, K // groups, per_kernel, h, v)
    return np.einsum("ngcrsuv,gkcuv->ngkrs", windows, banks).reshape(N, K, H - h + 1, W - v + 1)


def _kernels_in_turn(x, w, groups):
    channels = np.split(x, groups, axis=1)
    return np.concatenate([correlated(channels[k % groups], w[k : k + 1]) for k in range(len(w))], axis=1)


def _channels_in_turn(x, w, groups):
    banks = np.split(w, groups)
    return np.concatenate([correlated(x[:, g::groups], banks[g]) for g in range(groups)], axis=1)


def _maps_in_turn(x, w, groups):
    y = _by_groups(x, w, groups)
    order = np.arange(len(w)).reshape(groups, -1).T.ravel()
    return y[:, order]


def _first_group_only(x, w, groups):
    return correlated(x[:, : w.shape[1]], w)


def _groups_summed(x, w, groups):
    pairs = zip(np.split(x, groups, axis=1), np.split(w, groups), strict=True)
    return sum(correlated(channels, kernels) for channels, kernels in pairs)


def _flipped(x, w, groups):
    return _by_groups(x, w[:, :, ::-1, ::-1], groups)


grouped_conv = Exercise(
    name="grouped_conv",
    reference=(_reference,),
    parts=(
        Part(
            Text("the maps of every group", "les cartes de chaque groupe"),
            (Stage(_layers(2, 2, 1, whole_numbers), 30, 12), Stage(_layers(3, 3, 5, _random), 25, 12)),
        ),
    ),
    rule=LAYERS,
    mistakes=(
        Mistake(
            "kernels take turns",
            (_kernels_in_turn,),
            Text(
                "The kernels are dealt out in turn, one for each group. "
                "Here the first K/groups of them belong to the first group, the next to the second.",
                "Les noyaux sont distribués à tour de rôle, un par groupe. "
                "Ici, les K/groups premiers appartiennent au premier groupe, les suivants au deuxième.",
            ),
        ),
        Mistake(
            "channels take turns",
            (_channels_in_turn,),
            Text(
                "The channels are dealt out in turn. A group is made of neighbours: the first C/groups channels, "
                "then the next.",
                "Les canaux sont distribués à tour de rôle. Un groupe réunit des voisins : les C/groups premiers "
                "canaux, puis les suivants.",
            ),
        ),
        Mistake(
            "maps in another order",
            (_maps_in_turn,),
            Text(
                "The maps are right, but in another order: map k of the result is that of kernel k.",
                "Les cartes sont justes, mais dans un autre ordre : la carte k du résultat est celle du noyau k.",
            ),
        ),
        Mistake(
            "first group only",
            (_first_group_only,),
            Text(
                "All kernels look at the first group of channels. Each group of kernels has its own channels.",
                "Tous les noyaux regardent le premier groupe de canaux. Chaque groupe de noyaux a ses propres canaux.",
            ),
        ),
        Mistake(
            "groups summed",
            (_groups_summed,),
            Text(
                "The groups are added up. They stay apart: their maps are stacked, K in all.",
                "Les groupes sont additionnés. Ils restent séparés : leurs cartes s’empilent, K en tout.",
            ),
        ),
        Mistake(
            "flipped",
            (_flipped,),
            Text(
                "The kernels are turned around: a true convolution. A layer uses them as they stand.",
                "Les noyaux sont retournés : c’est une vraie convolution. Une couche les emploie tels quels.",
            ),
        ),
    ),
    right=((_by_groups,), (_by_kernels,), (_by_zeros,), (_by_one_einsum,)),
    picture=difference,
)
