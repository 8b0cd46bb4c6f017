"""The gradient check itself: it finds planted errors of 0.1 % and accepts what is right."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlib.gradcheck import GradientMismatch, check_gradient
from cnnlib.ops.activations import relu_backward, relu_forward, tanh_backward, tanh_forward
from cnnlib.ops.batch_norm import batch_norm_train_backward, batch_norm_train_forward
from cnnlib.ops.cross_entropy import cross_entropy_backward, cross_entropy_forward
from cnnlib.ops.linear import linear_backward, linear_forward


def linear_inputs(rng, N=5, inputs=4, outputs=4):
    return {
        "x": rng.normal(size=(N, inputs)),
        "w": rng.normal(size=(outputs, inputs)),
        "b": rng.normal(size=outputs),
    }


def spoiled(backward, argument, spoil):
    """`backward`, but for the gradient of one argument, which goes through `spoil`."""

    def wrong(dy, cache):
        gradients = list(backward(dy, cache))
        gradients[argument] = spoil(gradients[argument])
        return tuple(gradients)

    return wrong


def scaled(gradient):
    return gradient * 1.001


def one_entry(gradient):
    wrong = gradient.copy()
    wrong.flat[np.abs(gradient).argmax()] *= 1.001
    return wrong


def one_row(gradient):
    wrong = gradient.copy()
    wrong[-1] *= 1.001
    return wrong


def one_sign(gradient):
    wrong = gradient.copy()
    wrong.flat[np.abs(gradient).argmin()] *= -1
    return wrong


def all_signs(gradient):
    return -gradient


def reversed_rows(gradient):
    return gradient[::-1]


def swapped_entries(gradient):
    wrong = gradient.copy()
    wrong.flat[[0, 1]] = wrong.flat[[1, 0]]
    return wrong


def a_constant_more(gradient):
    return gradient + 0.001 * np.abs(gradient).mean()


PLANTED = [scaled, one_entry, one_row, one_sign, all_signs, reversed_rows, swapped_entries, a_constant_more]


@pytest.mark.parametrize(("argument", "name"), [(0, "x"), (1, "w"), (2, "b")])
@pytest.mark.parametrize("spoil", PLANTED)
@pytest.mark.parametrize("seed", range(5))
def test_finds_what_was_planted_in_any_argument(spoil, argument, name, seed):
    rng = np.random.default_rng(seed)
    with pytest.raises(GradientMismatch, match=rf"^linear: the gradient of {name} gives .* where y changes by"):
        check_gradient("linear", linear_forward, spoiled(linear_backward, argument, spoil), linear_inputs(rng), rng=rng)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 40), st.integers(0, 10_000))
def test_finds_one_entry_among_many_and_accepts_what_is_right(N, inputs, outputs, seed):
    rng = np.random.default_rng(seed)
    layer = linear_inputs(rng, N, inputs, outputs)
    check_gradient("linear", linear_forward, linear_backward, layer, rng=rng)
    with pytest.raises(GradientMismatch, match=r"^linear: the gradient of w gives"):
        check_gradient("linear", linear_forward, spoiled(linear_backward, 1, one_entry), layer, rng=rng)


@pytest.mark.parametrize("seed", range(5))
def test_finds_a_transposed_gradient(seed):
    rng = np.random.default_rng(seed)
    with pytest.raises(GradientMismatch, match=r"^linear: the gradient of w gives"):
        check_gradient("linear", linear_forward, spoiled(linear_backward, 1, np.transpose), linear_inputs(rng), rng=rng)


def mean_and_variance_as_constants(dy, cache):
    _, dgamma, dbeta = batch_norm_train_backward(dy, cache)
    return dy * cache.gamma / np.sqrt(cache.var + cache.eps), dgamma, dbeta


def variance_as_a_constant(dy, cache):
    _, dgamma, dbeta = batch_norm_train_backward(dy, cache)
    return (dy - dy.mean(axis=0)) * cache.gamma / np.sqrt(cache.var + cache.eps), dgamma, dbeta


def biased_for_unbiased(dy, cache):
    dx, dgamma, dbeta = batch_norm_train_backward(dy, cache)
    return dx * np.sqrt(cache.var / cache.unbiased_var), dgamma, dbeta


@pytest.mark.parametrize("wrong", [mean_and_variance_as_constants, variance_as_a_constant, biased_for_unbiased])
@pytest.mark.parametrize("N", [3, 400])
def test_finds_a_missing_term(wrong, N):
    rng = np.random.default_rng(0)
    x, gamma, beta = rng.normal(size=(N, 2)), rng.normal(size=2), rng.normal(size=2)
    arrays = {"x": x, "gamma": gamma, "beta": beta}
    check_gradient("batch_norm", batch_norm_train_forward, batch_norm_train_backward, arrays, rng=rng)
    with pytest.raises(GradientMismatch, match=r"^batch_norm: the gradient of x gives"):
        check_gradient("batch_norm", batch_norm_train_forward, wrong, arrays, rng=rng)


def test_finds_what_an_upstream_of_ones_would_hide():
    def deaf(dy, cache):
        return np.full_like(dy, dy.mean()) * (1 - cache.y**2)

    rng = np.random.default_rng(0)
    x = rng.normal(size=(3, 4))
    ones = np.ones((3, 4))
    _, cache = tanh_forward(x)
    np.testing.assert_allclose(deaf(ones, cache), tanh_backward(ones, cache))
    with pytest.raises(GradientMismatch, match=r"^tanh: the gradient of x gives"):
        check_gradient("tanh", tanh_forward, deaf, {"x": x}, rng=rng)


def test_a_loss_is_an_operation_too():
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(size=(4, 3)), rng.integers(3, size=4)

    def forward(logits):
        return cross_entropy_forward(logits, labels)

    check_gradient("loss", forward, lambda dy, c: dy * cross_entropy_backward(c), {"logits": logits}, rng=rng)
    with pytest.raises(GradientMismatch, match=r"^loss: the gradient of logits gives"):
        check_gradient("loss", forward, lambda dy, c: dy * 4 * cross_entropy_backward(c), {"logits": logits}, rng=rng)


def test_says_which_entry_and_both_numbers():
    def forward(x):
        return 3 * x, None

    def backward(dy, cache):
        return 3 * dy * np.array([1, 1.5, 1])

    message = r"^triple: the gradient of x gives (\S+) where y changes by (\S+) for its entry \(1,\) \(x \(3,\)\)$"
    with pytest.raises(GradientMismatch, match=message) as caught:
        check_gradient("triple", forward, backward, {"x": np.ones(3)}, rng=np.random.default_rng(0))
    words = str(caught.value).split()
    assert float(words[6]) / float(words[11]) == pytest.approx(1.5)


def test_nan_is_no_gradient():
    rng = np.random.default_rng(0)
    with pytest.raises(GradientMismatch, match=r"^relu: the gradient of x gives nan"):
        check_gradient("relu", relu_forward, lambda dy, c: dy * np.nan, {"x": rng.uniform(1, 2, size=3)}, rng=rng)


def test_refuses_the_wrong_shape_and_the_wrong_number_of_gradients():
    rng = np.random.default_rng(0)
    layer = linear_inputs(rng)
    with pytest.raises(GradientMismatch, match=r"^linear: the gradient of b has shape \(1, 4\) but b has \(4,\)$"):
        check_gradient("linear", linear_forward, spoiled(linear_backward, 2, np.atleast_2d), layer, rng=rng)
    with pytest.raises(GradientMismatch, match=r"^linear: 2 gradients came back for 3 inputs$"):
        check_gradient("linear", linear_forward, spoiled(linear_backward, 2, lambda _: None), layer, rng=rng)


def test_an_input_that_was_not_given_has_no_gradient():
    rng = np.random.default_rng(0)
    layer = linear_inputs(rng)
    del layer["b"]
    check_gradient("linear", linear_forward, linear_backward, layer, rng=rng)


@pytest.mark.parametrize(
    ("value", "came"), [(np.ones(3, dtype=np.float32), "dtype float32"), ([1.0, 2.0], "list"), (1.0, "float")]
)
def test_works_in_float64_only(value, came):
    with pytest.raises(TypeError, match=f"^check_gradient: x of relu is {came}; a float64 array fits$"):
        check_gradient("relu", relu_forward, relu_backward, {"x": value}, rng=np.random.default_rng(0))


def test_leaves_its_inputs_alone_and_depends_on_its_generator_only():
    x = np.random.default_rng(0).normal(size=(4, 5))
    kept = x.copy()
    seen = []
    for _ in range(2):
        dys = []

        def backward(dy, cache, dys=dys):
            dys.append(dy)
            return tanh_backward(dy, cache)

        check_gradient("tanh", tanh_forward, backward, {"x": x}, rng=np.random.default_rng(3))
        seen.append(dys[0])
    assert np.array_equal(x, kept)
    assert np.array_equal(*seen)
