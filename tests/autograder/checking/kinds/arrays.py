"""Functions of arrays: one result, several, updates in place, two functions in one check."""

import numpy as np

from autograder.checking.cases import case, random_numbers, sizes, whole_numbers
from autograder.checking.compare import Close
from autograder.checking.exercise import Exercise
from tests.autograder.checking.kinds._kind import Kind, mistake, part

# --- one result


def relu(x):
    return np.maximum(x, 0)


def relu_by_loop(x):
    y = x.copy()
    for index in np.ndindex(x.shape):
        y[index] = x[index] if x[index] > 0 else 0
    return y


PLAIN = Kind(
    Exercise(
        "plain function",
        (relu,),
        (part(case(x=whole_numbers((2, 3))), case(x=random_numbers((3, 4), dtypes=(np.float32,), strided=True))),),
        (mistake("takes the size", np.abs), mistake("cuts at one", lambda x: np.clip(x, 0, 1))),
        ((relu_by_loop,), (lambda x: x * (x > 0),)),
    ),
    (lambda x: x + 1,),
)

# --- several results, by name or by place


def linear_backward(dy, x, w):
    return dy @ w.T, x.T @ dy, dy.sum(axis=0)


def named(backward):
    return lambda dy, x, w: dict(zip(("dx", "dw", "db"), backward(dy, x, w), strict=True))


LAYERS = sizes(1, 3).flatmap(
    lambda N: case(dy=whole_numbers((N, 2)), x=whole_numbers((N, 3)), w=random_numbers((3, 2)))
)


def mean_bias(dy, x, w):
    dx, dw, db = linear_backward(dy, x, w)
    return dx, dw, db / len(x)


TUPLE = Kind(
    Exercise(
        "several results in a tuple",
        (linear_backward,),
        (part(LAYERS),),
        (mistake("averages db", mean_bias), mistake("forgets db", lambda dy, x, w: linear_backward(dy, x, w)[:2])),
        ((lambda dy, x, w: list(linear_backward(dy, x, w)),),),
    ),
    (lambda dy, x, w: (dy, x, w),),
)

DICT = Kind(
    Exercise(
        "several results by name",
        (named(linear_backward),),
        (part(LAYERS),),
        (mistake("averages db", named(mean_bias)),),
        ((lambda dy, x, w: {"db": dy.sum(0), "dw": (dy.T @ x).T, "dx": np.einsum("nk,ck->nc", dy, w)},),),
    ),
    (lambda dy, x, w: {"dx": dy @ w.T},),
)

# --- a step of an optimiser: numbers beside arrays


def adam_step(p, g, m, v, t, lr=0.1, b1=0.9, b2=0.999, eps=1e-8):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    return p - lr * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps), m, v


def adam_uncorrected(p, g, m, v, t):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    return p - 0.1 * m / (np.sqrt(v) + 1e-8), m, v


def adam_in_place(p, g, m, v, t):
    p[...], m[...], v[...] = adam_step(p, g, m, v, t)


def one_step(answer, case):
    """The new state, whether it is returned or written into the arguments."""
    outcome = answer.outcome(*case.values())
    p, _, m, v, _ = outcome.args
    return (p, m, v) if outcome.value is None else outcome.value


ADAM = Kind(
    Exercise(
        "a step with numbers that may change its arguments",
        (adam_step,),
        (
            part(
                sizes(1, 3).flatmap(
                    lambda n: case(
                        p=random_numbers(n),
                        g=random_numbers(n),
                        m=random_numbers(n),
                        v=whole_numbers(n, 1, 9),
                        t=sizes(1, 5),
                    )
                )
            ),
        ),
        (
            mistake("leaves the start uncorrected", adam_uncorrected),
            mistake("counts t from 0", lambda p, g, m, v, t: adam_step(p, g, m, v, t + 1)),
        ),
        ((adam_in_place,),),
        observe=one_step,
        compare=Close(least=1e-3),
        may_change=True,
    ),
    (lambda p, g, m, v, t: (p - g, m, v),),
)

# --- two functions in one check, and dicts of functions


def windows_to_columns(x, size):
    return np.lib.stride_tricks.sliding_window_view(x, size).copy()


def columns_to_signal(columns):
    count, size = columns.shape
    x = np.zeros(count + size - 1)
    for i in range(count):
        x[i : i + size] += columns[i]
    return x


def overwriting(columns):
    count, size = columns.shape
    x = np.zeros(count + size - 1)
    for i in range(count):
        x[i : i + size] = columns[i]
    return x


def there(answer, case):
    return answer(case["x"], case["size"])


def and_back(answer, case):
    return answer[1](windows_to_columns(case["x"], case["size"]))


SIGNALS = sizes(1, 3).flatmap(
    lambda size: sizes(size, 5).flatmap(lambda n: case(x=whole_numbers(n), size=sizes(size, size)))
)

TWO = Kind(
    Exercise(
        "two functions in one check, with partial credit",
        (windows_to_columns, columns_to_signal),
        (
            part(SIGNALS, title="there", share=1, observe=there),
            part(SIGNALS, title="and back", share=2, observe=and_back),
        ),
        (
            mistake("assigns where windows overlap", windows_to_columns, overwriting),
            mistake("transposes", lambda x, size: windows_to_columns(x, size).T.copy(), columns_to_signal),
        ),
        ((lambda x, size: np.array([x[i : i + size] for i in range(len(x) - size + 1)]), columns_to_signal),),
    ),
    (windows_to_columns, lambda columns: columns[:, 0].copy()),
)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


FUNCTIONS = {"sigmoid": sigmoid, "tanh": np.tanh}
DERIVATIVES = {"sigmoid": lambda x: sigmoid(x) * (1 - sigmoid(x)), "tanh": lambda x: 1 - np.tanh(x) ** 2}


def one_function(name):
    """A part for one pair of functions, so that each earns its share."""

    def observe(answer, case):
        return {"function": answer.item(name)(case["x"]), "derivative": answer[1].item(name)(case["x"])}

    return part(case(x=random_numbers(4)), title=name, observe=observe)


DICTS = Kind(
    Exercise(
        "dicts of functions, judged one by one",
        (FUNCTIONS, DERIVATIVES),
        tuple(map(one_function, FUNCTIONS)),
        (
            mistake("forgets the square", FUNCTIONS, DERIVATIVES | {"tanh": lambda x: 1 - np.tanh(x)}),
            mistake("gives the logit", FUNCTIONS | {"sigmoid": lambda x: np.exp(x)}, DERIVATIVES),
        ),
        (({name: (lambda x, f=f: f(x) + 0) for name, f in FUNCTIONS.items()}, DERIVATIVES),),
        properties={},
    ),
    (FUNCTIONS, {"sigmoid": DERIVATIVES["sigmoid"], "tanh": np.cos}),
)

KINDS = (PLAIN, TUPLE, DICT, ADAM, TWO, DICTS)
