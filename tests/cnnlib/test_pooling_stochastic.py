"""Stochastic pooling: which values are drawn and how often, and the mean that stands for them at test time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlib.gradcheck import check_gradient
from cnnlib.ops.stochastic_pool2d import stochastic_pool2d_backward, stochastic_pool2d_forward

NOTES = np.array([[5, 3, 0, 3], [4, 0, 9, 4], [2, 4, 1, 2], [1, 3, 2, 3]])[None, None]


def rng_of(seed):
    return np.random.default_rng(seed)


def frequencies(x, size):
    """How often each pixel won, over many windows and draws."""
    draws = 4000
    many = np.broadcast_to(x, (draws, *x.shape[1:]))
    y, cache = stochastic_pool2d_forward(many, size, rng=rng_of(0), training=True)
    return stochastic_pool2d_backward(np.ones(y.shape), cache).mean(axis=0)


def test_values_are_drawn_by_their_share_of_the_sum():
    by_the_notes = np.array([[5, 3, 0, 3], [4, 0, 9, 4], [2, 4, 1, 2], [1, 3, 2, 3]]) / np.array(
        [[12, 12, 16, 16], [12, 12, 16, 16], [10, 10, 8, 8], [10, 10, 8, 8]]
    )
    assert by_the_notes[:2, :2].tolist() == [[5 / 12, 3 / 12], [4 / 12, 0]]
    seen = frequencies(NOTES, 2)[0]
    np.testing.assert_allclose(seen, by_the_notes, atol=5 * np.sqrt(0.25 / 4000))
    assert (seen[by_the_notes == 0] == 0).all()


def test_each_window_draws_for_itself():
    x = np.ones((1, 1, 40, 40))
    _, cache = stochastic_pool2d_forward(x, 2, rng=rng_of(0), training=True)
    dx = stochastic_pool2d_backward(np.ones((1, 1, 20, 20)), cache)
    chosen = {tuple(dx[0, 0, i : i + 2, j : j + 2].ravel()) for i in range(0, 40, 2) for j in range(0, 40, 2)}
    assert chosen == {(1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)}


@st.composite
def poolings(draw):
    """x with many zeros, the size of the windows and the stride."""
    size, stride = (draw(st.tuples(st.integers(1, 3), st.integers(1, 3))) for _ in range(2))
    plane = draw(st.integers(size[0], 8)), draw(st.integers(size[1], 8))
    rng = rng_of(draw(st.integers(0, 999)))
    x = rng.integers(0, 3, (draw(st.integers(1, 2)), draw(st.integers(1, 3)), *plane))
    return x * draw(st.sampled_from([1.0, 0.1, 1e-30])), size, stride


def windows_of(x, size, stride):
    """Each window with its place in y."""
    (h, w), (down, right) = size, stride
    N, C, H, W = x.shape
    for n in range(N):
        for c in range(C):
            for i, top in enumerate(range(0, H - h + 1, down)):
                for j, left in enumerate(range(0, W - w + 1, right)):
                    yield (n, c, i, j), (n, c, slice(top, top + h), slice(left, left + w))


@settings(deadline=None, max_examples=80)
@given(poolings(), st.sampled_from(["float32", "float64"]), st.integers(0, 99))
def test_in_training_each_window_gives_one_of_its_values(pooling, dtype, seed):
    x, size, stride = pooling
    x = x.astype(dtype)
    before = x.copy()
    y, cache = stochastic_pool2d_forward(x, size, stride=stride, rng=rng_of(seed), training=True)
    assert y.dtype == dtype
    np.testing.assert_array_equal(x, before)
    for place, window in windows_of(x, size, stride):
        dy = np.zeros(y.shape, dtype)
        dy[place] = 3
        dx = stochastic_pool2d_backward(dy, cache)
        assert dx.dtype == dtype
        if x[window].any():
            assert dx.sum() == dx[window].sum() == 3
            assert y[place] == x[dx == 3][0] > 0
        else:
            assert y[place] == 0
            assert not dx.any()


@settings(deadline=None, max_examples=80)
@given(poolings())
def test_at_test_time_each_window_gives_its_weighted_mean(pooling):
    x, size, stride = pooling
    y, _ = stochastic_pool2d_forward(x, size, stride=stride, rng=rng_of(0), training=False)
    expected = np.zeros(y.shape)
    for place, window in windows_of(x, size, stride):
        if x[window].any():
            expected[place] = (x[window] / x[window].sum() * x[window]).sum()
    np.testing.assert_allclose(y, expected, rtol=1e-12)


def test_test_time_needs_no_luck():
    x = rng_of(0).random((2, 3, 6, 6))
    first, _ = stochastic_pool2d_forward(x, 2, rng=rng_of(1), training=False)
    second, _ = stochastic_pool2d_forward(x, 2, rng=rng_of(2), training=False)
    np.testing.assert_array_equal(first, second)
    np.testing.assert_allclose(
        stochastic_pool2d_forward(NOTES, 2, rng=rng_of(0), training=False)[0],
        [[[[50 / 12, 106 / 16], [30 / 10, 18 / 8]]]],
    )


def test_gradients_add_up_where_windows_overlap():
    x = np.zeros((1, 1, 3, 3))
    x[0, 0, 1, 1] = 1
    for training in (True, False):
        _, cache = stochastic_pool2d_forward(x, 2, stride=1, rng=rng_of(0), training=training)
        assert stochastic_pool2d_backward([[[[1, 2], [3, 4]]]], cache)[0, 0, 1, 1] == 10


def test_the_gradient_at_test_time_is_that_of_the_forward():
    rng = rng_of(3)
    check_gradient(
        "stochastic_pool2d",
        lambda x: stochastic_pool2d_forward(x, (3, 2), stride=2, rng=rng_of(0), training=False),
        stochastic_pool2d_backward,
        {"x": rng.uniform(0.5, 2, (2, 2, 6, 5))},
        rng=rng,
    )


def test_a_window_of_zeros_passes_no_gradient():
    for training in (True, False):
        y, cache = stochastic_pool2d_forward(np.zeros((1, 2, 4, 4)), 2, rng=rng_of(0), training=training)
        assert not y.any()
        assert not stochastic_pool2d_backward(np.ones(y.shape), cache).any()


def test_inputs_need_not_be_contiguous():
    x = rng_of(0).random((2, 7, 9, 3)).transpose(0, 3, 1, 2)[:, :, ::-1, ::2]
    for training in (True, False):
        strided, _ = stochastic_pool2d_forward(x, 2, rng=rng_of(0), training=training)
        contiguous, _ = stochastic_pool2d_forward(x.copy(), 2, rng=rng_of(0), training=training)
        np.testing.assert_array_equal(strided, contiguous)


@pytest.mark.parametrize("wrong", [-1.0, np.nan, np.inf])
def test_refuses_what_is_no_activation(wrong):
    x = np.ones((1, 1, 4, 4))
    x[0, 0, 2, 3] = wrong
    with pytest.raises(ValueError, match=f"^stochastic_pool2d: x holds {wrong}; finite numbers of 0 or more fit$"):
        stochastic_pool2d_forward(x, 2, rng=rng_of(0), training=True)


def test_refuses_windows_and_generators_that_do_not_fit():
    with pytest.raises(ValueError, match=r"^stochastic_pool2d: the window is 5x5 but x, padded, is 4x4"):
        stochastic_pool2d_forward(np.ones((1, 1, 4, 4)), 5, rng=rng_of(0), training=True)
    with pytest.raises(TypeError, match=r"^stochastic_pool2d: rng is 0; a generator fits"):
        stochastic_pool2d_forward(np.ones((1, 1, 4, 4)), 2, rng=0, training=True)


def test_refuses_a_gradient_of_another_shape():
    _, cache = stochastic_pool2d_forward(np.ones((1, 1, 4, 4)), 2, rng=rng_of(0), training=True)
    with pytest.raises(ValueError, match=r"^stochastic_pool2d: dy has shape \(2, 2\) but y had \(1, 1, 2, 2\)$"):
        stochastic_pool2d_backward(np.ones((2, 2)), cache)
