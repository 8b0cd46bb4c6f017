"""adam_step: one step of Adam, on numpy arrays and on torch tensors."""

import numpy as np
from hypothesis import strategies as st

from autograder.checking.cases import case, random_numbers, sizes, whole_numbers
from autograder.checking.compare import Close
from autograder.checking.exercise import Exercise, Mistake, Part, Rule, Stage
from autograder.checking.values import Tensor
from autograder.checking.words import Text


def _settings(*, usual):
    """Learning rate, betas and epsilon: large rates, so that every step is seen."""
    if usual:
        return {"lr": st.just(1.0), "beta1": st.just(0.9), "beta2": st.just(0.999), "eps": st.just(1e-8)}
    return {
        "lr": st.sampled_from((0.5, 2.0, 8.0)),
        "beta1": st.sampled_from((0.5, 0.75, 0.8)),
        "beta2": st.sampled_from((0.9, 0.99)),
        "eps": st.sampled_from((1e-8, 0.125, 1.0)),
    }


@st.composite
def _whole(draw, usual):
    """A few small numbers; v is a mean of squares, and no step divides by nothing."""
    n = draw(sizes(1, 3))
    strategies = {"p": whole_numbers(n), "g": whole_numbers(n), "m": whole_numbers(n), "v": whole_numbers(n, 1, 9)}
    return draw(case(**strategies, t=sizes(1, 4), **_settings(usual=usual)))


@st.composite
def _any(draw, dtypes, tensors=False):
    """Arrays of one to four axes at any step."""
    shape = tuple(draw(st.lists(sizes(1, 4), min_size=1, max_size=4)))
    dtype = (draw(st.sampled_from(dtypes)),)
    p, g, m, v = (draw(random_numbers(shape, dtypes=dtype, strided=not tensors)) for _ in range(4))
    arrays = {"p": p, "g": g, "m": m, "v": np.abs(v)}
    if tensors:
        arrays = {name: Tensor(array) for name, array in arrays.items()}
    return arrays | draw(case(t=sizes(1, 500), **_settings(usual=False)))


def _adam(p, g, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return p - lr * m_hat / (v_hat**0.5 + eps), m, v


def _adam_as_a_walk(p, g, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """The means move a part of the way towards what has come."""
    m = m + (1 - beta1) * (g - m)
    v = v + (1 - beta2) * (g * g - v)
    step = (m / (1 - beta1**t)) / ((v / (1 - beta2**t)) ** 0.5 + eps)
    return p - lr * step, m, v


def _adam_as_torch_has_it(p, g, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """The corrections taken into the rate and the root."""
    m, v = m * beta1 + g * (1 - beta1), v * beta2 + (1 - beta2) * g * g
    size, root = lr / (1 - beta1**t), (1 - beta2**t) ** 0.5
    return [p - size * (m / (v**0.5 / root + eps)), m, v]


def _uncorrected(p, g, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    return p - lr * m / (v**0.5 + eps), m, v


def _corrected_in_place(p, g, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    p, m, v = _adam(p, g, m, v, t, lr, beta1, beta2, eps)
    return p, m / (1 - beta1**t), v / (1 - beta2**t)


def _epsilon_inside(p, g, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    return p - lr * (m / (1 - beta1**t)) / (v / (1 - beta2**t) + eps) ** 0.5, m, v


def _from_zero(p, g, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    return _adam(p, g, m, v, t + 1, lr, beta1, beta2, eps)


def _one_behind(p, g, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    return p - lr * (m / (1 - beta1 ** (t - 1))) / ((v / (1 - beta2 ** (t - 1))) ** 0.5 + eps), m, v


def _not_squared(p, g, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g
    return p - lr * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)) ** 0.5 + eps), m, v


def _no_root(p, g, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    return p - lr * (m / (1 - beta1**t)) / (v / (1 - beta2**t) + eps), m, v


def _sums(p, g, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v = beta1 * m + g, beta2 * v + g**2
    return p - lr * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)) ** 0.5 + eps), m, v


def _swapped(p, g, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    return _adam(p, g, m, v, t, lr, beta2, beta1, eps)


def _uphill(p, g, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    return _adam(p, g, m, v, t, -lr, beta1, beta2, eps)


adam_step = Exercise(
    name="adam_step",
    reference=(_adam,),
    parts=(
        Part(
            Text("numpy arrays", "les tableaux numpy"),
            (
                Stage(_whole(usual=True), 20, 8),
                Stage(_whole(usual=False), 20, 8),
                Stage(_any((np.float64, np.float32)), 15),
            ),
            share=2 / 3,
        ),
        Part(
            Text("torch tensors", "les tenseurs torch"),
            (Stage(_any((np.float32,), tensors=True), 12, 6),),
            share=1 / 3,
            compare=Close(1e-4),
        ),
    ),
    rule=Rule(calls=("torch.optim", "cnnlib.optim", "cnnlib.network")),
    mistakes=(
        Mistake(
            "no bias correction",
            (_uncorrected,),
            Text(
                "The means are used as they are. They started at 0 and are far too small in the first steps: "
                "divide m by 1 - beta1**t and v by 1 - beta2**t before the step.",
                "Les moyennes sont employées telles quelles. Elles partent de 0 et sont bien trop petites aux premiers "
                "pas : divisez m par 1 - beta1**t et v par 1 - beta2**t avant de faire le pas.",
            ),
        ),
        Mistake(
            "gives back the corrected means",
            (_corrected_in_place,),
            Text(
                "The step is right, but the corrected means come back in the place of m and v. The next step would "
                "correct them once more: keep m and v as they are, and give m̂ and v̂ names of their own.",
                "Le pas est juste, mais ce sont les moyennes corrigées qui reviennent à la place de m et v. Le pas "
                "suivant les corrigerait encore : gardez m et v, et donnez à m̂ et v̂ des noms à eux.",
            ),
        ),
        Mistake(
            "epsilon inside the root",
            (_epsilon_inside,),
            Text(
                "ε stands under the root. In the paper it is added after the root has been taken: √v̂ + ε.",
                "ε est sous la racine. Dans l’article, il s’ajoute une fois la racine prise : √v̂ + ε.",
            ),
        ),
        Mistake(
            "t from 0",
            (_from_zero,),
            Text(
                "The correction is that of the next step, as if t counted from 0. "
                "Here t is 1 at the first step: use it as it comes.",
                "La correction est celle du pas suivant, comme si t comptait à partir de 0. "
                "Ici t vaut 1 au premier pas : prenez-le tel quel.",
            ),
        ),
        Mistake(
            "t one behind",
            (_one_behind,),
            Text(
                "The correction is that of the step before; at the first step it divides by 0. "
                "This step counts too: the exponent is t.",
                "La correction est celle du pas précédent ; au premier pas, elle divise par 0. "
                "Ce pas-ci compte aussi : l’exposant est t.",
            ),
        ),
        Mistake(
            "second moment not squared",
            (_not_squared,),
            Text(
                "v collects the gradient itself, and may become negative, which has no root. "
                "It is the mean of the squares: g**2.",
                "v accumule le gradient lui-même, et peut devenir négatif, sans racine. "
                "C’est la moyenne des carrés : g**2.",
            ),
        ),
        Mistake(
            "no root",
            (_no_root,),
            Text(
                "The step divides by v̂, a square. Only its root has the unit of a gradient, "
                "so that the units cancel and a step is about lr long.",
                "Le pas divise par v̂, qui est un carré. Seule sa racine a l’unité d’un gradient : "
                "les unités se simplifient, et un pas a environ la longueur lr.",
            ),
        ),
        Mistake(
            "sums instead of means",
            (_sums,),
            Text(
                "m and v take in the whole new value. In a mean, the old keeps the share beta, the new gets 1 - beta.",
                "m et v prennent la nouvelle valeur entière. Dans une moyenne, l’ancienne garde la part beta, "
                "la nouvelle reçoit 1 - beta.",
            ),
        ),
        Mistake(
            "betas swapped",
            (_swapped,),
            Text(
                "The betas have changed places: beta1 belongs to m, beta2 to v.",
                "Les betas ont changé de place : beta1 va avec m, beta2 avec v.",
            ),
        ),
        Mistake(
            "uphill",
            (_uphill,),
            Text(
                "The step goes up the gradient. To make the loss smaller, subtract it.",
                "Le pas remonte le gradient. Pour faire baisser la perte, soustrayez-le.",
            ),
        ),
    ),
    right=((_adam,), (_adam_as_a_walk,), (_adam_as_torch_has_it,)),
)
