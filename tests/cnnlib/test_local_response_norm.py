"""Local response normalisation against a loop over channels and against torch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from cnnlib.ops.local_response_norm import local_response_norm_backward, local_response_norm_forward


def by_loops(x, size, alpha, beta, k):
    y = np.empty_like(x)
    C = x.shape[1]
    for c in range(C):
        first, last = max(0, c - size // 2), min(C - 1, c + (size - 1) // 2)
        total = sum(x[:, j] ** 2 for j in range(first, last + 1))
        y[:, c] = x[:, c] / (k + alpha / size * total) ** beta
    return y


@settings(deadline=None, max_examples=60)
@given(
    shape=st.tuples(st.integers(1, 3), st.integers(1, 7), st.integers(1, 3), st.integers(1, 4)),
    size=st.integers(1, 8),
    alpha=st.sampled_from([1e-4, 0.5, 3.0]),
    beta=st.sampled_from([0.75, 1.0, 0.5]),
    k=st.sampled_from([1.0, 2.0]),
    dtype=st.sampled_from(["float32", "float64"]),
    seed=st.integers(0, 99),
)
def test_agrees_with_loops_and_torch(by_torch, shape, size, alpha, beta, k, dtype, seed):
    rng = np.random.default_rng(seed)
    x, dy = (rng.normal(0, 3, size=shape).astype(dtype) for _ in range(2))
    y, cache = local_response_norm_forward(x, size, alpha=alpha, beta=beta, k=k)
    dx = local_response_norm_backward(dy, cache)
    expected, (gradient,) = by_torch(lambda x: functional.local_response_norm(x, size, alpha, beta, k), x, dy=dy)
    close = {"rtol": 1e-4, "atol": 1e-5} if dtype == "float32" else {"rtol": 1e-11, "atol": 1e-11}
    np.testing.assert_allclose(y, expected, **close)
    np.testing.assert_allclose(y, by_loops(x, size, alpha, beta, k), **close)
    np.testing.assert_allclose(dx, gradient, **close)


def test_a_strong_channel_holds_its_neighbours_down_and_nobody_else():
    quiet = np.ones((1, 7, 1, 1))
    loud = quiet.copy()
    loud[0, 3] = 10
    before, _ = local_response_norm_forward(quiet, 3, alpha=1.0)
    after, _ = local_response_norm_forward(loud, 3, alpha=1.0)
    assert ((after < before)[0, :, 0, 0] == [False, False, True, False, True, False, False]).all()


@pytest.mark.parametrize(
    ("size", "options", "error", "message"),
    [
        (0, {}, ValueError, "size is 0; 1 or more fits"),
        (2.0, {}, TypeError, "size is 2.0; a whole number fits"),
        (3, {"alpha": -1.0}, ValueError, "alpha is -1.0; 0 or more fits"),
        (3, {"k": None}, TypeError, "k is None; a number fits"),
    ],
)
def test_refuses(size, options, error, message):
    with pytest.raises(error, match=f"^local_response_norm: {message}$"):
        local_response_norm_forward(np.ones((1, 4, 2, 2)), size, **options)
