"""Dropout by its properties: what is dropped, what is kept, and what stays on average."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from cnnlib.ops.dropout import dropout_backward, dropout_forward


@settings(deadline=None, max_examples=40)
@given(
    shape=array_shapes(max_dims=4, max_side=5),
    p=st.floats(0, 1),
    dtype=st.sampled_from(["float32", "float64"]),
    seed=st.integers(0, 99),
)
def test_each_value_is_dropped_or_scaled_and_its_gradient_too(shape, p, dtype, seed):
    rng = np.random.default_rng(seed)
    x, dy = (rng.uniform(1, 2, size=shape).astype(dtype) for _ in range(2))
    y, cache = dropout_forward(x, p, rng=rng, training=True)
    dx = dropout_backward(dy, cache)
    kept = y != 0
    assert y.dtype == dx.dtype == dtype
    if p < 1:
        np.testing.assert_allclose(y[kept], x[kept] / (1 - p), rtol=1e-5)
        np.testing.assert_allclose(dx[kept], dy[kept] / (1 - p), rtol=1e-5)
    assert not dx[~kept].any()


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_p_is_the_probability_of_dropping_and_the_mean_stays(p):
    n = 100_000
    y, _ = dropout_forward(np.full(n, 3.0), p, rng=np.random.default_rng(0), training=True)
    deviation = np.sqrt(p * (1 - p) / n)
    assert abs((y == 0).mean() - p) < 5 * deviation
    assert abs(y.mean() - 3) < 5 * 3 * deviation / (1 - p)


def test_each_value_of_each_image_decides_for_itself():
    y, _ = dropout_forward(np.ones((50, 40)), 0.5, rng=np.random.default_rng(0), training=True)
    assert len({row.tobytes() for row in y}) == 50
    assert len({column.tobytes() for column in y.T}) == 40


def test_at_test_time_nothing_is_dropped_or_drawn():
    rng = np.random.default_rng(0)
    x = np.linspace(-1, 1, 12).reshape(3, 4)
    y, cache = dropout_forward(x, 0.9, rng=rng, training=False)
    assert np.array_equal(y, x)
    assert np.array_equal(dropout_backward(x, cache), x)
    assert rng.random() == np.random.default_rng(0).random()


@pytest.mark.parametrize(("p", "kept"), [(0, 1.0), (1, 0.0)])
def test_nothing_or_everything(p, kept):
    y, cache = dropout_forward(np.ones(100), p, rng=np.random.default_rng(0), training=True)
    assert (y == kept).all()
    assert (dropout_backward(np.ones(100), cache) == kept).all()


def test_the_same_generator_gives_the_same_mask():
    first, second = (
        dropout_forward(np.ones(50), 0.5, rng=np.random.default_rng(7), training=True)[0] for _ in range(2)
    )
    assert np.array_equal(first, second)


@pytest.mark.parametrize(
    ("p", "rng", "error", "message"),
    [
        (1.5, np.random.default_rng(0), ValueError, "p is 1.5; 0 to 1 fits"),
        (-0.1, np.random.default_rng(0), ValueError, "p is -0.1; 0 to 1 fits"),
        (np.nan, np.random.default_rng(0), ValueError, "p is nan; a finite number fits"),
        ("half", np.random.default_rng(0), TypeError, "p is 'half'; a number fits"),
        (0.5, 0, TypeError, r"rng is 0; a generator fits, such as numpy.random.default_rng\(0\)"),
    ],
)
def test_refuses(p, rng, error, message):
    with pytest.raises(error, match=f"^dropout: {message}$"):
        dropout_forward(np.ones(3), p, rng=rng, training=True)
