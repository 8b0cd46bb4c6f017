"""conv_transpose2d = loops = torch, and the transpose of conv2d."""

import naive_convolution
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from cnnlib.ops.conv2d import conv2d_backward, conv2d_forward
from cnnlib.ops.conv_transpose2d import conv_transpose2d_backward, conv_transpose2d_forward


def pairs(least, most):
    return st.tuples(st.integers(least, most), st.integers(least, most))


@st.composite
def transposed_convolutions(draw):
    """x, w, b or None, the padding as pairs of sides, and the other options; y has a pixel at least."""
    groups, (h, w) = draw(st.integers(1, 2)), draw(pairs(1, 3))
    stride, dilation, sides = draw(pairs(1, 3)), draw(pairs(1, 2)), draw(st.tuples(pairs(0, 2), pairs(0, 2)))
    output_padding = tuple(draw(st.integers(0, s - 1)) for s in stride)
    H, W = (
        1 + max(0, -(-(sum(side) - d * (k - 1)) // s)) + draw(st.integers(0, 2))
        for k, d, s, side in zip((h, w), dilation, stride, sides, strict=True)
    )
    C, K = groups * draw(st.integers(1, 2)), draw(st.integers(1, 2))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    dtype = draw(st.sampled_from(["float32", "float64"]))
    shapes = (draw(st.integers(1, 2)), C, W, H), (C, K, h, w), (K * groups,)
    x, kernel, b = (rng.normal(size=shape).astype(dtype) for shape in shapes)
    options = {
        "stride": stride,
        "output_padding": output_padding,
        "dilation": dilation,
        "groups": groups,
    }
    return x.swapaxes(2, 3), kernel, draw(st.sampled_from([None, b])), sides, options, rng


@settings(deadline=None, max_examples=50)
@given(transposed_convolutions())
def test_loops_cnnlib_and_torch_agree(by_torch, drawn):
    x, w, b, sides, options, rng = drawn
    (top, bottom), (left, right) = sides
    before = x.copy(), w.copy()
    y, cache = conv_transpose2d_forward(x, w, b, padding=sides, **options)
    dy = rng.normal(size=y.shape).astype(x.dtype)
    dx, dw, db = conv_transpose2d_backward(dy, cache)

    def torch_conv_transpose2d(*x_w_b):
        whole = functional.conv_transpose2d(*x_w_b, **options)
        return whole[:, :, top : whole.shape[2] - bottom, left : whole.shape[3] - right]

    given_arrays = [array for array in (x, w, b) if array is not None]
    expected, gradients = by_torch(torch_conv_transpose2d, *given_arrays, dy=dy)
    close = {"rtol": 1e-4, "atol": 1e-4} if x.dtype == np.float32 else {"rtol": 1e-10, "atol": 1e-10}
    assert (db is None) == (b is None)
    mine = (y, dx, dw) if b is None else (y, dx, dw, db)
    for one, theirs in zip(mine, (expected, *gradients), strict=True):
        assert one.dtype == x.dtype
        np.testing.assert_allclose(one, theirs, **close)
    by_loops = naive_convolution.conv_transpose2d(
        x, w, b, options["stride"], sides, options["output_padding"], options["dilation"], options["groups"]
    )
    np.testing.assert_allclose(y, by_loops, **close)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(w, before[1])


def test_forward_is_the_backward_of_a_convolution_and_the_other_way_round():
    rng = np.random.default_rng(0)
    options = {"stride": (2, 3), "padding": ((1, 0), (2, 1)), "groups": 2}
    x, w = rng.normal(size=(2, 4, 8, 9)), rng.normal(size=(6, 2, 3, 4))
    small, cache = conv2d_forward(x, w, **options)
    dx, _, _ = conv2d_backward(small, cache)
    grown, transposed_cache = conv_transpose2d_forward(small, w, **options)
    np.testing.assert_allclose(grown, dx[:, :, : grown.shape[2], : grown.shape[3]])
    back, _, _ = conv_transpose2d_backward(grown, transposed_cache)
    np.testing.assert_allclose(back, conv2d_forward(grown, w, **options)[0])


def test_output_padding_chooses_among_the_sizes_that_lead_back():
    x, w = np.ones((1, 1, 3, 3)), np.ones((1, 1, 3, 3))
    for extra in (0, 1, 2):
        y, _ = conv_transpose2d_forward(x, w, stride=3, output_padding=(extra, 0))
        assert y.shape == (1, 1, 9 + extra, 9)
        assert conv2d_forward(y, w, stride=3)[0].shape == x.shape


@pytest.mark.parametrize(
    ("x", "w", "b", "options", "message"),
    [
        (
            (1, 3, 4, 4),
            (2, 5, 3, 3),
            None,
            {},
            r"^conv_transpose2d: x has 3 channels but w expects 2 \(x \(1, 3, 4, 4\), w \(2, 5, 3, 3\)\)$",
        ),
        (
            (1, 3, 4, 4),
            (3, 5, 3, 3),
            None,
            {"groups": 2},
            "^conv_transpose2d: groups is 2 but there are 3 channels in x; a divisor fits",
        ),
        ((1, 2, 4, 4), (2, 5, 3, 3), (4,), {}, "^conv_transpose2d: b has 4 values but w has 5 filters"),
        (
            (1, 1, 4, 4),
            (1, 1, 3, 3),
            None,
            {"stride": 2, "output_padding": 2},
            r"^conv_transpose2d: output_padding is \(2, 2\) but stride \(2, 2\); less than the stride fits$",
        ),
        (
            (1, 1, 1, 2),
            (1, 1, 2, 2),
            None,
            {"padding": 1},
            r"^conv_transpose2d: y would be 0x1; less padding fits \(x \(1, 1, 1, 2\), w \(1, 1, 2, 2\)\)$",
        ),
        (
            (1, 1, 4, 4),
            (1, 1, 3, 3),
            None,
            {"padding": "same"},
            "^conv_transpose2d: padding is 'same'; a number, a pair or two pairs fit$",
        ),
        ((1, 1, 4, 4), (1, 0, 3, 3), None, {}, r"^conv_transpose2d: w is empty \(w \(1, 0, 3, 3\)\)"),
        ((1, 1, 0, 4), (1, 1, 3, 3), None, {}, r"^conv_transpose2d: x has no pixels \(x \(1, 1, 0, 4\)\)$"),
        ((1, 1, 4, 4), (1, 1, 3, 3), None, {"stride": 0}, "^conv_transpose2d: stride is 0; 1 or more fits$"),
    ],
)
def test_refuses_what_does_not_fit(x, w, b, options, message):
    with pytest.raises(ValueError, match=message):
        conv_transpose2d_forward(np.ones(x), np.ones(w), None if b is None else np.ones(b), **options)


def test_the_upstream_gradient_has_the_shape_of_y():
    _, cache = conv_transpose2d_forward(np.ones((1, 1, 2, 2)), np.ones((1, 3, 3, 3)))
    with pytest.raises(ValueError, match=r"^conv_transpose2d: dy has shape \(1, 3, 2, 2\) but y had \(1, 3, 4, 4\)$"):
        conv_transpose2d_backward(np.ones((1, 3, 2, 2)), cache)
