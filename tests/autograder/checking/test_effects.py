"""What a call does to its arguments is noticed, whatever they are."""

import copy

import numpy as np
import pytest
import torch

from autograder.checking.caller import local_answer
from autograder.checking.effects import changes, shares
from autograder.checking.values import Tensor


def arguments():
    return ([np.arange(3.0), [1, [2.0, "a"]], {"w": np.ones(2), "n": None}, 4, np.array([np.nan])],)


@pytest.mark.parametrize(
    ("change", "way"),
    [
        (lambda args: args[0].__setitem__(0, 9), [0]),
        (lambda args: args[0].__setattr__("shape", (3, 1)), [0]),
        (lambda args: args[1].append(3), [1]),
        (lambda args: args[1][1].__setitem__(0, 3), [1, 1, 0]),
        (lambda args: args[2].pop("n"), [2]),
        (lambda args: args[2].update(n=0), [2, "n"]),
        (lambda args: args[2]["w"].sort() or args[2]["w"].__imul__(2), [2, "w"]),
        (lambda args: args[2].update(w=[1.0, 1.0]), [2, "w"]),
    ],
)
def test_a_change_is_found_where_it_is(change, way):
    before, after = arguments(), arguments()
    change(after[0])
    assert changes(before, after) == [way]


def test_no_change_is_none():
    before = arguments()
    assert changes(before, copy.deepcopy(before)) == []


def test_tensors_are_watched_too():
    answer = local_answer(lambda x: x.mul_(2), lambda x: x.detach().numpy(), lambda x: x + 1)
    x = Tensor(np.ones(2))
    assert answer.outcome(x).changed == ((0,),)
    assert answer[1].outcome(x).shares == ((0,),)
    last = answer[2].outcome(x)
    assert last.changed == last.shares == ()


@pytest.mark.parametrize(
    ("result", "ways"),
    [
        (lambda x, y: x[::2], [[0]]),
        (lambda x, y: {"a": [y.T]}, [[1]]),
        (lambda x, y: (x, y), [[0], [1]]),
        (lambda x, y: np.broadcast_to(x, (2, 4)), [[0]]),
        (lambda x, y: torch.as_tensor(x), [[0]]),
        (lambda x, y: x.copy(), []),
        (lambda x, y: x + y[0, 0], []),
        (lambda x, y: "x", []),
    ],
)
def test_a_view_of_an_argument_is_found(result, ways):
    x, y = np.ones(4), np.ones((2, 2))
    assert shares(result(x, y), ([x, y], {})) == ways


def test_what_an_update_made_of_an_argument_comes_back():
    def in_place(p, g):
        p -= g

    answer = local_answer(in_place, lambda p, g: p - g)
    p, g = np.array([5.0]), np.array([2.0])
    assert answer.outcome(p, g).updated().tolist() == [3.0]
    assert answer[1].outcome(p, g).updated().tolist() == [3.0]
    assert p.tolist() == [5.0]
