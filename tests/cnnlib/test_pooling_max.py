"""Max pooling against loops and against torch."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_pooling import max_pool2d
from torch.nn import functional

from cnnlib.gradcheck import check_gradient
from cnnlib.ops._pooling import blocks
from cnnlib.ops.max_pool2d import max_pool2d_backward, max_pool2d_forward


@st.composite
def axes(draw):
    size, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    span = dilation * (size - 1) + 1
    padding = draw(st.integers(0, size // 2))  # what torch takes whatever the dilation
    return {
        "n": draw(st.integers(max(1, span - 2 * padding), 11)),
        "size": size,
        "stride": draw(st.integers(1, 5)),
        "dilation": dilation,
        "padding": padding,
    }


@st.composite
def poolings(draw):
    """x, the size of the windows and the options, the two axes independently."""
    rows, columns = draw(axes()), draw(axes())
    H_W, size, *others = ((rows[name], columns[name]) for name in rows)
    options = dict(zip(("stride", "dilation", "padding"), others, strict=True))
    options["ceil_mode"] = draw(st.booleans())
    shape = draw(st.integers(1, 2)), draw(st.integers(1, 3)), *H_W
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    ties = rng.integers(-4, 0, shape).astype(float)  # all negative: zeros in the padding would win
    return draw(st.sampled_from([ties, rng.normal(size=shape) - 1])), size, options


def uneven(shape):
    """An upstream gradient that gives each output its own weight."""
    return np.random.default_rng(1).normal(size=shape)


@settings(deadline=None, max_examples=150)
@given(poolings())
def test_loops_and_torch_agree(by_torch, pooling):
    x, size, options = pooling
    sides = [(number, number) for number in options["padding"]]
    y, cache = max_pool2d_forward(x, size, **options)
    dy = uneven(y.shape)
    dx = max_pool2d_backward(dy, cache)
    slow_y, slow_dx = max_pool2d(x, uneven, size, options["stride"], sides, options["dilation"], options["ceil_mode"])
    np.testing.assert_array_equal(y, slow_y)
    np.testing.assert_allclose(dx, slow_dx, atol=1e-12)
    if np.isfinite(slow_y).all():  # torch's backward writes outside its memory for a window without a value
        expected, (gradient,) = by_torch(lambda t: functional.max_pool2d(t, size, **options), x, dy=dy)
        np.testing.assert_array_equal(y, expected)
        np.testing.assert_allclose(dx, gradient, atol=1e-12)


@settings(deadline=None, max_examples=60)
@given(
    st.tuples(st.integers(0, 1), st.integers(0, 1)),
    st.tuples(st.integers(0, 1), st.integers(0, 1)),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.tuples(st.integers(3, 8), st.integers(3, 8)),
    st.booleans(),
)
def test_padding_may_differ_from_side_to_side(vertical, horizontal, stride, plane, ceil_mode):
    x = np.random.default_rng(0).integers(-3, 3, (2, 2, *plane))
    y, cache = max_pool2d_forward(x, (3, 2), stride=stride, padding=(vertical, horizontal), ceil_mode=ceil_mode)
    slow_y, slow_dx = max_pool2d(x, uneven, (3, 2), stride, (vertical, horizontal), ceil_mode=ceil_mode)
    np.testing.assert_array_equal(y, slow_y)
    np.testing.assert_allclose(max_pool2d_backward(uneven(y.shape), cache), slow_dx, atol=1e-12)


def test_the_example_of_the_notes():
    x = np.array([[5, 3, 0, 3], [4, 0, 9, 4], [2, 4, 1, 2], [1, 3, 2, 3]])[None, None]
    y, cache = max_pool2d_forward(x, 2)
    assert y.tolist() == [[[[5, 9], [4, 3]]]]
    dx = max_pool2d_backward([[[[1, 2], [3, 4]]]], cache)
    assert dx.tolist() == [[[[1, 0, 0, 0], [0, 0, 2, 0], [0, 3, 0, 0], [0, 0, 0, 4]]]]


def test_the_first_of_equals_wins_row_after_row():
    x = np.array([[0, 7, 0], [7, 0, 7], [7, 7, 7]])[None, None]
    _, cache = max_pool2d_forward(x, 3)
    assert np.flatnonzero(max_pool2d_backward(np.ones((1, 1, 1, 1)), cache)).tolist() == [1]


def test_gradients_add_up_where_windows_overlap():
    x = np.zeros((1, 1, 3, 3))
    x[0, 0, 1, 1] = 1
    _, cache = max_pool2d_forward(x, 2, stride=1)
    assert max_pool2d_backward([[[[1, 2], [3, 4]]]], cache)[0, 0, 1, 1] == 10


def test_the_gradient_is_that_of_the_forward():
    rng = np.random.default_rng(3)
    x = rng.permutation(2 * 3 * 7 * 6).reshape(2, 3, 7, 6) / 40.0
    check_gradient(
        "max_pool2d",
        lambda x: max_pool2d_forward(x, (3, 2), stride=2, padding=1),
        max_pool2d_backward,
        {"x": x},
        rng=rng,
    )


@pytest.mark.parametrize("padding", [0, 1])
def test_nan_and_minus_infinity_fare_as_in_torch(by_torch, padding):
    rng = np.random.default_rng(5)
    x = rng.choice([np.nan, -np.inf, -1.0, 2.0], p=[0.1, 0.6, 0.2, 0.1], size=(4, 3, 9, 8))
    y, cache = max_pool2d_forward(x, 3, stride=2, padding=padding)
    dy = uneven(y.shape)
    expected, (gradient,) = by_torch(lambda t: functional.max_pool2d(t, 3, 2, padding), x, dy=dy)
    assert np.isnan(y).any()
    assert np.isneginf(y).any()
    np.testing.assert_array_equal(y, expected)
    np.testing.assert_allclose(max_pool2d_backward(dy, cache), gradient, atol=1e-12)


def test_a_window_that_sees_padding_only_passes_no_gradient():
    y, cache = max_pool2d_forward([[[[5], [6]]]], (1, 2), stride=1, padding=(0, 1), dilation=2)
    assert y.tolist() == [[[[-np.inf], [-np.inf]]]]
    assert not max_pool2d_backward(np.ones(y.shape), cache).any()


def test_more_places_than_a_byte_counts(by_torch):
    x = np.random.default_rng(0).normal(size=(1, 1, 3, 600))
    y, cache = max_pool2d_forward(x, (1, 300), stride=100)
    dy = uneven(y.shape)
    expected, (gradient,) = by_torch(lambda t: functional.max_pool2d(t, (1, 300), 100), x, dy=dy)
    np.testing.assert_array_equal(y, expected)
    np.testing.assert_allclose(max_pool2d_backward(dy, cache), gradient)


def test_many_planes_are_pooled_block_after_block(by_torch):
    x = np.random.default_rng(0).normal(size=(3, 5, 150, 160)).astype(np.float32)
    assert len(list(blocks(x.reshape(15, 150, 160)))) == 2
    y, cache = max_pool2d_forward(x, 3, stride=2)
    dy = uneven(y.shape).astype(np.float32)
    expected, (gradient,) = by_torch(lambda t: functional.max_pool2d(t, 3, 2), x, dy=dy)
    np.testing.assert_array_equal(y, expected)
    np.testing.assert_allclose(max_pool2d_backward(dy, cache), gradient, atol=1e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_is_kept_and_inputs_are_not_changed(dtype):
    base = np.random.default_rng(0).normal(size=(2, 6, 8, 3)).astype(dtype)
    x = base.transpose(0, 3, 1, 2)[:, :, ::-1, ::2]
    before = base.copy()
    y, cache = max_pool2d_forward(x, 2, padding=1)
    dy = np.broadcast_to(np.arange(y.shape[-1], dtype=dtype), y.shape)
    dx = max_pool2d_backward(dy, cache)
    contiguous, same = max_pool2d_forward(x.copy(), 2, padding=1)
    assert y.dtype == dx.dtype == dtype
    np.testing.assert_array_equal(base, before)
    np.testing.assert_array_equal(y, contiguous)
    np.testing.assert_array_equal(dx, max_pool2d_backward(dy.copy(), same))


def test_a_window_of_one_gives_a_copy():
    x = np.ones((1, 1, 2, 2))
    y, cache = max_pool2d_forward(x, 1)
    dx = max_pool2d_backward(y, cache)
    assert not np.shares_memory(x, y)
    assert not np.shares_memory(dx, y)


def test_a_batch_of_none_gives_none():
    y, cache = max_pool2d_forward(np.ones((0, 3, 4, 4)), 2)
    assert y.shape == (0, 3, 2, 2)
    assert max_pool2d_backward(y, cache).shape == (0, 3, 4, 4)


def test_a_window_larger_than_the_plane_may_hang_over(by_torch):
    x = np.array([[1.0, 2], [3, 0]])[None, None]
    y, _ = max_pool2d_forward(x, 3, stride=2, ceil_mode=True)
    assert y.tolist() == [[[[3]]]] == functional.max_pool2d(torch.tensor(x), 3, 2, ceil_mode=True).tolist()


@pytest.mark.parametrize(
    ("shape", "options", "message"),
    [
        ((3, 8, 8), {"size": 2}, r"^max_pool2d: x has 3 axes but 4 fit, \(N, C, H, W\) \(x \(3, 8, 8\)\)$"),
        ((1, 1, 8, 8), {"size": 0}, "^max_pool2d: size is 0; 1 or more fits$"),
        ((1, 1, 8, 8), {"size": 2, "stride": 0}, "^max_pool2d: stride is 0; 1 or more fits$"),
        ((1, 1, 8, 8), {"size": 2, "dilation": 0}, "^max_pool2d: dilation is 0; 1 or more fits$"),
        ((1, 1, 8, 8), {"size": 2, "padding": -1}, "^max_pool2d: padding is -1; 0 or more fits$"),
        ((1, 1, 8, 8), {"size": 3, "padding": 2}, "^max_pool2d: padding is 2; at most half the window, 1, fits$"),
        ((1, 1, 8, 8), {"size": 9}, r"^max_pool2d: the window is 9x9 but x, padded, is 8x8 \(x \(1, 1, 8, 8\)\)$"),
        ((1, 1, 2, 8), {"size": 3, "stride": 1, "ceil_mode": True}, "^max_pool2d: the window is 3x3 but x, padded"),
        ((1, 1, 0, 8), {"size": 2, "padding": 1}, "^max_pool2d: x has no pixels; planes of 1x1 or more fit"),
    ],
)
def test_refuses_what_does_not_fit(shape, options, message):
    with pytest.raises(ValueError, match=message):
        max_pool2d_forward(np.ones(shape), **options)


def test_refuses_a_gradient_of_another_shape():
    _, cache = max_pool2d_forward(np.ones((1, 1, 4, 4)), 2)
    with pytest.raises(ValueError, match=r"^max_pool2d: dy has shape \(1, 1, 4, 4\) but y had \(1, 1, 2, 2\)$"):
        max_pool2d_backward(np.ones((1, 1, 4, 4)), cache)


def test_refuses_a_size_that_is_not_whole():
    with pytest.raises(TypeError, match=r"^max_pool2d: size is 2\.0; a whole number fits$"):
        max_pool2d_forward(np.ones((1, 1, 4, 4)), 2.0)
