"""penalty and penalty_gradient: what keeps weights few (L1) or small (L2)."""

import numpy as np
from hypothesis import strategies as st

import cnnlib
from autograder.checking.cases import case, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.exercises._pictures import difference

from ._shared import READY_MADE, any_numbers, any_shape, no_zero

KINDS = ("l1", "l2")


def _weights(kind, numbers):
    """Weights of any shape, how much they cost, and which cost it is."""
    strengths = st.sampled_from((2.0, 0.5, 0.25, 0.01))
    return any_shape(3).flatmap(lambda shape: case(w=numbers(shape), strength=strengths, kind=st.just(kind)))


def _parts(small):
    """L1 and L2, each worth half; `small` are the first numbers tried, by kind."""
    return tuple(
        Part(
            Text(f"{kind.upper()} penalty", f"pénalité {kind.upper()}"),
            (
                Stage(_weights(kind, small[kind]), 25, 10),
                Stage(_weights(kind, lambda shape: any_numbers(shape, (1.0, 30.0))), 10),
            ),
        )
        for kind in KINDS
    )


def _answer(l1, l2):
    """An answer of two branches."""

    def penalty(w, strength, kind):
        return l1(w, strength) if kind == "l1" else l2(w, strength)

    return penalty


def _absolute(w, strength):
    return strength * np.abs(w).sum()


def _squares(w, strength):
    return strength * (w**2).sum()


def _value(w, strength, kind):
    forward = cnnlib.l1_penalty_forward if kind == "l1" else cnnlib.l2_penalty_forward
    return forward(w, strength)[0]


def _by_power(w, strength, kind):
    return strength * (np.abs(w) ** KINDS.index(kind) * np.abs(w)).sum()


def _by_products(w, strength, kind):
    flat = w.ravel()
    other = {"l1": np.sign(flat), "l2": flat}[kind]
    return strength * (flat @ other)


def _by_loop(w, strength, kind):
    total = 0.0
    for weight in w.ravel():
        total += abs(float(weight)) if kind == "l1" else float(weight) ** 2
    return strength * total


def _by_norms(w, strength, kind):
    return strength * (np.linalg.norm(w.ravel(), 1) if kind == "l1" else np.linalg.norm(w) ** 2)


def _matrix_norm(w, strength):
    return strength * np.linalg.norm(w, 1)


penalty = Exercise(
    name="penalty",
    reference=(_value,),
    parts=_parts({"l1": whole_numbers, "l2": whole_numbers}),
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "signs kept",
            (_answer(lambda w, strength: strength * w.sum(), _squares),),
            Text(
                "For L1 the weights themselves are summed, so that -3 and 3 cancel. Each costs its distance from zero.",
                "Pour L1, ce sont les poids eux-mêmes qui sont additionnés : -3 et 3 s’annulent. "
                "Chacun coûte sa distance à zéro.",
            ),
        ),
        Mistake(
            "sign after the sum",
            (_answer(lambda w, strength: strength * abs(w.sum()), _squares),),
            Text(
                "For L1 the absolute value is taken after the sum, when -3 and 3 have already cancelled. Take it "
                "before.",
                "Pour L1, la valeur absolue est prise après la somme, quand -3 et 3 se sont déjà annulés. Prenez-la "
                "avant.",
            ),
        ),
        Mistake(
            "norm of a matrix",
            (_answer(_matrix_norm, _squares),),
            Text(
                "`np.linalg.norm(w, 1)` is the sum of all weights for one axis only. For a matrix it is the largest "
                "sum of a column, and with more axes it refuses.",
                "`np.linalg.norm(w, 1)` n’est la somme de tous les poids que pour un seul axe. Pour une matrice, "
                "c’est la plus grande somme d’une colonne, et avec plus d’axes numpy refuse.",
            ),
        ),
        Mistake(
            "root of the squares",
            (_answer(_absolute, lambda w, strength: strength * np.sqrt((w**2).sum())),),
            Text(
                "For L2 the root of the sum is taken: that is the length of w. The penalty is the sum of the squares "
                "itself.",
                "Pour L2, la racine de la somme est prise : c’est la longueur de w. "
                "La pénalité est la somme des carrés elle-même.",
            ),
        ),
        Mistake(
            "one half",
            (_answer(_absolute, lambda w, strength: 0.5 * strength * (w**2).sum()),),
            Text(
                "For L2 there is a factor ½, as some books have it. Here there is none; "
                "mind it when you compare values of λ.",
                "Pour L2, il y a un facteur ½, comme dans certains livres. Ici, il n’y en a pas ; "
                "pensez-y en comparant des valeurs de λ.",
            ),
        ),
        Mistake(
            "mean for sum",
            (
                _answer(
                    lambda w, strength: strength * np.abs(w).mean(),
                    lambda w, strength: strength * (w**2).mean(),
                ),
            ),
            Text(
                "A mean is taken over the weights. The penalty is a sum: a layer with more weights pays more.",
                "Une moyenne est prise sur les poids. La pénalité est une somme : une couche qui a plus de poids paie "
                "plus.",
            ),
        ),
        Mistake(
            "kinds swapped",
            (_answer(_squares, _absolute),),
            Text(
                "L1 and L2 have changed places. L1 sums absolute values, L2 sums squares.",
                "L1 et L2 ont échangé leurs places. L1 additionne des valeurs absolues, L2 des carrés.",
            ),
        ),
        Mistake(
            "strength forgotten",
            (_answer(lambda w, strength: np.abs(w).sum(), lambda w, strength: (w**2).sum()),),
            Text(
                "`strength` is not used. It is the λ that says how much the penalty counts.",
                "`strength` ne sert pas. C’est le λ qui dit combien compte la pénalité.",
            ),
        ),
        Mistake(
            "strength squared",
            (_answer(_absolute, lambda w, strength: ((strength * w) ** 2).sum()),),
            Text(
                "For L2, λ is squared along with the weights. Square first, then multiply.",
                "Pour L2, λ est mis au carré avec les poids. Le carré d’abord, le produit ensuite.",
            ),
        ),
        Mistake(
            "one for each weight",
            (_answer(lambda w, strength: strength * np.abs(w), lambda w, strength: strength * w**2),),
            Text(
                "There is a number for each weight. The penalty is their sum: a single number, to be added to the "
                "loss.",
                "Il y a un nombre par poids. La pénalité est leur somme : un seul nombre, à ajouter à la perte.",
            ),
        ),
    ),
    right=((_by_power,), (_by_products,), (_by_loop,), (_by_norms,)),
)


def _signs(w, strength):
    return strength * np.sign(w)


def _doubled(w, strength):
    return 2 * strength * w


def _gradient(w, strength, kind):
    if kind == "l1":
        return cnnlib.l1_penalty_backward(1.0, cnnlib.l1_penalty_forward(w, strength)[1])
    return cnnlib.l2_penalty_backward(1.0, cnnlib.l2_penalty_forward(w, strength)[1])


def _by_choice(w, strength, kind):
    if kind == "l1":
        return np.where(w > 0, strength, -strength)
    return strength * (w + w)


def _by_quotient(w, strength, kind):
    return strength * w / np.abs(w) if kind == "l1" else 2.0 * strength * w.astype(np.float32)


def _by_weight(w, strength, kind):
    slopes = [strength * ((1 if v > 0 else -1) if kind == "l1" else 2 * float(v)) for v in w.ravel()]
    return np.array(slopes).reshape(w.shape)


def _length(w, strength):
    length = np.sqrt((w**2).sum())
    return strength * w / length


penalty_gradient = Exercise(
    name="penalty_gradient",
    reference=(_gradient,),
    parts=_parts({"l1": no_zero, "l2": whole_numbers}),
    rule=READY_MADE,
    mistakes=(
        Mistake(
            "two forgotten",
            (_answer(_signs, lambda w, strength: strength * w),),
            Text(
                "For L2 this is λw. The slope of w² is 2w; the 2 only goes where the penalty has a ½.",
                "Pour L2, c’est λw. La pente de w² est 2w ; le 2 ne disparaît que si la pénalité a un ½.",
            ),
        ),
        Mistake(
            "sign lost",
            (_answer(lambda w, strength: np.full(w.shape, strength), _doubled),),
            Text(
                "For L1 every weight gets +λ. On the left of zero |w| falls, so its slope there is -1.",
                "Pour L1, chaque poids reçoit +λ. À gauche de zéro, |w| descend : sa pente y vaut -1.",
            ),
        ),
        Mistake(
            "in proportion to the weight",
            (_answer(lambda w, strength: strength * w, _doubled),),
            Text(
                "For L1 the pull grows with the weight. L1 pulls equally hard at all: only the sign of w counts.",
                "Pour L1, la traction grandit avec le poids. Or L1 tire aussi fort sur tous : seul compte le signe de "
                "w.",
            ),
        ),
        Mistake(
            "absolute value itself",
            (_answer(lambda w, strength: strength * np.abs(w), lambda w, strength: strength * w**2),),
            Text(
                "These are what the weights cost, not the slopes: how much more would each cost if it grew a little?",
                "C’est ce que coûtent les poids, pas les pentes : "
                "combien chacun coûterait-il de plus s’il grandissait un peu ?",
            ),
        ),
        Mistake(
            "slope of the length",
            (_answer(_signs, _length),),
            Text(
                "For L2 this is the gradient of the length of w, which has a root. "
                "The penalty is the sum of the squares, without a root.",
                "Pour L2, c’est le gradient de la longueur de w, qui a une racine. "
                "La pénalité est la somme des carrés, sans racine.",
            ),
        ),
        Mistake(
            "downhill",
            (_answer(lambda w, strength: -_signs(w, strength), lambda w, strength: -_doubled(w, strength)),),
            Text(
                "The signs are turned around. The gradient is the way up; the training step subtracts it, "
                "and that is what pulls weights towards zero.",
                "Les signes sont inversés. Le gradient montre la montée ; le pas d’entraînement le retranche, "
                "et c’est ce qui tire les poids vers zéro.",
            ),
        ),
        Mistake(
            "kinds swapped",
            (_answer(_doubled, _signs),),
            Text(
                "L1 and L2 have changed places. L1 pulls equally hard at every weight, L2 in proportion to it.",
                "L1 et L2 ont échangé leurs places. L1 tire aussi fort sur chaque poids, L2 en proportion de sa "
                "taille.",
            ),
        ),
        Mistake(
            "strength forgotten",
            (_answer(lambda w, strength: np.sign(w), lambda w, strength: 2 * w),),
            Text(
                "`strength` is not used. λ multiplies the penalty, so it multiplies its gradient.",
                "`strength` ne sert pas. λ multiplie la pénalité, il multiplie donc son gradient.",
            ),
        ),
        Mistake(
            "divided by their number",
            (
                _answer(
                    lambda w, strength: _signs(w, strength) / w.size,
                    lambda w, strength: _doubled(w, strength) / w.size,
                ),
            ),
            Text(
                "The gradient is divided by the number of weights. The penalty is a sum, not a mean.",
                "Le gradient est divisé par le nombre de poids. La pénalité est une somme, pas une moyenne.",
            ),
        ),
        Mistake(
            "summed up",
            (_answer(lambda w, strength: _signs(w, strength).sum(), lambda w, strength: _doubled(w, strength).sum()),),
            Text(
                "This is a single number. Every weight has a slope of its own: the gradient has the shape of w.",
                "C’est un seul nombre. Chaque poids a sa propre pente : le gradient a la forme de w.",
            ),
        ),
    ),
    right=((_by_choice,), (_by_quotient,), (_by_weight,)),
    picture=difference,
)
