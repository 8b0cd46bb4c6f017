"""max_pool_backward and avg_pool_backward: the gradient's way back through a window."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.cases import whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import (
    HEIGHT_AND_WIDTH_SWAPPED,
    READY_MADE,
    SIDE_BY_SIDE,
    any_numbers,
    geometries,
    places,
    small_numbers,
    windows,
)

ASSIGNS = Text(
    "Where windows overlap, the last one overwrites what the others left. "
    "A pixel in several windows gets the sum of what comes from each.",
    "Là où des fenêtres se chevauchent, la dernière écrase ce que les autres ont laissé. "
    "Un pixel qui est dans plusieurs fenêtres reçoit la somme de ce qui vient de chacune.",
)


def _with_ties(shape):
    return whole_numbers(shape, -1, 1)


@st.composite
def _upstreams(draw, side, spare, numbers, upstream, single=False):
    """With `single`, one channel of one image: failing cases that are quickly read."""
    shape, size, stride = draw(geometries(side, spare))
    shape = (1, 1, *shape[2:]) if single else shape
    dy = draw(upstream((*shape[:2], *places(shape, size, stride))))
    return {"dy": dy, "x": draw(numbers(shape)), "size": size, "stride": stride}


def _each_window(dy, size, stride):
    """Where each value of dy belongs: its index, and the slices of its window."""
    for r, s in np.ndindex(dy.shape[2:]):
        top, left = r * stride, s * stride
        yield r, s, (slice(top, top + size[0]), slice(left, left + size[1]))


def _routed(dy, x, size, stride, share, keep=True):
    """A backward pass in which `share(window)` says who gets how much of a window's gradient."""
    dx = np.zeros(x.shape)
    for n, c in np.ndindex(x.shape[:2]):
        for r, s, window in _each_window(dy, size, stride):
            given = share(x[n, c][window]) * dy[n, c, r, s]
            if keep:
                dx[n, c][window] += given
            else:
                dx[n, c][window] = np.where(given != 0, given, dx[n, c][window])
    return dx


def _first(window):
    share = np.zeros(window.shape)
    share[np.unravel_index(window.argmax(), window.shape)] = 1
    return share


def _last(window):
    return _first(window[::-1, ::-1])[::-1, ::-1]


def _all(window):
    return (window == window.max()).astype(float)


def _reference(dy, x, size, stride):
    return cnnlib.max_pool2d_backward(dy, cnnlib.max_pool2d_forward(x, size, stride=stride)[1])


def _by_loops(dy, x, size, stride):
    return _routed(dy, x, size, stride, _first)


def _by_add_at(dy, x, size, stride):
    (N, C, oh, ow), (h, w) = dy.shape, size
    winners = windows(x, size, stride).reshape(N, C, oh, ow, h * w).argmax(axis=-1)
    n, c, r, s = np.indices(dy.shape)
    dx = np.zeros(x.shape)
    np.add.at(dx, (n, c, r * stride + winners // w, s * stride + winners % w), dy)
    return dx


def _by_offsets(dy, x, size, stride):
    (oh, ow), (h, w) = dy.shape[2:], size
    dx, taken = np.zeros(x.shape, dtype=np.float32), np.zeros(dy.shape, dtype=bool)
    best = windows(x, size, stride).max(axis=(4, 5))
    for u in range(h):
        for v in range(w):
            rows, columns = (
                slice(u, u + (oh - 1) * stride + 1, stride),
                slice(v, v + (ow - 1) * stride + 1, stride),
            )
            wins = (x[:, :, rows, columns] == best) & ~taken
            dx[:, :, rows, columns] += dy * wins
            taken |= wins
    return dx


def _assigns(dy, x, size, stride):
    dx = np.zeros(x.shape)
    for n, c in np.ndindex(x.shape[:2]):
        for r, s, window in _each_window(dy, size, stride):
            place = np.unravel_index(x[n, c][window].argmax(), size)
            dx[n, c][window][place] = dy[n, c, r, s]
    return dx


def _overwrites_windows(dy, x, size, stride):
    dx = np.zeros(x.shape)
    for n, c in np.ndindex(x.shape[:2]):
        for r, s, window in _each_window(dy, size, stride):
            dx[n, c][window] = _first(x[n, c][window]) * dy[n, c, r, s]
    return dx


def _every_tie(dy, x, size, stride):
    return _routed(dy, x, size, stride, _all)


def _tie_shared(dy, x, size, stride):
    return _routed(dy, x, size, stride, lambda window: _all(window) / _all(window).sum())


def _last_tie(dy, x, size, stride):
    return _routed(dy, x, size, stride, _last)


def _spread(dy, x, size, stride):
    return _routed(dy, x, size, stride, lambda window: np.full(window.shape, 1 / window.size))


def _times_value(dy, x, size, stride):
    return _routed(dy, x, size, stride, lambda window: _first(window) * window)


def _at_the_corner(dy, x, size, stride):
    dx = np.zeros(x.shape)
    for n, c in np.ndindex(x.shape[:2]):
        for r, s, window in _each_window(dy, size, stride):
            dx[n, c][np.unravel_index(x[n, c][window].argmax(), size)] += dy[n, c, r, s]
    return dx


def _max_swapped(dy, x, size, stride):
    return _routed(dy, x, size[::-1], stride, _first)


max_pool_backward = Exercise(
    name="max_pool_backward",
    reference=(_reference,),
    parts=(
        Part(
            Text("the gradient of every pixel", "le gradient de chaque pixel"),
            (
                Stage(_upstreams(3, 3, _with_ties, small_numbers, single=True), 40, 20),
                Stage(_upstreams(3, 3, _with_ties, small_numbers), 25, 10),
                Stage(_upstreams(3, 4, any_numbers, any_numbers), 20),
            ),
        ),
    ),
    rule=READY_MADE,
    mistakes=(
        Mistake("assigns", (_assigns,), ASSIGNS),
        Mistake("overwrites whole windows", (_overwrites_windows,), ASSIGNS),
        Mistake(
            "credits every tie",
            (_every_tie,),
            Text(
                "When several pixels share the maximum, each gets the whole gradient, so there is more of it than "
                "came in. One of them gets it: the first in reading order.",
                "Quand plusieurs pixels atteignent le maximum, chacun reçoit tout le gradient : il en sort plus "
                "qu’il n’en est entré. Un seul le reçoit : le premier dans l’ordre de lecture.",
            ),
        ),
        Mistake(
            "shares ties",
            (_tie_shared,),
            Text(
                "When several pixels share the maximum, the gradient is divided among them. "
                "Here, as in most libraries, the first in reading order gets all of it.",
                "Quand plusieurs pixels atteignent le maximum, le gradient est partagé entre eux. "
                "Ici, comme dans la plupart des bibliothèques, le premier dans l’ordre de lecture le reçoit en entier.",
            ),
        ),
        Mistake(
            "last of a tie",
            (_last_tie,),
            Text(
                "When several pixels share the maximum, the last one gets the gradient: "
                "a `>=` where `>` is meant does this. Here it is the first in reading order.",
                "Quand plusieurs pixels atteignent le maximum, c’est le dernier qui reçoit le gradient : "
                "un `>=` à la place d’un `>` suffit. Ici, c’est le premier dans l’ordre de lecture.",
            ),
        ),
        Mistake(
            "spread evenly",
            (_spread,),
            Text(
                "The gradient is spread over the whole window, as for the average. "
                "Only the winner had an influence on the maximum.",
                "Le gradient est réparti sur toute la fenêtre, comme pour la moyenne. "
                "Seul le gagnant a influé sur le maximum.",
            ),
        ),
        Mistake(
            "times the value",
            (_times_value,),
            Text(
                "The gradient is multiplied by the value of the pixel. If the winner grows by a little, "
                "the maximum grows by just as much: the factor is 1.",
                "Le gradient est multiplié par la valeur du pixel. Si le gagnant augmente un peu, "
                "le maximum augmente d’autant : le facteur est 1.",
            ),
        ),
        Mistake(
            "offset forgotten",
            (_at_the_corner,),
            Text(
                "All gradients land in the upper left corner. `argmax` tells the place within its window: "
                "add where the window starts.",
                "Tous les gradients arrivent dans le coin supérieur gauche. `argmax` donne la place à l’intérieur "
                "de la fenêtre : ajoutez-lui le début de celle-ci.",
            ),
        ),
        Mistake("height and width swapped", (_max_swapped,), HEIGHT_AND_WIDTH_SWAPPED),
    ),
    right=((_by_loops,), (_by_add_at,), (_by_offsets,)),
    picture=difference,
)


@st.composite
def _means(draw, side, spare, upstream, single=False):
    shape, size, stride = draw(geometries(side, spare))
    shape = (1, 1, *shape[2:]) if single else shape
    dy = draw(upstream((*shape[:2], *places(shape, size, stride))))
    return {"dy": dy, "shape": shape, "size": size, "stride": stride}


def _avg_reference(dy, shape, size, stride):
    return cnnlib.avg_pool2d_backward(dy, cnnlib.avg_pool2d_forward(np.zeros(shape), size, stride=stride)[1])


def _avg_by_loops(dy, shape, size, stride):
    dx = np.zeros(shape)
    for r, s, window in _each_window(dy, size, stride):
        dx[:, :, *window] += dy[:, :, r : r + 1, s : s + 1] / (size[0] * size[1])
    return dx


def _avg_by_offsets(dy, shape, size, stride):
    (oh, ow), (h, w) = dy.shape[2:], size
    dx = np.zeros(shape, dtype=np.float32)
    for u, v in np.ndindex(h, w):
        dx[:, :, u : u + oh * stride : stride, v : v + ow * stride : stride][:, :, :oh, :ow] += dy / (h * w)
    return dx


def _avg_by_matrices(dy, shape, size, stride):
    def covers(n, window, count):
        start, place = np.arange(count)[:, None] * stride, np.arange(n)
        return ((place >= start) & (place < start + window)) / window

    rows, columns = (covers(shape[2 + axis], size[axis], dy.shape[2 + axis]) for axis in (0, 1))
    return np.einsum("ncrs,rh,sw->nchw", dy, rows, columns)


def _avg_not_divided(dy, shape, size, stride):
    return _avg_by_loops(dy, shape, size, stride) * size[0] * size[1]


def _avg_assigns(dy, shape, size, stride):
    dx = np.zeros(shape)
    for r, s, window in _each_window(dy, size, stride):
        dx[:, :, *window] = dy[:, :, r : r + 1, s : s + 1] / (size[0] * size[1])
    return dx


def _avg_by_coverage(dy, shape, size, stride):
    total = _avg_not_divided(dy, shape, size, stride)
    return total / np.maximum(_avg_not_divided(np.ones(dy.shape), shape, size, stride), 1)


def _avg_to_the_corner(dy, shape, size, stride):
    dx = np.zeros(shape)
    for r, s, (rows, columns) in _each_window(dy, size, stride):
        dx[:, :, rows.start, columns.start] += dy[:, :, r, s]
    return dx


def _avg_swapped(dy, shape, size, stride):
    return _avg_by_loops(dy, shape, size[::-1], stride)


def _avg_side_by_side(dy, shape, size, stride):
    (h, w), (H, W) = size, shape[2:]
    dx = np.zeros((*shape[:2], dy.shape[2] * h, dy.shape[3] * w))
    dx += np.repeat(np.repeat(dy, h, axis=2), w, axis=3) / (h * w)
    whole = np.zeros((*shape[:2], max(H, dx.shape[2]), max(W, dx.shape[3])))
    whole[:, :, : dx.shape[2], : dx.shape[3]] = dx
    return whole[:, :, :H, :W].copy()


avg_pool_backward = Exercise(
    name="avg_pool_backward",
    reference=(_avg_reference,),
    parts=(
        Part(
            Text("the gradient of every pixel", "le gradient de chaque pixel"),
            (
                Stage(_means(3, 2, small_numbers, single=True), 40, 12),
                Stage(_means(3, 2, small_numbers), 20),
                Stage(_means(3, 4, any_numbers), 15),
            ),
        ),
    ),
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "not divided",
            (_avg_not_divided,),
            Text(
                "Every pixel of a window gets its whole gradient. In the mean, each counted 1/(h·w) only.",
                "Chaque pixel d’une fenêtre reçoit tout son gradient. "
                "Dans la moyenne, chacun ne comptait que pour 1/(h·w).",
            ),
        ),
        Mistake("assigns", (_avg_assigns,), ASSIGNS),
        Mistake(
            "divided by the overlap",
            (_avg_by_coverage,),
            Text(
                "The gradient of a pixel is divided by the number of windows that contain it. "
                "Divide by h·w, the pixels of one window, and add up what the windows send.",
                "Le gradient d’un pixel est divisé par le nombre de fenêtres qui le contiennent. "
                "Divisez par h·w, le nombre de pixels d’une fenêtre, et additionnez ce que les fenêtres envoient.",
            ),
        ),
        Mistake(
            "to one pixel",
            (_avg_to_the_corner,),
            Text(
                "One pixel of each window gets everything. Every pixel had a share in the mean, "
                "and gets its share of the gradient.",
                "Un seul pixel de chaque fenêtre reçoit tout. Chaque pixel a eu part à la moyenne : "
                "chacun reçoit sa part du gradient.",
            ),
        ),
        Mistake("height and width swapped", (_avg_swapped,), HEIGHT_AND_WIDTH_SWAPPED),
        Mistake("side by side", (_avg_side_by_side,), SIDE_BY_SIDE),
    ),
    right=((_avg_by_loops,), (_avg_by_offsets,), (_avg_by_matrices,)),
    picture=difference,
)
