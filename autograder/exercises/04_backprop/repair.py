"""repair: three backward passes that are broken, and what mends them."""

import numpy as np
from hypothesis import strategies as st

from autograder.checking.cases import whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text

from ._shared import READY_MADE, any_numbers, in_a_tuple


@st.composite
def _signals(draw, most, numbers):
    m, count = draw(st.integers(1, most)), draw(st.integers(1, most))
    return {"dy": draw(numbers(count)), "x": draw(numbers(count + m - 1))}


@st.composite
def _batches(draw, most, numbers):
    N, C, H, W = (draw(st.integers(1, most)) for _ in range(4))
    return {"dy": draw(numbers((N, C, H, W))), "x": draw(numbers((N, C, H, W))), "gain": draw(numbers((C,)))}


@st.composite
def _picks(draw, most, numbers):
    n = draw(st.integers(1, most))
    places = draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=most + 1))
    return {"dy": draw(numbers(len(places))), "places": np.array(places), "n": n}


def _kernel(dy, x):
    return np.array([np.sum(dy * x[j : j + len(dy)]) for j in range(len(x) - len(dy) + 1)])


def _kernel_by_windows(dy, x):
    return np.lib.stride_tricks.sliding_window_view(x, len(dy)) @ dy


def _kernel_by_outputs(dy, x):
    m = len(x) - len(dy) + 1
    return sum(upstream * x[i : i + m] for i, upstream in enumerate(dy))


def _kernel_broken(dy, x):
    return _kernel(dy[::-1], x)


def _kernel_averaged(dy, x):
    return _kernel(dy, x) / len(dy)


def _gain(dy, x, gain):
    return dy * gain[:, None, None], (dy * x).sum(axis=(0, 2, 3))


def _gain_by_einsum(dy, x, gain):
    return np.einsum("nchw,c->nchw", dy, gain), np.einsum("nchw,nchw->c", dy, x)


def _gain_by_loops(dy, x, gain):
    dx, dgain = np.zeros(dy.shape), np.zeros(len(gain))
    for n, c, r, s in np.ndindex(dy.shape):
        dx[n, c, r, s] = dy[n, c, r, s] * gain[c]
        dgain[c] += dy[n, c, r, s] * x[n, c, r, s]
    return [dx, dgain]


def _gain_broken(dy, x, gain):
    return dy * gain[:, None, None], dy.sum(axis=(0, 2, 3)) * x.mean(axis=(0, 2, 3))


def _gain_for_each_image(dy, x, gain):
    return dy * gain[:, None, None], (dy * x).sum(axis=(2, 3))


def _pick(dy, places, n):
    dx = np.zeros(n)
    np.add.at(dx, places, dy)
    return dx


def _pick_by_loop(dy, places, n):
    dx = np.zeros(n, dtype=np.float32)
    for upstream, place in zip(dy, places, strict=True):
        dx[place] += upstream
    return dx


def _pick_by_counting(dy, places, n):
    return np.bincount(places, weights=dy, minlength=n)


def _pick_broken(dy, places, n):
    dx = np.zeros(n)
    dx[places] += dy
    return dx


def _pick_averaged(dy, places, n):
    return _pick(dy, places, n) / np.maximum(np.bincount(places, minlength=n), 1)


def _kernels(answer, case):
    return {"dk": answer(*case.values())}


def _gains(answer, case):
    values = answer[1](*case.values())
    complete = isinstance(values, list | tuple) and len(values) == 2
    return {"results": complete, "dx": values[0] if complete else None, "dgain": values[1] if complete else None}


def _picked(answer, case):
    return {"dx": answer[2](*case.values())}


repair = Exercise(
    name="repair",
    reference=(_kernel, _gain, _pick),
    parts=(
        Part(
            Text("kernel_backward, repaired", "kernel_backward, réparée"),
            (Stage(_signals(3, whole_numbers), 18, 10), Stage(_signals(12, any_numbers), 6)),
            observe=_kernels,
        ),
        Part(
            Text("gain_backward, repaired", "gain_backward, réparée"),
            (Stage(_batches(2, whole_numbers), 18, 10), Stage(_batches(3, any_numbers), 6)),
            observe=_gains,
        ),
        Part(
            Text("pick_backward, repaired", "pick_backward, réparée"),
            (Stage(_picks(3, whole_numbers), 18, 10), Stage(_picks(9, any_numbers), 6)),
            observe=_picked,
        ),
    ),
    rule=READY_MADE,
    properties=in_a_tuple(("dx", "dgain")),
    mistakes=(
        Mistake(
            "kernel as it was",
            (_kernel_broken, _gain, _pick),
            Text(
                "kernel_backward still turns something around. A dy of ones looks the same from both ends; "
                "yours will not. Which x did k[j] meet in output i?",
                "kernel_backward retourne encore quelque chose. Un dy fait de uns est le même dans les deux sens ; "
                "un vrai ne l’est pas. Quel x le poids k[j] a-t-il rencontré dans la sortie i ?",
            ),
        ),
        Mistake(
            "kernel averaged",
            (_kernel_averaged, _gain, _pick),
            Text(
                "kernel_backward takes a mean over the outputs. A weight that counts in all outputs gets the sum.",
                "kernel_backward prend une moyenne sur les sorties. Un poids qui compte dans toutes reçoit la somme.",
            ),
        ),
        Mistake(
            "gain as it was",
            (_kernel, _gain_broken, _pick),
            Text(
                "gain_backward sums dy and x apart. The sum of products is not the product of a sum and a mean: "
                "each dy belongs to the x at its own place.",
                "gain_backward additionne dy et x séparément. La somme des produits n’est pas le produit d’une somme "
                "et d’une moyenne : chaque dy va avec le x de sa propre place.",
            ),
        ),
        Mistake(
            "gain for each image",
            (_kernel, _gain_for_each_image, _pick),
            Text(
                "gain_backward gives a gain for each image. All images of the batch share one gain for each channel: "
                "sum over them, too.",
                "gain_backward donne un gain par image. Toutes les images du lot partagent un gain par canal : "
                "sommez aussi sur elles.",
            ),
        ),
        Mistake(
            "pick as it was",
            (_kernel, _gain, _pick_broken),
            Text(
                "pick_backward still loses what comes back to a place that was picked twice. "
                "`dx[places] += dy` reads, adds and writes once for each place; `np.add.at` adds every time.",
                "pick_backward perd encore ce qui revient à une place choisie deux fois. "
                "`dx[places] += dy` lit, ajoute et écrit une seule fois par place ; `np.add.at` ajoute à chaque fois.",
            ),
        ),
        Mistake(
            "pick averaged",
            (_kernel, _gain, _pick_averaged),
            Text(
                "pick_backward takes the mean for a place that was picked several times. "
                "It acts through each of its copies, so it gets the sum.",
                "pick_backward prend la moyenne pour une place choisie plusieurs fois. "
                "Elle agit par chacune de ses copies : elle reçoit la somme.",
            ),
        ),
    ),
    right=(
        (_kernel, _gain, _pick),
        (_kernel_by_windows, _gain_by_einsum, _pick_by_loop),
        (_kernel_by_outputs, _gain_by_loops, _pick_by_counting),
    ),
)
