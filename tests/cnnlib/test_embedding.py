"""Rows of a table, and gradients that add up where a word repeats."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes
from torch.nn import functional

from cnnlib.ops.embedding import embedding_backward, embedding_forward


@settings(deadline=None, max_examples=40)
@given(
    shape=array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
    vocabulary=st.integers(1, 5),
    size=st.integers(1, 4),
    dtype=st.sampled_from(["float32", "float64"]),
    seed=st.integers(0, 99),
)
def test_agrees_with_torch(by_torch, shape, vocabulary, size, dtype, seed):
    rng = np.random.default_rng(seed)
    indices = rng.integers(vocabulary, size=shape)
    table = rng.normal(size=(vocabulary, size)).astype(dtype)
    dy = rng.normal(size=(*shape, size)).astype(dtype)
    words = torch.tensor(indices)
    expected, (gradient,) = by_torch(lambda table: functional.embedding(words, table), table, dy=dy)
    y, cache = embedding_forward(indices, table)
    assert np.array_equal(y, expected)
    np.testing.assert_allclose(embedding_backward(dy, cache), gradient, rtol=1e-5, atol=1e-6)


def test_a_word_that_repeats_collects_all_its_gradients():
    _, cache = embedding_forward([2, 0, 2], np.zeros((4, 1)))
    assert embedding_backward([[1.0], [10.0], [100.0]], cache).tolist() == [[10], [0], [101], [0]]


@pytest.mark.parametrize(
    ("indices", "error", "message"),
    [
        ([0, 4], ValueError, "indices holds 4; whole numbers from 0 to 3 fit"),
        ([-1], ValueError, "indices holds -1; whole numbers from 0 to 3 fit"),
        ([1.0], TypeError, "indices has dtype float64; whole numbers from 0 to 3 fit"),
        (torch.tensor([1]), TypeError, "indices is a torch tensor; give an array"),
    ],
)
def test_refuses_words_that_are_not_in_the_table(indices, error, message):
    with pytest.raises(error, match=f"^embedding: {message}"):
        embedding_forward(indices, np.zeros((4, 2)))
