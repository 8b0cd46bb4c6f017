"""Where an answer first differs, and in which way; and what is let pass."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.checking.compare import Close, Difference
from autograder.checking.values import Handle, Large, Other, Tensor

close = Close()
ONES = np.ones((2, 3))


def nudged(by, index=(1, 2)):
    array = ONES.copy()
    array[index] += by
    return array


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (ONES.astype(np.float32), ONES),
        (ONES.astype(int), ONES),
        (nudged(1e-6), ONES),
        (nudged(np.nan), nudged(np.nan)),
        (nudged(np.inf), nudged(np.inf)),
        (3, np.array(3.0)),
        (np.float32(0.1), 0.1),
        (np.array(2), 2),
        ([1, 2.0], (1.0, 2)),
        ({"b": 1, "a": 2}, {"a": 2, "b": 1}),
        (np.True_, True),
        (None, None),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (Other("Network"), Other("Network")),
        (Tensor(ONES), Tensor(ONES)),
    ],
)
def test_what_is_as_good_passes(got, expected):
    assert close(got, expected) is None


@pytest.mark.parametrize(
    ("got", "expected", "kind", "path", "index"),
    [
        (nudged(1e-3), ONES, "value", (), (1, 2)),
        (nudged(np.nan), ONES, "nan", (), (1, 2)),
        (nudged(np.inf), ONES, "value", (), (1, 2)),
        (nudged(-np.inf), nudged(np.inf), "value", (), (1, 2)),
        (ONES, nudged(np.nan), "value", (), (1, 2)),
        (ONES * (1 + 1j), ONES, "value", (), (0, 0)),
        (ONES[0], ONES, "shape", (), ()),
        (ONES.tolist(), ONES, "type", (), ()),
        (True, np.array(1.0), "type", (), ()),
        (True, 1, "type", (), ()),
        (1, True, "type", (), ()),
        ("1", 1, "type", (), ()),
        (1, "1", "type", (), ()),
        (None, ONES, "none", (), ()),
        (None, 0, "none", (), ()),
        (0, None, "type", (), ()),
        (10**400, 1, "value", (), ()),
        (10**17, 1.0, "value", (), ()),
        (ONES, Tensor(ONES), "type", (), ()),
        (Tensor(ONES), ONES, "type", (), ()),
        (Large("numpy.ndarray", (9**9,)), ONES, "shape", (), ()),
        (Large("torch.Tensor", (9**9,)), Tensor(ONES), "shape", (), ()),
        (Large("list", (9**9,)), [1], "type", (), ()),
        (Handle(3), ONES, "type", (), ()),
        (Other("A"), Other("B"), "type", (), ()),
        ((ONES, ONES), (ONES, nudged(1)), "value", (1,), (1, 2)),
        ((ONES,), (ONES, ONES), "length", (), ()),
        ({"a": [ONES, nudged(1)]}, {"a": [ONES, ONES]}, "value", ("a", 1), (1, 2)),
        ({"a": 1}, {"b": 1}, "keys", (), ()),
        ({1: 2, "a": 3}, {"b": 1}, "keys", (), ()),
        (ONES, (ONES, ONES), "type", (), ()),
    ],
)
def test_the_first_difference_is_found(got, expected, kind, path, index):
    found = close(got, expected)
    assert (found.kind, found.path, found.index) == (kind, path, index)


def test_it_counts_and_shows_the_values():
    found = close(np.array([1, 5, 7.0]), np.array([1.0, 2, 3]))
    assert found == Difference("value", 5.0, 2.0, index=(1,), count=2, size=3)


def test_tolerance_goes_with_the_largest_magnitude_expected():
    large, small = np.array([1e6, 1.0]), np.array([1e-4, 2e-4])
    assert close(large + 5, large) is None
    assert close(large + 50, large) is not None
    assert close(small * 1.01, small) is None
    assert Close(least=1e-5)(small * 1.01, small) is not None


def test_predictions_are_typed_by_hand():
    loose = Close(loose=True)
    assert loose([9, 7, 1], np.array([9.0, 7, 1])) is None
    assert loose([[9], [7, 1]], np.array([9.0, 7, 1])).kind == "type"
    assert loose(["9"], np.array([8.0])).kind == "value"


def test_dtypes_matter_where_an_exercise_says_so():
    assert Close(keep_dtype=True)(ONES.astype(np.float32), ONES).kind == "dtype"


FLOATS = hnp.arrays(np.float64, hnp.array_shapes(max_dims=3), elements=st.floats(-1e6, 1e6))


@settings(deadline=None, max_examples=50)
@given(FLOATS, st.data())
def test_one_planted_error_is_found_where_it_is(expected, data):
    index = tuple(data.draw(st.integers(0, n - 1)) for n in expected.shape)
    got = expected.copy()
    assert close(got, expected) is None
    got[index] += 1e-3 * max(1, np.abs(expected).max())
    found = close(got, expected)
    assert (found.index, found.count, found.size) == (index, 1, expected.size)
