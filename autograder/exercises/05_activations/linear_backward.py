"""linear_backward: the three gradients of a fully connected layer."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.cases import whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import READY_MADE, any_numbers


@st.composite
def _layers(draw, most, numbers):
    """What came back, what had come in, and the weights; the three sizes are drawn apart."""
    N, inputs, outputs = (draw(st.integers(1, most)) for _ in range(3))
    return {"dy": draw(numbers((N, outputs))), "x": draw(numbers((N, inputs))), "w": draw(numbers((outputs, inputs)))}


def _moderate(shape):
    return any_numbers(shape, (1.0, 30.0))


def _gradient(place):
    """Observe one of the three gradients; whatever is no three things stands as it is."""

    def observe(answer, case):
        given = answer(*case.values())
        return given[place] if isinstance(given, list | tuple) and len(given) == 3 else given

    return observe


def _part(title, place):
    stages = (Stage(_layers(3, whole_numbers), 30, 10), Stage(_layers(6, _moderate), 10))
    return Part(Text(f"the gradient {title}", f"le gradient {title}"), stages, observe=_gradient(place))


def _reference(dy, x, w):
    return cnnlib.linear_backward(dy, cnnlib.linear_forward(x, w, np.zeros(len(w)))[1])


def _by_products(dy, x, w):
    return dy @ w, dy.T @ x, dy.sum(axis=0)


def _by_loops(dy, x, w):
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(len(w))
    for n, o in np.ndindex(dy.shape):
        dx[n] += dy[n, o] * w[o]
        dw[o] += dy[n, o] * x[n]
        db[o] += dy[n, o]
    return [dx, dw, db]


def _by_letters(dy, x, w):
    dw = np.einsum("no,ni->oi", dy, x)
    return np.einsum("no,oi->ni", dy, w), dw, np.einsum("no->o", dy)


def _by_outer_products(dy, x, w):
    dw = sum(np.outer(g, image) for g, image in zip(dy, x, strict=True))
    return np.stack([w.T @ g for g in dy]), dw, np.ones(len(dy)) @ dy


def _transposed(dy, x, w):
    return dy @ w, x.T @ dy, dy.sum(axis=0)


def _averaged(dy, x, w):
    return dy @ w, dy.T @ x / len(dy), dy.mean(axis=0)


def _bias_mean(dy, x, w):
    return dy @ w, dy.T @ x, dy.mean(axis=0)


def _bias_unsummed(dy, x, w):
    return dy @ w, dy.T @ x, dy.copy()


def _bias_across(dy, x, w):
    return dy @ w, dy.T @ x, dy.sum(axis=1)


def _bias_single(dy, x, w):
    return dy @ w, dy.T @ x, dy.sum()


def _bias_kept(dy, x, w):
    return dy @ w, dy.T @ x, dy.sum(axis=0, keepdims=True)


def _weights_turned(dy, x, w):
    return dy @ w.T, dy.T @ x, dy.sum(axis=0)


def _first_image(dy, x, w):
    return dy @ w, np.outer(dy[0], x[0]), dy.sum(axis=0)


def _other_order(dy, x, w):
    return dy.T @ x, dy.sum(axis=0), dy @ w


def _without_weights(dy, x, w):
    return np.repeat(dy.sum(axis=1, keepdims=True), x.shape[1], axis=1), dy.T @ x, dy.sum(axis=0)


linear_backward = Exercise(
    name="linear_backward",
    reference=(_reference,),
    parts=(_part("dx", 0), _part("dw", 1), _part("db", 2)),
    rule=READY_MADE,
    may_share=True,
    mistakes=(
        Mistake(
            "dw transposed",
            (_transposed,),
            Text(
                "dw has its axes swapped. A gradient has the shape of what it belongs to: w is (outputs, inputs).",
                "Les axes de dw sont échangés. Un gradient a la forme de ce dont il est le gradient : "
                "w est de forme (sorties, entrées).",
            ),
        ),
        Mistake(
            "averaged over the batch",
            (_averaged,),
            Text(
                "dw and db are averaged over the images. Where a mean is taken, in the loss, dy has been divided by N "
                "already; the layer only adds up.",
                "dw et db sont moyennés sur les images. Là où l’on prend une moyenne, dans la perte, dy a déjà été "
                "divisé par N ; la couche ne fait qu’additionner.",
            ),
        ),
        Mistake(
            "db averaged",
            (_bias_mean,),
            Text(
                "db is a mean over the images. Every image has used the bias, so what comes back from each is added "
                "up.",
                "db est une moyenne sur les images. Chaque image s’est servie du biais : "
                "ce qui revient de chacune s’additionne.",
            ),
        ),
        Mistake(
            "db for each image",
            (_bias_unsummed,),
            Text(
                "db has a row for each image, but there is one bias for each output only. Add the images up.",
                "db a une ligne par image, mais il n’y a qu’un biais par sortie. Additionnez sur les images.",
            ),
        ),
        Mistake(
            "db summed along the wrong axis",
            (_bias_across,),
            Text(
                "db is summed over the outputs. Each output has a bias of its own; it is the images that are summed.",
                "db est additionné sur les sorties. Chaque sortie a son propre biais ; "
                "ce sont les images que l’on additionne.",
            ),
        ),
        Mistake(
            "one bias for all",
            (_bias_single,),
            Text(
                "db is a single number. Each output has a bias of its own: sum over the images only.",
                "db est un seul nombre. Chaque sortie a son propre biais : n’additionnez que sur les images.",
            ),
        ),
        Mistake(
            "db with an axis too many",
            (_bias_kept,),
            Text(
                "db is (1, outputs), but b has a single axis: (outputs,). An axis that is summed should go.",
                "db est de forme (1, sorties), mais b n’a qu’un axe : (sorties,). "
                "L’axe sur lequel on additionne doit disparaître.",
            ),
        ),
        Mistake(
            "w turned in dx",
            (_weights_turned,),
            Text(
                "dx multiplies dy by the transpose of w. Forwards it was x wᵀ; backwards, the outputs of dy must meet "
                "the outputs of w, which are its rows.",
                "dx multiplie dy par la transposée de w. À l’aller, c’était x wᵀ ; au retour, les sorties de dy "
                "doivent rencontrer les sorties de w, qui sont ses lignes.",
            ),
        ),
        Mistake(
            "the first image only",
            (_first_image,),
            Text(
                "dw knows the first image only. The weights serve every image of the batch: add their contributions "
                "up.",
                "dw ne connaît que la première image. Les poids servent à toutes les images du lot : "
                "additionnez leurs contributions.",
            ),
        ),
        Mistake(
            "another order",
            (_other_order,),
            Text(
                "The gradients come in another order. Return dx, dw, db: first that of x, then those of the "
                "parameters.",
                "Les gradients viennent dans un autre ordre. Renvoyez dx, dw, db : d’abord celui de x, "
                "puis ceux des paramètres.",
            ),
        ),
        Mistake(
            "weights forgotten in dx",
            (_without_weights,),
            Text(
                "dx gives every input the same. An input acts on each output through its own weight, "
                "so each dy counts that much.",
                "dx donne la même chose à chaque entrée. Une entrée agit sur chaque sortie par son propre poids : "
                "chaque dy compte dans cette mesure.",
            ),
        ),
    ),
    right=((_by_products,), (_by_loops,), (_by_letters,), (_by_outer_products,)),
    picture=difference,
)
