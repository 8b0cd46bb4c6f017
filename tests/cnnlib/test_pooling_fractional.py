"""Fractional max pooling: the regions, and the maxima found in them."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlib.gradcheck import check_gradient
from cnnlib.ops.fractional_max_pool2d import (
    fractional_max_pool2d_backward,
    fractional_max_pool2d_forward,
    fractional_regions,
)
from cnnlib.ops.max_pool2d import max_pool2d_backward, max_pool2d_forward


def rng_of(seed):
    return np.random.default_rng(seed)


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 40).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))), st.integers(0, 99))
def test_regions_cover_all_and_are_of_two_neighbouring_sizes(sizes, seed):
    n_in, n_out = sizes
    boundaries = fractional_regions(n_in, n_out, rng_of(seed))
    assert len(boundaries) == n_out + 1
    assert boundaries[0] == 0
    assert boundaries[-1] == n_in
    assert set(np.diff(boundaries)) <= {n_in // n_out, -(-n_in // n_out)}


def test_regions_come_in_every_order():
    seen = {tuple(np.diff(fractional_regions(5, 3, rng_of(seed)))) for seed in range(40)}
    assert seen == {(1, 2, 2), (2, 1, 2), (2, 2, 1)}


@st.composite
def poolings(draw):
    """x with ties, and a size to come out."""
    plane = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    out = draw(st.integers(1, plane[0])), draw(st.integers(1, plane[1]))
    shape = draw(st.integers(1, 2)), draw(st.integers(1, 3)), *plane
    return rng_of(draw(st.integers(0, 999))).integers(-3, 3, shape), out


@settings(deadline=None, max_examples=80)
@given(poolings(), st.sampled_from(["float32", "float64"]), st.integers(0, 99))
def test_each_region_gives_its_maximum_and_the_first_gets_the_gradient(pooling, dtype, seed):
    x, out = pooling
    x = x.astype(dtype)
    before = x.copy()
    y, cache = fractional_max_pool2d_forward(x, out, rng=rng_of(seed))
    dy = rng_of(1).normal(size=y.shape).astype(dtype)
    dx = fractional_max_pool2d_backward(dy, cache)
    expected_y, expected_dx = np.empty_like(y), np.zeros_like(x)
    for i, (top, bottom) in enumerate(pairwise(cache.row_boundaries)):
        for j, (left, right) in enumerate(pairwise(cache.column_boundaries)):
            region = x[:, :, top:bottom, left:right]
            expected_y[:, :, i, j] = region.max(axis=(2, 3))
            for n, c in np.ndindex(x.shape[:2]):
                r, s = np.unravel_index(region[n, c].argmax(), region.shape[2:])
                expected_dx[n, c, top + r, left + s] += dy[n, c, i, j]
    assert y.shape == (*x.shape[:2], *out)
    assert y.dtype == dx.dtype == dtype
    np.testing.assert_array_equal(y, expected_y)
    np.testing.assert_array_equal(dx, expected_dx)
    np.testing.assert_array_equal(x, before)


def test_where_sizes_divide_it_is_max_pooling():
    x = rng_of(0).integers(-9, 9, (2, 3, 6, 8))
    y, cache = fractional_max_pool2d_forward(x, (3, 2), rng=rng_of(0))
    plain, plain_cache = max_pool2d_forward(x, (2, 4))
    np.testing.assert_array_equal(y, plain)
    np.testing.assert_array_equal(fractional_max_pool2d_backward(y, cache), max_pool2d_backward(y, plain_cache))


def test_the_gradient_is_that_of_the_forward():
    rng = rng_of(3)
    x = rng.permutation(2 * 3 * 7 * 6).reshape(2, 3, 7, 6) / 40.0
    check_gradient(
        "fractional_max_pool2d",
        lambda x: fractional_max_pool2d_forward(x, (5, 4), rng=rng_of(0)),
        fractional_max_pool2d_backward,
        {"x": x},
        rng=rng,
    )


def test_the_same_generator_gives_the_same_regions():
    x = rng_of(0).normal(size=(1, 2, 25, 25))
    first, _ = fractional_max_pool2d_forward(x, 18, rng=rng_of(7))
    again, _ = fractional_max_pool2d_forward(x, 18, rng=rng_of(7))
    other, _ = fractional_max_pool2d_forward(x, 18, rng=rng_of(8))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_inputs_need_not_be_contiguous_and_nan_is_passed_on():
    x = rng_of(0).normal(size=(2, 7, 9, 3)).transpose(0, 3, 1, 2)[:, :, ::-1, ::2]
    x[0, 0, 0, 0] = np.nan
    strided, _ = fractional_max_pool2d_forward(x, (5, 3), rng=rng_of(0))
    contiguous, _ = fractional_max_pool2d_forward(x.copy(), (5, 3), rng=rng_of(0))
    np.testing.assert_array_equal(strided, contiguous)
    assert np.isnan(strided).sum() == 1


@pytest.mark.parametrize(
    ("shape", "out", "message"),
    [
        ((3, 4, 4), 2, r"^fractional_max_pool2d: x has 3 axes but 4 fit, \(N, C, H, W\)"),
        ((1, 1, 4, 4), 0, "^fractional_max_pool2d: output_size is 0; 1 or more fits$"),
        ((1, 1, 4, 5), (4, 6), "^fractional_max_pool2d: output_size is 4x6; at most 4x5 fits$"),
        ((1, 1, 0, 5), 1, "^fractional_max_pool2d: x has no pixels"),
    ],
)
def test_refuses_what_does_not_fit(shape, out, message):
    with pytest.raises(ValueError, match=message):
        fractional_max_pool2d_forward(np.ones(shape), out, rng=rng_of(0))


def test_refuses_regions_without_a_value():
    with pytest.raises(ValueError, match=r"^fractional_regions: n_out is 6 but n_in 5; at most 5 fits$"):
        fractional_regions(5, 6, rng_of(0))


def test_refuses_what_is_no_generator():
    with pytest.raises(TypeError, match=r"^fractional_max_pool2d: rng is 0; a generator fits"):
        fractional_max_pool2d_forward(np.ones((1, 1, 4, 4)), 2, rng=0)


def test_refuses_a_gradient_of_another_shape():
    _, cache = fractional_max_pool2d_forward(np.ones((1, 1, 5, 5)), 3, rng=rng_of(0))
    with pytest.raises(ValueError, match=r"^fractional_max_pool2d: dy has shape \(3,\) but y had \(1, 1, 3, 3\)$"):
        fractional_max_pool2d_backward(np.ones(3), cache)
