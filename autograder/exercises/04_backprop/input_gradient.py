"""input_gradient: the gradient of the image is a full convolution with the kernel, turned around."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.cases import whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import ASSIGNS, READY_MADE, SQUARE_ONLY, TRANSPOSED, any_numbers


@st.composite
def _cases(draw, most, spare, numbers):
    h, w = draw(st.integers(1, most)), draw(st.integers(1, most))
    oh, ow = 1 + draw(st.integers(0, spare)), 1 + draw(st.integers(0, spare))
    return {"dy": draw(numbers((oh, ow))), "k": draw(numbers((h, w)))}


def _framed(dy, k):
    h, w = k.shape
    return np.pad(dy, ((h - 1, h - 1), (w - 1, w - 1)))


def _reference(dy, k):
    return cnnlib.convolve2d(_framed(dy, k), k)


def _by_outputs(dy, k):
    (oh, ow), (h, w) = dy.shape, k.shape
    dx = np.zeros((oh + h - 1, ow + w - 1))
    for r in range(oh):
        for s in range(ow):
            dx[r : r + h, s : s + w] += dy[r, s] * k
    return dx


def _by_weights(dy, k):
    (oh, ow), (h, w) = dy.shape, k.shape
    dx = np.zeros((oh + h - 1, ow + w - 1), dtype=np.float32)
    for u, v in np.ndindex(h, w):
        dx[u : u + oh, v : v + ow] += k[u, v] * dy
    return dx


def _by_full_convolution(dy, k):
    views = np.lib.stride_tricks.sliding_window_view(_framed(dy, k), k.shape)
    return (views * k[::-1, ::-1]).sum(axis=(2, 3))


def _by_pixels(dy, k):
    (oh, ow), (h, w) = dy.shape, k.shape
    dx = np.zeros((oh + h - 1, ow + w - 1))
    for p, q in np.ndindex(dx.shape):
        for u, v in np.ndindex(h, w):
            if 0 <= p - u < oh and 0 <= q - v < ow:
                dx[p, q] += dy[p - u, q - v] * k[u, v]
    return dx


def _not_turned(dy, k):
    return _by_outputs(dy, k[::-1, ::-1])


def _turned_sideways(dy, k):
    return _by_outputs(dy, k[::-1])


def _assigns(dy, k):
    (oh, ow), (h, w) = dy.shape, k.shape
    dx = np.zeros((oh + h - 1, ow + w - 1))
    for r in range(oh):
        for s in range(ow):
            dx[r : r + h, s : s + w] = dy[r, s] * k
    return dx


def _valid(dy, k):
    """At the places where the kernel fits into dy; none where it is larger."""
    (oh, ow), (h, w) = dy.shape, k.shape
    return _by_outputs(dy, k)[h - 1 : oh, w - 1 : ow].copy()


def _same(dy, k):
    (oh, ow), (h, w) = dy.shape, k.shape
    return _by_outputs(dy, k)[(h - 1) // 2 :, (w - 1) // 2 :][:oh, :ow].copy()


def _transposed(dy, k):
    return _by_outputs(dy, k.T)


def _padded_at_the_end(dy, k):
    h, w = k.shape
    views = np.lib.stride_tricks.sliding_window_view(np.pad(dy, ((0, 2 * h - 2), (0, 2 * w - 2))), (h, w))
    return (views * k[::-1, ::-1]).sum(axis=(2, 3))


def _square_only(dy, k):
    return _by_outputs(dy[:, : dy.shape[0]], k[:, : k.shape[0]])


input_gradient = Exercise(
    name="input_gradient",
    reference=(_reference,),
    parts=(
        Part(
            Text("the gradient of every pixel", "le gradient de chaque pixel"),
            (Stage(_cases(3, 2, whole_numbers), 35, 12), Stage(_cases(5, 8, any_numbers), 20)),
        ),
    ),
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "not turned",
            (_not_turned,),
            Text(
                "The kernel is not turned around. The first output that saw a pixel saw it with the last weight: "
                "going through the outputs forwards, one goes through the kernel backwards.",
                "Le noyau n’est pas retourné. La première sortie à voir un pixel l’a vu avec le dernier poids : "
                "quand on parcourt les sorties vers l’avant, on parcourt le noyau vers l’arrière.",
            ),
        ),
        Mistake(
            "turned in one direction",
            (_turned_sideways,),
            Text(
                "The kernel is turned around in one direction only. It takes half a turn: rows and columns.",
                "Le noyau n’est retourné que dans une direction. Il faut un demi-tour : lignes et colonnes.",
            ),
        ),
        Mistake("assigns", (_assigns,), ASSIGNS),
        Mistake(
            "valid",
            (_valid,),
            Text(
                "Only places where the kernel fits into dy are counted, so the border of dx is missing. "
                "dx is as large as x: larger than dy by h-1 rows and w-1 columns.",
                "Seules les places où le noyau tient dans dy sont comptées : il manque le bord de dx. "
                "dx a la taille de x : h-1 lignes et w-1 colonnes de plus que dy.",
            ),
        ),
        Mistake(
            "same size",
            (_same,),
            Text(
                "dx is as large as dy. It must be as large as x, which had h-1 rows and w-1 columns more.",
                "dx a la taille de dy. Il doit avoir celle de x, qui avait h-1 lignes et w-1 colonnes de plus.",
            ),
        ),
        Mistake("transposed", (_transposed,), TRANSPOSED),
        Mistake(
            "padded at the end",
            (_padded_at_the_end,),
            Text(
                "All zeros stand below dy and to its right. They belong on all four sides, h-1 rows and w-1 columns.",
                "Tous les zéros sont sous dy et à sa droite. Il en faut des quatre côtés : "
                "h-1 lignes et w-1 colonnes de chacun.",
            ),
        ),
        Mistake("square only", (_square_only,), SQUARE_ONLY),
    ),
    right=((_by_outputs,), (_by_weights,), (_by_full_convolution,), (_by_pixels,)),
    picture=difference,
)
