"""Average pooling, and global average pooling, against loops and against torch."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_pooling import avg_pool2d
from torch.nn import functional

from cnnlib.gradcheck import check_gradient
from cnnlib.ops.avg_pool2d import avg_pool2d_backward, avg_pool2d_forward
from cnnlib.ops.global_avg_pool2d import global_avg_pool2d_backward, global_avg_pool2d_forward


@st.composite
def axes(draw):
    size = draw(st.integers(1, 4))
    padding = draw(st.integers(0, size // 2))
    return {
        "n": draw(st.integers(max(1, size - 2 * padding), 10)),
        "size": size,
        "stride": draw(st.integers(1, 5)),
        "padding": padding,
    }


@st.composite
def poolings(draw):
    """x, the size of the windows and the options, the two axes independently."""
    rows, columns = draw(axes()), draw(axes())
    H_W, size, stride, padding = ((rows[name], columns[name]) for name in rows)
    options = {"stride": stride, "padding": padding}
    options["ceil_mode"], options["count_include_pad"] = draw(st.booleans()), draw(st.booleans())
    shape = draw(st.integers(1, 2)), draw(st.integers(1, 3)), *H_W
    return np.random.default_rng(draw(st.integers(0, 999))).normal(size=shape), size, options


def uneven(shape):
    """An upstream gradient that gives each output its own weight."""
    return np.random.default_rng(1).normal(size=shape)


@settings(deadline=None, max_examples=150)
@given(poolings())
def test_loops_and_torch_agree(by_torch, pooling):
    x, size, options = pooling
    y, cache = avg_pool2d_forward(x, size, **options)
    dy = uneven(y.shape)
    dx = avg_pool2d_backward(dy, cache)
    expected, (gradient,) = by_torch(lambda t: functional.avg_pool2d(t, size, **options), x, dy=dy)
    np.testing.assert_allclose(y, expected, atol=1e-12)
    np.testing.assert_allclose(dx, gradient, atol=1e-12)
    sides = [(number, number) for number in options.pop("padding")]
    slow_y, slow_dx = avg_pool2d(x, uneven, size, sides=sides, **options)
    np.testing.assert_allclose(y, slow_y, atol=1e-12)
    np.testing.assert_allclose(dx, slow_dx, atol=1e-12)


@settings(deadline=None, max_examples=60)
@given(
    st.tuples(st.integers(0, 1), st.integers(0, 1)),
    st.tuples(st.integers(0, 1), st.integers(0, 1)),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.tuples(st.integers(3, 8), st.integers(3, 8)),
    st.booleans(),
    st.booleans(),
)
def test_padding_may_differ_from_side_to_side(vertical, horizontal, stride, plane, ceil_mode, include):
    x = np.random.default_rng(0).normal(size=(2, 2, *plane))
    options = {"ceil_mode": ceil_mode, "count_include_pad": include}
    y, cache = avg_pool2d_forward(x, (3, 2), stride=stride, padding=(vertical, horizontal), **options)
    slow_y, slow_dx = avg_pool2d(x, uneven, (3, 2), stride, (vertical, horizontal), **options)
    np.testing.assert_allclose(y, slow_y, atol=1e-12)
    np.testing.assert_allclose(avg_pool2d_backward(uneven(y.shape), cache), slow_dx, atol=1e-12)


def test_the_example_of_the_notes():
    x = np.array([[5, 3, 0, 3], [4, 0, 9, 4], [2, 4, 1, 2], [1, 3, 2, 3]])[None, None]
    y, cache = avg_pool2d_forward(x, 2)
    assert y.tolist() == [[[[3, 4], [2.5, 2]]]]
    dx = avg_pool2d_backward([[[[4, 8], [12, 16]]]], cache)
    assert dx.tolist() == [[[[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]]]


def test_it_is_a_convolution_with_equal_weights():
    x = np.random.default_rng(0).normal(size=(2, 3, 7, 8))
    filters = torch.full((3, 1, 3, 2), 1 / 6, dtype=torch.float64)
    convolved = functional.conv2d(torch.tensor(x), filters, stride=2, padding=1, groups=3)
    pooled, _ = avg_pool2d_forward(x, (3, 2), stride=2, padding=1)
    np.testing.assert_allclose(pooled, convolved, atol=1e-12)


def test_the_gradient_is_that_of_the_forward():
    rng = np.random.default_rng(3)
    check_gradient(
        "avg_pool2d",
        lambda x: avg_pool2d_forward(x, (3, 2), stride=2, padding=1, count_include_pad=False),
        avg_pool2d_backward,
        {"x": rng.normal(size=(2, 3, 7, 6))},
        rng=rng,
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_is_kept_and_inputs_are_not_changed(dtype):
    base = np.random.default_rng(0).normal(size=(2, 6, 8, 3)).astype(dtype)
    x = base.transpose(0, 3, 1, 2)[:, :, ::-1, ::2]
    before = base.copy()
    y, cache = avg_pool2d_forward(x, 2, padding=1)
    dy = np.broadcast_to(np.arange(y.shape[-1], dtype=dtype), y.shape)
    dx = avg_pool2d_backward(dy, cache)
    contiguous, same = avg_pool2d_forward(x.copy(), 2, padding=1)
    assert y.dtype == dx.dtype == dtype
    np.testing.assert_array_equal(base, before)
    np.testing.assert_array_equal(y, contiguous)
    np.testing.assert_array_equal(dx, avg_pool2d_backward(dy.copy(), same))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": (2, 0)}, "^avg_pool2d: size is 0; 1 or more fits$"),
        ({"size": (2, 2, 2)}, "^avg_pool2d: size has 3 numbers; one or two fit$"),
        ({"size": 2, "stride": 0}, "^avg_pool2d: stride is 0; 1 or more fits$"),
        ({"size": 2, "padding": 2}, "^avg_pool2d: padding is 2; at most half the window, 1, fits$"),
        ({"size": 9}, "^avg_pool2d: the window is 9x9 but x, padded, is 8x8"),
    ],
)
def test_refuses_what_does_not_fit(options, message):
    with pytest.raises(ValueError, match=message):
        avg_pool2d_forward(np.ones((1, 1, 8, 8)), **options)


def test_refuses_a_gradient_of_another_shape():
    _, cache = avg_pool2d_forward(np.ones((1, 1, 4, 4)), 2)
    with pytest.raises(ValueError, match=r"^avg_pool2d: dy has shape \(2, 2\) but y had \(1, 1, 2, 2\)$"):
        avg_pool2d_backward(np.ones((2, 2)), cache)


@settings(deadline=None, max_examples=40)
@given(
    st.tuples(st.integers(0, 3), st.integers(1, 3), st.integers(1, 6), st.integers(1, 6)),
    st.sampled_from(["float32", "float64"]),
)
def test_global_agrees_with_torch(by_torch, shape, dtype):
    rng = np.random.default_rng(0)
    x, dy = rng.normal(size=shape).astype(dtype), rng.normal(size=shape[:2]).astype(dtype)
    y, cache = global_avg_pool2d_forward(x)
    dx = global_avg_pool2d_backward(dy, cache)
    expected, (gradient,) = by_torch(lambda t: t.mean(dim=(2, 3)), x, dy=dy)
    close = {"rtol": 1e-4, "atol": 1e-6} if dtype == "float32" else {"rtol": 1e-12, "atol": 1e-12}
    assert y.dtype == dx.dtype == dtype
    np.testing.assert_allclose(y, expected, **close)
    np.testing.assert_allclose(dx, gradient, **close)


def test_global_gives_each_plane_its_mean_and_shares_the_gradient_out():
    y, cache = global_avg_pool2d_forward([[[[1, 2, 3], [4, 5, 9]], [[0, 0, 0], [0, 0, 6]]]])
    assert y.tolist() == [[4, 1]]
    dx = global_avg_pool2d_backward([[6, 12]], cache)
    assert dx.tolist() == [[[[1, 1, 1], [1, 1, 1]], [[2, 2, 2], [2, 2, 2]]]]
    dx[0, 0, 0, 0] = 5
    assert dx[0, 0, 0, 1] == 1


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((2, 3, 4), r"^global_avg_pool2d: x has 3 axes but 4 fit, \(N, C, H, W\)"),
        ((2, 3, 0, 4), r"^global_avg_pool2d: x has no pixels; planes of 1x1 or more fit \(x \(2, 3, 0, 4\)\)$"),
    ],
)
def test_global_refuses_what_does_not_fit(shape, message):
    with pytest.raises(ValueError, match=message):
        global_avg_pool2d_forward(np.ones(shape))
