"""conv2d = loops = torch, forward and backward."""

from typing import NamedTuple

import naive_convolution
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from cnnlib.ops import _correlation
from cnnlib.ops.conv2d import conv2d_backward, conv2d_forward


class Drawn(NamedTuple):
    x: np.ndarray
    w: np.ndarray
    b: np.ndarray | None
    stride: tuple
    sides: tuple
    dilation: tuple
    groups: int
    rng: np.random.Generator

    @property
    def options(self):
        return {
            "stride": self.stride,
            "padding": self.sides,
            "dilation": self.dilation,
            "groups": self.groups,
        }


@st.composite
def convolutions(draw, dtypes=("float32", "float64")):
    """Any convolution whose kernel fits, on few values."""
    pairs = lambda least, most: st.tuples(st.integers(least, most), st.integers(least, most))  # noqa: E731 (said once)
    groups = draw(st.sampled_from([1, 1, 2, 3]))
    (h, w), stride, dilation = draw(pairs(1, 3)), draw(pairs(1, 3)), draw(pairs(1, 2))
    sides = draw(st.tuples(pairs(0, 2), pairs(0, 2)))
    least = [max(1, d * (k - 1) + 1 - sum(s)) for k, d, s in zip((h, w), dilation, sides, strict=True)]
    H, W = (draw(st.integers(n, n + 4)) for n in least)
    C, K = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    dtype = draw(st.sampled_from(dtypes))
    shapes = (draw(st.integers(1, 3)), C, H, W), (K, C // groups, h, w), (K,)
    x, kernel, b = (rng.normal(size=shape).astype(dtype) for shape in shapes)
    if draw(st.booleans()):
        x = np.asfortranarray(x)
    return Drawn(x, kernel, draw(st.sampled_from([None, b])), stride, sides, dilation, groups, rng)


def by_cnnlib(drawn, dy):
    y, cache = conv2d_forward(drawn.x, drawn.w, drawn.b, **drawn.options)
    return y, *conv2d_backward(dy, cache)


def assert_same(mine, theirs, dtype):
    """Each output like its counterpart: shape, type and, to this type's precision, values."""
    close = {"rtol": 1e-4, "atol": 1e-4} if dtype == "float32" else {"rtol": 1e-10, "atol": 1e-10}
    for a, b in zip(mine, theirs, strict=True):
        if b is None:
            assert a is None
        else:
            assert a.shape == b.shape
            assert a.dtype == dtype
            np.testing.assert_allclose(a, b, **close)


@settings(deadline=None, max_examples=60)
@given(convolutions())
def test_loops_cnnlib_and_torch_agree(by_torch, drawn):
    x, w, b, stride, sides, dilation, groups, rng = drawn
    before = [None if array is None else array.copy() for array in (x, w, b)]
    shape = conv2d_forward(x, w, b, **drawn.options)[0].shape
    dy = rng.normal(size=shape).astype(x.dtype)
    mine = by_cnnlib(drawn, dy)

    assert_same(mine, naive_convolution.conv2d(x, w, b, dy, stride, sides, dilation, groups), x.dtype)

    def torch_conv2d(x, w, b=None):
        (top, bottom), (left, right) = sides
        padded = functional.pad(x, (left, right, top, bottom))
        return functional.conv2d(padded, w, b, stride=stride, dilation=dilation, groups=groups)

    y, gradients = by_torch(torch_conv2d, *(array for array in (x, w, b) if array is not None), dy=dy)
    assert_same(mine, (y, *gradients, None)[:4], x.dtype)

    for array, copy in zip((x, w, b), before, strict=True):
        np.testing.assert_array_equal(array, copy)


@settings(deadline=None, max_examples=30)
@given(convolutions(dtypes=["float64"]))
def test_the_gradients_are_the_transposes_of_the_forward(drawn):
    """<conv(x, w), dy> = <x, dx> = <w, dw>, since a convolution is linear in x and in w."""
    y, cache = conv2d_forward(drawn.x, drawn.w, **drawn.options)
    dy = drawn.rng.normal(size=y.shape)
    dx, dw, _ = conv2d_backward(dy, cache)
    np.testing.assert_allclose([np.vdot(drawn.x, dx), np.vdot(drawn.w, dw)], np.vdot(y, dy), atol=1e-9)


@settings(deadline=None, max_examples=30)
@given(convolutions(dtypes=["float64"]))
def test_in_pieces_of_any_size_the_answer_is_the_same(drawn):
    y, _ = conv2d_forward(drawn.x, drawn.w, drawn.b, **drawn.options)
    dy = drawn.rng.normal(size=y.shape)
    whole = by_cnnlib(drawn, dy)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_correlation, "PIECE", 1)
        assert_same(by_cnnlib(drawn, dy), whole, "float64")


@settings(deadline=None, max_examples=60)
@given(convolutions(dtypes=["float64"]), st.sampled_from([0.0, 100.0]))
def test_with_windows_that_wrap_around_or_without_the_answer_is_the_same(drawn, wrapped):
    y, _ = conv2d_forward(drawn.x, drawn.w, drawn.b, **drawn.options)
    dy = drawn.rng.normal(size=y.shape)
    usual = by_cnnlib(drawn, dy)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_correlation, "WRAPPED", wrapped)
        assert_same(by_cnnlib(drawn, dy), usual, "float64")


PLANTED = {
    "a flipped kernel": lambda y, dx, dw, db: (y, dx, dw[:, :, ::-1, ::-1], db),
    "the padding cropped one off": lambda y, dx, dw, db: (y, np.roll(dx, 1, axis=3), dw, db),
    "rows and columns of the kernel swapped": lambda y, dx, dw, db: (y, dx, dw.swapaxes(2, 3), db),
    "filters in the wrong order": lambda y, dx, dw, db: (y[:, ::-1], dx, dw, db),
    "a gradient 0.1 % too large": lambda y, dx, dw, db: (y, 1.001 * dx, dw, db),
    "a bias per pixel": lambda y, dx, dw, db: (y, dx, dw, db / 20),
}


@pytest.mark.parametrize("plant", PLANTED.values(), ids=PLANTED)
def test_the_comparison_finds_planted_errors(plant):
    rng = np.random.default_rng(0)
    x, w, b = (rng.normal(size=shape) for shape in ((2, 4, 5, 6), (4, 2, 3, 3), (4,)))
    stride, sides, dilation = (1, 1), ((1, 1), (1, 0)), (1, 1)
    dy = rng.normal(size=(2, 4, 5, 5))
    right = naive_convolution.conv2d(x, w, b, dy, stride, sides, dilation, 2)
    drawn = Drawn(x, w, b, stride, sides, dilation, 2, rng)
    assert_same(by_cnnlib(drawn, dy), right, "float64")
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_same(plant(*by_cnnlib(drawn, dy)), right, "float64")


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [(1, 1), (2, 3), (5, 4)])
def test_same_padding_keeps_the_size_divided_by_the_stride(kernel, stride):
    x, w = np.ones((1, 1, 7, 9)), np.ones((1, 1, *kernel))
    y, _ = conv2d_forward(x, w, stride=stride, padding="same")
    assert y.shape == (1, 1, -(-7 // stride), -(-9 // stride))


def test_an_odd_row_of_same_padding_goes_after():
    y, _ = conv2d_forward(np.eye(3)[None, None], np.array([[[[1, 0], [0, 0]]]]), padding="same")
    assert y[0, 0].tolist() == np.eye(3).tolist()


def test_the_ways_to_give_padding_agree():
    rng = np.random.default_rng(1)
    x, w = rng.normal(size=(2, 3, 5, 6)), rng.normal(size=(4, 3, 3, 3))
    agreeing = [
        [0, (0, 0), "valid"],
        [1, (1, 1), ((1, 1), (1, 1)), [[1, 1], [1, 1]], np.array([1, 1]), "same"],
        [(0, 2), ((0, 0), (2, 2))],
    ]
    for paddings in agreeing:
        first, *others = (conv2d_forward(x, w, padding=padding)[0] for padding in paddings)
        for other in others:
            np.testing.assert_array_equal(first, other)


def test_by_hand_with_two_channels_and_a_bias():
    x = np.arange(18).reshape(1, 2, 3, 3)
    w = np.array([[[[1, 0], [0, 2]], [[0, -1], [0, 0]]]])
    y, _ = conv2d_forward(x, w, np.array([100]))
    assert y[0, 0].tolist() == [[98, 100], [104, 106]]
    assert y.dtype == np.float64


def test_views_with_steps_and_frozen_arrays_are_read_as_they_are():
    rng = np.random.default_rng(2)
    x, w = rng.normal(size=(2, 4, 6, 8)), rng.normal(size=(3, 2, 3, 3))
    strided_x, strided_w = x[:, ::2, ::-1, 1::2], w[..., ::-1, :]
    strided_x.flags.writeable = False
    for one, other in zip(
        conv2d_forward(strided_x, strided_w)[:1],
        conv2d_forward(strided_x.copy(), strided_w.copy())[:1],
        strict=True,
    ):
        np.testing.assert_array_equal(one, other)


def test_a_batch_of_none_is_a_batch():
    y, cache = conv2d_forward(np.ones((0, 2, 4, 4)), np.ones((3, 2, 3, 3)), np.ones(3))
    dx, dw, db = conv2d_backward(y, cache)
    assert (y.shape, dx.shape) == ((0, 3, 2, 2), (0, 2, 4, 4))
    assert not dw.any()
    assert not db.any()


def test_what_comes_back_can_be_changed_without_changing_what_went_in():
    x, w = np.ones((1, 1, 2, 2)), np.ones((1, 1, 1, 1))
    y, cache = conv2d_forward(x, w)
    dy = np.ones_like(y)
    for array in (y, *conv2d_backward(dy, cache)[:2]):
        array[...] = 7
    assert x.max() == w.max() == dy.max() == 1


@pytest.mark.parametrize("mixed", [("float32", "float64"), ("float64", "float32"), ("int64", "float32")])
def test_mixed_types_promote_as_in_numpy(mixed):
    x, w = np.ones((1, 1, 3, 3), dtype=mixed[0]), np.ones((1, 1, 2, 2), dtype=mixed[1])
    assert conv2d_forward(x, w)[0].dtype == np.float64


@pytest.mark.parametrize(
    ("x", "w", "b", "options", "message"),
    [
        (
            (2, 3, 8, 8),
            (5, 4, 3, 3),
            None,
            {},
            r"^conv2d: x has 3 channels but w expects 4 \(x \(2, 3, 8, 8\), w \(5, 4, 3, 3\)\)$",
        ),
        (
            (1, 4, 8, 8),
            (6, 3, 3, 3),
            None,
            {"groups": 2},
            "^conv2d: x has 4 channels but w expects 3 in each of 2 groups",
        ),
        (
            (1, 3, 8, 8),
            (4, 1, 3, 3),
            None,
            {"groups": 2},
            "^conv2d: groups is 2 but there are 3 channels in x; a divisor fits",
        ),
        (
            (1, 4, 8, 8),
            (3, 2, 3, 3),
            None,
            {"groups": 2},
            "^conv2d: groups is 2 but there are 3 filters in w; a divisor fits",
        ),
        (
            (1, 3, 8, 8),
            (5, 3, 3, 3),
            (4,),
            {},
            r"^conv2d: b has 4 values but w has 5 filters \(w \(5, 3, 3, 3\), b \(4,\)\)$",
        ),
        ((1, 3, 8, 8), (5, 3, 3, 3), (5, 1), {}, "^conv2d: b has 2 axes but 1 fit"),
        ((3, 8, 8), (5, 3, 3, 3), None, {}, r"^conv2d: x has 3 axes but 4 fit, \(N, C, H, W\)"),
        ((1, 3, 8, 8), (3, 3, 3), None, {}, r"^conv2d: w has 3 axes but 4 fit, \(K, C, h, w\)"),
        ((1, 3, 8, 8), (5, 3, 0, 3), None, {}, r"^conv2d: w is empty \(w \(5, 3, 0, 3\)\)"),
        (
            (1, 1, 3, 3),
            (1, 1, 5, 5),
            None,
            {"padding": ((0, 1), (0, 0))},
            r"^conv2d: the window is 5x5 but x, padded, is 4x3 \(x \(1, 1, 3, 3\)\)$",
        ),
        (
            (1, 1, 3, 3),
            (1, 1, 2, 2),
            None,
            {"dilation": (1, 3)},
            "^conv2d: the window is 2x4 but x, padded, is 3x3",
        ),
        ((1, 1, 3, 3), (1, 1, 2, 2), None, {"stride": 0}, "^conv2d: stride is 0; 1 or more fits$"),
        ((1, 1, 3, 3), (1, 1, 2, 2), None, {"dilation": 0}, "^conv2d: dilation is 0; 1 or more fits$"),
        ((1, 1, 3, 3), (1, 1, 2, 2), None, {"groups": 0}, "^conv2d: groups is 0; 1 or more fits$"),
        ((1, 1, 3, 3), (1, 1, 2, 2), None, {"padding": -1}, "^conv2d: padding is -1; 0 or more fits$"),
        ((1, 1, 3, 3), (1, 1, 2, 2), None, {"padding": "full"}, "^conv2d: padding is 'full'; "),
        ((1, 1, 3, 3), (1, 1, 2, 2), None, {"stride": (1, 2, 3)}, "^conv2d: stride has 3 numbers; "),
    ],
)
def test_refuses_what_does_not_fit(x, w, b, options, message):
    with pytest.raises(ValueError, match=message):
        conv2d_forward(np.ones(x), np.ones(w), None if b is None else np.ones(b), **options)


@pytest.mark.parametrize(
    ("dtype", "options", "message"),
    [
        (complex, {}, "^conv2d: x has dtype complex128; float32, float64 and integers fit$"),
        (np.float16, {}, "^conv2d: x has dtype float16; "),
        (float, {"stride": 1.0}, "^conv2d: stride is 1.0; a whole number fits$"),
        (float, {"groups": True}, "^conv2d: groups is True; a whole number fits$"),
    ],
)
def test_refuses_types_that_do_not_fit(dtype, options, message):
    with pytest.raises(TypeError, match=message):
        conv2d_forward(np.ones((1, 1, 3, 3), dtype=dtype), np.ones((1, 1, 2, 2)), **options)


def test_the_upstream_gradient_has_the_shape_of_y():
    _, cache = conv2d_forward(np.ones((1, 1, 4, 4)), np.ones((2, 1, 3, 3)))
    with pytest.raises(ValueError, match=r"^conv2d: dy has shape \(1, 2, 4, 4\) but y had \(1, 2, 2, 2\)$"):
        conv2d_backward(np.ones((1, 2, 4, 4)), cache)
