"""DropConnect is a fully connected layer in which each image meets its own thinned weights."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlib.ops.dropconnect import dropconnect_backward, dropconnect_forward
from cnnlib.ops.linear import linear_backward, linear_forward

sizes = st.integers(1, 5)


def drawn(N, inputs, outputs, seed):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in ((N, inputs), (outputs, inputs), (outputs,), (N, outputs))]


@settings(deadline=None, max_examples=40)
@given(sizes, sizes, sizes, st.floats(0, 0.95), st.integers(0, 99))
def test_is_linear_image_by_image_with_masked_weights(N, inputs, outputs, p, seed):
    x, w, b, dy = drawn(N, inputs, outputs, seed)
    y, cache = dropconnect_forward(x, w, b, p=p, rng=np.random.default_rng(seed), training=True)
    dx, dw, db = dropconnect_backward(dy, cache)
    dw_by_loops, db_by_loops = np.zeros_like(w), np.zeros_like(b)
    for n in range(N):
        mask = cache.mask[n]
        one, one_cache = linear_forward(x[n : n + 1], w * mask, b)
        dx_one, dw_one, db_one = linear_backward(dy[n : n + 1], one_cache)
        np.testing.assert_allclose(y[n : n + 1], one, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(dx[n : n + 1], dx_one, rtol=1e-12, atol=1e-12)
        dw_by_loops += mask * dw_one
        db_by_loops += db_one
    np.testing.assert_allclose(dw, dw_by_loops, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(db, db_by_loops, rtol=1e-11, atol=1e-11)
    assert set(np.unique(cache.mask)) <= {0.0, 1 / (1 - p)}


def test_afterwards_it_is_the_plain_layer():
    x, w, b, dy = drawn(4, 3, 5, seed=0)
    y, cache = dropconnect_forward(x, w, b, p=0.9, rng=np.random.default_rng(0), training=False)
    plain, plain_cache = linear_forward(x, w, b)
    np.testing.assert_allclose(y, plain, rtol=1e-12)
    for mine, theirs in zip(dropconnect_backward(dy, cache), linear_backward(dy, plain_cache), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12)


def test_the_mean_over_masks_is_the_plain_layer():
    x, w, b, _ = drawn(1, 3, 5, seed=0)
    many = np.repeat(x, 40_000, axis=0)
    y, cache = dropconnect_forward(many, w, b, p=0.3, rng=np.random.default_rng(0), training=True)
    np.testing.assert_allclose(y.mean(axis=0), linear_forward(x, w, b)[0][0], atol=0.05)
    assert abs((cache.mask == 0).mean() - 0.3) < 0.01


def test_everything_dropped_leaves_the_bias():
    x, w, b, dy = drawn(2, 3, 5, seed=0)
    y, cache = dropconnect_forward(x, w, b, p=1, rng=np.random.default_rng(0), training=True)
    assert np.array_equal(y, np.tile(b, (2, 1)))
    dx, dw, db = dropconnect_backward(dy, cache)
    assert not dx.any()
    assert not dw.any()
    assert np.array_equal(db, dy.sum(axis=0))


def test_refuses_inputs_that_do_not_fit():
    with pytest.raises(ValueError, match=r"^dropconnect: x has 3 inputs but w expects 4"):
        dropconnect_forward(np.ones((2, 3)), np.ones((5, 4)), p=0.5, rng=np.random.default_rng(0), training=True)
