"""Functions of functions: a black box that counts its calls, and a gradient check that is itself checked."""

import numpy as np
from hypothesis import strategies as st

from autograder.checking.cases import case, random_numbers, rngs, sizes, whole_numbers
from autograder.checking.exercise import Exercise
from autograder.checking.values import Function
from autograder.checking.words import Text
from tests.autograder.checking.kinds._kind import Kind, mistake, part


def by_impulse(box, size):
    signal = np.zeros(2 * size - 1)
    signal[size - 1] = 1
    return box(signal)[::-1].copy()


def by_impulses(box, size):
    return np.array([box(np.eye(size)[i])[0] for i in range(size)])


def recovered(answer, case):
    """The kernel found, and whether one look into the box was enough."""
    kernel, calls = case["kernel"], []

    def box(signal):
        calls.append(len(signal))
        return np.correlate(signal, kernel, "valid")

    found = answer(Function(box), len(kernel))
    return {"kernel": found, "frugal": len(calls) == 1}


BLACK_BOX = Kind(
    Exercise(
        "a black box, looked into once",
        (by_impulse,),
        (part(sizes(1, 4).flatmap(lambda n: case(kernel=whole_numbers(n)))),),
        (
            mistake("looks at each value", by_impulses),
            mistake("leaves it flipped", lambda box, size: by_impulse(box, size)[::-1].copy()),
        ),
        ((lambda box, size: np.flip(box(np.eye(1, 2 * size - 1, size - 1)[0])),),),
        observe=recovered,
        properties={"frugal": Text("it calls the box more than once", "elle appelle la boîte plus d'une fois")},
    ),
    (lambda box, size: np.zeros(size),),
)


def gradient_check(f, grad, x, rng):
    v = rng.normal(size=x.shape)
    slope = (f(x + 1e-4 * v) - f(x - 1e-4 * v)) / 2e-4
    return bool(abs(slope - (grad(x) * v).sum()) < 1e-4)


def checks_one_entry(f, grad, x, rng):
    v = np.zeros_like(x)
    v[0] = 1e-4
    return bool(abs((f(x + v) - f(x - v)) / 2e-4 - grad(x)[0]) < 1e-4)


def by_every_entry(f, grad, x, rng):
    slopes = [(f(x + 1e-4 * e) - f(x - 1e-4 * e)) / 2e-4 for e in np.eye(len(x))]
    return bool(np.allclose(slopes, grad(x), atol=1e-4))


PLANTED = {
    "right": lambda x: 3 * x**2,
    "half": lambda x: 1.5 * x**2,
    "wrong in the last entry": lambda x: 3 * x**2 + np.eye(len(x))[-1],
}


def verdict_on_a_gradient(answer, case):
    function = Function(lambda x: float((x**3).sum()))
    return answer(function, Function(PLANTED[case["gradient"]]), case["x"], case["rng"])


GRADIENT_CHECK = Kind(
    Exercise(
        "a gradient check, judged on right and planted wrong gradients",
        (gradient_check,),
        (part(case(gradient=st.sampled_from(tuple(PLANTED)), x=random_numbers(4), rng=rngs()), examples=15),),
        (
            mistake("looks at one entry", checks_one_entry),
            mistake("believes everything", lambda f, grad, x, rng: True),
        ),
        ((by_every_entry,),),
        observe=verdict_on_a_gradient,
    ),
    (lambda f, grad, x, rng: False,),
)

KINDS = (BLACK_BOX, GRADIENT_CHECK)
