"""Whatever a student's function gives or raises: a clear, short message, and no crash."""

import functools

import numpy as np
import pytest
import torch

from tests.autograder.checking.trial import try_out


class LyingEqual:
    def __eq__(self, other):
        return True

    __hash__ = None


class LyingClass:
    __class__ = property(lambda self: np.ndarray)

    def __array__(self, *args, **kwargs):
        return np.array([2.0])


class LyingArray(np.ndarray):
    def __eq__(self, other):
        return np.True_

    def __array_ufunc__(self, *args, **kwargs):
        return np.True_

    @property
    def shape(self):
        return (1,)

    @property
    def dtype(self):
        return np.dtype(np.float64)


class LyingRepr:
    def __repr__(self):
        while True:
            pass


class LyingDict(dict):
    def items(self):
        raise RuntimeError("not so")


def lying_array(x):
    return np.zeros(x.shape).view(LyingArray)


def nested(x):
    value = []
    value.append(value)
    return value


def generator(x):
    yield 2 * x


async def asynchronous(x):
    return 2 * x


WRONG = {
    "None": (lambda x: None, "It returned None: is a `return` missing?"),
    "nan": (lambda x: x * np.nan, "It is nan at [0]; 2 is expected"),
    "inf": (lambda x: x * np.inf, "It is inf at [0]; 2 is expected"),
    "list": (lambda x: list(2 * x), "It is a list; a numpy array is expected"),
    "tensor": (lambda x: torch.as_tensor(2 * x), "It is a torch tensor; a numpy array is expected"),
    "one number": (lambda x: 2 * x[0], "It is numpy.float64; a numpy array is expected"),
    "0-d array": (lambda x: np.array(2 * x[0]), "Its shape is (); (1,) is expected"),
    "bool": (lambda x: True, "It is a boolean; a numpy array is expected"),
    "complex": (lambda x: 2j * x, "It is 2j at [0]; 2 is expected"),
    "objects": (lambda x: (2 * x).astype(object), "It is numpy.ndarray of object; a numpy array is expected"),
    "words": (lambda x: x.astype(str), "It is numpy.ndarray (<U32); a numpy array is expected"),
    "masked": (lambda x: np.ma.array(2 * x), "It is numpy.ma.MaskedArray; a numpy array is expected"),
    "view": (lambda x: x[:], "It is 1 at [0]; 2 is expected"),
    "lying __eq__": (lambda x: LyingEqual(), "It is LyingEqual; a numpy array is expected"),
    "lying __class__": (lambda x: LyingClass(), "It is LyingClass; a numpy array is expected"),
    "lying subclass": (lying_array, "It is 0 at [0]; 2 is expected"),
    "lying dict": (lambda x: LyingDict(a=1), "It is a dict; a numpy array is expected"),
    "repr without end": (lambda x: LyingRepr(), "It is LyingRepr; a numpy array is expected"),
    "huge": (lambda x: np.broadcast_to(x, (10**5, 10**5, 1)), "Its shape is (100000, 100000, 1); (1,) is expected"),
    "huge list": (lambda x: [0] * 10**6, "It is a list; a numpy array is expected"),
    "huge word": (lambda x: "a" * 10**6, "It is a string; a numpy array is expected"),
    "huge number": (lambda x: 10**5000, "It is a whole number; a numpy array is expected"),
    "nested in itself": (nested, "It is a list; a numpy array is expected"),
    "generator": (generator, "It is generator; a numpy array is expected"),
    "coroutine": (asynchronous, "It is coroutine; a numpy array is expected"),
    "function": (lambda x: lambda: 2 * x, "It is function; a numpy array is expected"),
    "class": (LyingEqual, "It is written as `LyingEqual()`, but 1 values are given to it"),
    "too many parameters": (lambda x, k: x, "It is written as `<lambda>(x, k)`, but 1 values are given to it"),
    "no function": (3, "It is int, not a function"),
    "nothing": (None, "It is NoneType, not a function"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_result_is_told_in_one_sentence(name):
    function, sentence = WRONG[name]
    verdict, text = try_out(function)
    assert verdict.fraction == 0
    assert f"What is wrong: {sentence}" in text
    assert len(text) < 1000


RIGHT = {
    "read-only": lambda x: np.broadcast_to(2 * x, x.shape),
    "integers": lambda x: (2 * x).astype(int),
    "other parameter names": lambda values: 2 * values,
    "optional parameters": lambda x, factor=2: factor * x,
    "any parameters": lambda *args, **kwargs: 2 * args[0],
    "partial": functools.partial(np.multiply, 2),
    "ufunc": functools.partial(np.multiply, 2.0),
    "callable object": type("Doubler", (), {"__call__": lambda self, x: 2 * x})(),
    "method": type("Doubler", (), {"double": lambda self, x: 2 * x})().double,
    "decorated": functools.wraps(try_out)(lambda x: 2 * x),
    "matrix of one row": lambda x: np.asarray(np.asmatrix(2 * x)).ravel(),
}


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
def test_any_callable_that_is_right_passes(name):
    verdict, text = try_out(RIGHT[name])
    assert verdict.passed, text


class Speechless(Exception):
    def __str__(self):
        raise RuntimeError


class Endless(Exception):
    def __str__(self):
        while True:
            pass


def raising(error):
    def function(x):
        raise error

    return function


RAISED = {
    "Exception": (ValueError("no"), "It raises ValueError: no"),
    "without a message": (ValueError(), "It raises ValueError"),
    "SystemExit": (SystemExit(3), "It raises SystemExit: 3"),
    "KeyboardInterrupt": (KeyboardInterrupt(), "It raises KeyboardInterrupt"),
    "StopIteration": (StopIteration(), "It raises StopIteration"),
    "a group": (ExceptionGroup("two", [ValueError("a"), TypeError("b")]), "It raises ExceptionGroup: two (2 sub-exc"),
    "MemoryError": (MemoryError(), "It raises MemoryError"),
    "a warning": (UserWarning("beware"), "It raises UserWarning: beware"),
    "speechless": (Speechless(), "It raises Speechless"),
    "endless": (Endless(), "It had not finished after 0.3 seconds"),
    "huge": (ValueError("a" * 10**6), "It raises ValueError: aaaaa"),
    "like ours": (TypeError("double() takes 1 positional argument"), "It raises TypeError: double() takes"),
}


@pytest.mark.parametrize("name", RAISED)
def test_what_it_raises_is_told_with_the_students_own_line(name):
    error, sentence = RAISED[name]
    verdict, text = try_out(raising(error))
    assert verdict.fraction == 0
    assert f"What is wrong: {sentence}" in text
    assert ("In your code: line " in text) == (name != "endless")
    assert len(text) < 1200


def test_the_way_to_an_error_ends_in_the_students_own_line():
    def helper(x):
        return np.linalg.inv(x)

    _, text = try_out(lambda x: helper(x))
    assert text.rstrip().endswith("return np.linalg.inv(x)")
    assert "site-packages" not in text


def test_an_answer_that_asks_for_input_is_told_so():
    _, text = try_out(lambda x: x * float(input("factor?")))
    assert "It calls `input`" in text


def test_recursion_without_end():
    def again(x):
        return again(x)

    _, text = try_out(again)
    assert "It calls itself without end" in text


def change_list(values):
    values.append(1)
    return 2


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.multiply(x, 2, out=x),
        lambda x: (x.__setitem__(0, 9), 2 * x)[1],
        lambda x: (x.resize(7, refcheck=False), x)[1],
    ],
    ids=["in place", "beside", "resized"],
)
def test_a_changed_argument_is_noticed_and_the_next_case_is_untouched(function):
    verdict, _ = try_out(function)
    assert not verdict.passed
    assert verdict.failure.case["x"].shape == (1,)
    assert verdict.failure.case["x"][0] >= 1


def test_what_was_changed_is_named():
    _, text = try_out(lambda x: np.multiply(x, 2, out=x).copy())
    assert "What is wrong: It changes its argument x; work on a copy" in text


def test_a_view_is_named():
    _, text = try_out(lambda x: np.multiply(x, 1, out=x.copy()) + x if x is None else _doubled_view(x), may_change=True)
    assert "What is wrong: It gives a view of its argument x; give a new array" in text


def _doubled_view(x):
    x *= 2
    return x[...]


def test_an_argument_kept_for_later_changes_nothing():
    kept = []

    def function(x):
        for old in kept:
            old += 100
        kept.append(x)
        return 2 * x

    assert try_out(function)[0].passed


def test_an_answer_that_differs_from_call_to_call_does_not_crash():
    calls = iter(range(10**6))
    verdict, text = try_out(lambda x: 2 * x + (next(calls) % 3 == 2))
    assert not verdict.passed
    assert "What is wrong: It is " in text


def test_random_answers_get_the_same_message_each_time():
    def function(x):
        return x + np.random.random() + torch.rand(()).item()  # noqa: NPY002

    texts = {try_out(function)[1] for _ in range(3)}
    assert len(texts) == 1
