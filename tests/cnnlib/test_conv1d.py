"""conv1d = loops = torch, forward and backward."""

import naive_convolution
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from cnnlib.ops.conv1d import conv1d_backward, conv1d_forward


@st.composite
def convolutions(draw):
    """x, w, b or None, and the options of a convolution whose kernel fits."""
    k, dilation, groups = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(1, 2))
    ends = draw(st.tuples(st.integers(0, 2), st.integers(0, 2)))
    L = max(1, dilation * (k - 1) + 1 - sum(ends)) + draw(st.integers(0, 4))
    C, K = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    dtype = draw(st.sampled_from(["float32", "float64"]))
    shapes = (draw(st.integers(1, 3)), L, C), (K, C // groups, k), (K,)
    x, w, b = (rng.normal(size=shape).astype(dtype) for shape in shapes)
    options = {"stride": draw(st.integers(1, 3)), "dilation": dilation, "groups": groups}
    return x.swapaxes(1, 2), w, draw(st.sampled_from([None, b])), ends, options, rng


@settings(deadline=None, max_examples=40)
@given(convolutions())
def test_loops_cnnlib_and_torch_agree(by_torch, drawn):
    x, w, b, ends, options, rng = drawn
    before = x.copy(), w.copy()
    y, cache = conv1d_forward(x, w, b, padding=ends, **options)
    dy = rng.normal(size=y.shape).astype(x.dtype)
    dx, dw, db = conv1d_backward(dy, cache)

    by_loops = naive_convolution.conv2d(
        x[:, :, None],
        w[:, :, None],
        b,
        dy[:, :, None],
        (1, options["stride"]),
        ((0, 0), ends),
        (1, options["dilation"]),
        options["groups"],
    )
    expected, gradients = by_torch(
        lambda x, *w_b: functional.conv1d(functional.pad(x, ends), *w_b, **options),
        *(array for array in (x, w, b) if array is not None),
        dy=dy,
    )
    close = {"rtol": 1e-4, "atol": 1e-4} if x.dtype == np.float32 else {"rtol": 1e-10, "atol": 1e-10}
    assert (db is None) == (b is None)
    mine = (y, dx, dw) if b is None else (y, dx, dw, db)
    loops = (*(array[:, :, 0] for array in by_loops[:3]), by_loops[3])[: len(mine)]
    for one, by_loop, theirs in zip(mine, loops, (expected, *gradients), strict=True):
        assert one.dtype == x.dtype
        np.testing.assert_allclose(one, theirs, **close)
        np.testing.assert_allclose(one, by_loop, **close)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(w, before[1])


def test_three_of_seven_words_give_five():
    y, _ = conv1d_forward(np.ones((1, 4, 7)), np.ones((2, 4, 3)))
    assert y.shape == (1, 2, 5)
    assert (y == 12).all()


@pytest.mark.parametrize(("padding", "length"), [("valid", 5), ("same", 7), (1, 7), (np.array([0, 2]), 7), ([2, 2], 9)])
def test_the_ways_to_give_padding(padding, length):
    y, _ = conv1d_forward(np.ones((1, 1, 7)), np.ones((1, 1, 3)), padding=padding)
    assert y.shape == (1, 1, length)


@pytest.mark.parametrize(
    ("x", "w", "b", "options", "message"),
    [
        (
            (1, 3, 8),
            (5, 4, 3),
            None,
            {},
            r"^conv1d: x has 3 channels but w expects 4 \(x \(1, 3, 8\), w \(5, 4, 3\)\)$",
        ),
        ((1, 3, 8), (5, 3, 3), (4,), {}, "^conv1d: b has 4 values but w has 5 filters"),
        ((3, 8), (5, 3, 3), None, {}, r"^conv1d: x has 2 axes but 3 fit, \(N, C, L\)"),
        ((1, 1, 2), (1, 1, 3), None, {}, r"^conv1d: the window is 3 but x, padded, is 2 \(x \(1, 1, 2\)\)$"),
        ((1, 1, 3), (1, 1, 3), None, {"stride": 0}, "^conv1d: stride is 0; 1 or more fits$"),
        ((1, 1, 3), (1, 1, 3), None, {"padding": (1, 2, 3)}, "^conv1d: padding has 3 numbers; one or two fit"),
        ((1, 1, 3), (1, 1, 3), None, {"padding": -1}, "^conv1d: padding is -1; 0 or more fits$"),
        ((1, 1, 3), (1, 1, 3), None, {"padding": "full"}, "^conv1d: padding is 'full'; "),
    ],
)
def test_refuses_what_does_not_fit(x, w, b, options, message):
    with pytest.raises(ValueError, match=message):
        conv1d_forward(np.ones(x), np.ones(w), None if b is None else np.ones(b), **options)


def test_the_upstream_gradient_has_the_shape_of_y():
    _, cache = conv1d_forward(np.ones((1, 1, 4)), np.ones((2, 1, 3)))
    with pytest.raises(ValueError, match=r"^conv1d: dy has shape \(1, 2, 4\) but y had \(1, 2, 2\)$"):
        conv1d_backward(np.ones((1, 2, 4)), cache)
