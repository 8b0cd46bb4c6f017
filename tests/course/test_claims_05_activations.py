"""The ledger of lesson 05: what the sources state, recomputed; and where they are wrong, the right figure.

B: "Réseaux convolutifs" notes.
"""

import math
from itertools import product

import numpy as np
import pytest

import cnnlib

RNG = np.random.default_rng(0)
ALPHA = 0.3


def forward_of(name):
    forward = getattr(cnnlib, f"{name}_forward")
    return (lambda x: forward(x, ALPHA)) if name in ("leaky_relu", "elu") else forward


def slopes(name, x):
    """What comes back where 1 is sent back to each value."""
    _, cache = forward_of(name)(x)
    return getattr(cnnlib, f"{name}_backward")(np.ones(x.shape), cache)


def measured(name, x, step=1e-6):
    """How much the value changes when x moves a little to both sides."""
    return (forward_of(name)(x + step)[0] - forward_of(name)(x - step)[0]) / (2 * step)


# The table of functions, as B prints it.
PRINTED = {
    "identity": (lambda x: x, lambda x, y: np.ones(x.shape)),
    "heaviside": (lambda x: np.where(x < 0, 0.0, 1.0), lambda x, y: np.zeros(x.shape)),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), lambda x, y: y * (1 - y)),
    "tanh": (lambda x: 2 / (1 + np.exp(-2 * x)) - 1, lambda x, y: 1 - y**2),
    "arctan": (np.arctan, lambda x, y: 1 / (x**2 + 1)),
    "elu": (lambda x: np.where(x < 0, ALPHA * (np.exp(x) - 1), x), lambda x, y: np.where(x < 0, y + ALPHA, 1.0)),
    "relu": (lambda x: np.where(x < 0, 0.0, x), lambda x, y: np.where(x == 0, 1.0, 0.0)),
}
AWAY_FROM_0 = np.array([-3.0, -1.2, -0.4, 0.3, 1.0, 2.5])


@pytest.mark.parametrize("name", PRINTED)
def test_b_the_functions_of_the_table(name):
    x = np.append(AWAY_FROM_0, 0.0)
    np.testing.assert_allclose(forward_of(name)(x)[0], PRINTED[name][0](x), atol=1e-12)


@pytest.mark.parametrize("name", [name for name in PRINTED if name != "relu"])
def test_b_the_slopes_of_the_table(name):
    y, _ = forward_of(name)(AWAY_FROM_0)
    np.testing.assert_allclose(PRINTED[name][1](AWAY_FROM_0, y), measured(name, AWAY_FROM_0), atol=1e-8)
    np.testing.assert_allclose(slopes(name, AWAY_FROM_0), measured(name, AWAY_FROM_0), atol=1e-8)


def test_b_prints_the_slope_of_relu_as_1_at_0_only_where_it_is_1_right_of_it():
    printed = PRINTED["relu"][1](AWAY_FROM_0, None)
    assert not printed.any()
    np.testing.assert_allclose(measured("relu", AWAY_FROM_0), AWAY_FROM_0 > 0, atol=1e-8)
    np.testing.assert_array_equal(slopes("relu", AWAY_FROM_0), AWAY_FROM_0 > 0)
    assert slopes("relu", np.zeros(1)) == 0  # where there is none, 0 by convention


def test_b_gives_elu_a_slope_of_1_at_0_where_it_has_one_for_an_alpha_of_1_only():
    def from_both_sides(alpha, step=1e-7):
        values = [cnnlib.elu_forward(np.array(x), alpha)[0] for x in (-step, 0.0, step)]
        return np.diff(values) / step

    np.testing.assert_allclose(from_both_sides(ALPHA), [ALPHA, 1], atol=1e-6)
    np.testing.assert_allclose(from_both_sides(1.0), [1, 1], atol=1e-6)


def test_b_softsign_is_the_less_saturated():
    x = np.array([-20.0, -10, 10, 20])
    assert (slopes("softsign", x) > 10 * np.maximum(slopes("sigmoid", x), slopes("tanh", x))).all()


def test_b_softmax_is_the_exponential_over_the_sum_of_exponentials():
    w, x = RNG.normal(size=(5, 3)), RNG.normal(size=3)
    scores, _ = cnnlib.linear_forward(x[None], w)
    total = sum(math.exp(row @ x) for row in w)
    np.testing.assert_allclose(cnnlib.softmax(scores)[0], [math.exp(row @ x) / total for row in w])


def test_b_softmax_of_two_classes_is_logistic_regression():
    scores = RNG.normal(size=(6, 2))
    np.testing.assert_allclose(cnnlib.softmax(scores)[:, 1], cnnlib.sigmoid_forward(scores[:, 1] - scores[:, 0])[0])


def test_b_cross_entropy_with_l2_and_its_gradient():
    """The cost of equation 12: the mean over the images of -log P(right class), and λ times all squares."""
    x, w, labels, strength = RNG.normal(size=(7, 4)), RNG.normal(size=(3, 4)), np.array([0, 2, 1, 1, 0, 2, 2]), 0.1

    def cost(w):
        scores, layer = cnnlib.linear_forward(x, w)
        loss, cache = cnnlib.cross_entropy_forward(scores, labels)
        penalty, kept = cnnlib.l2_penalty_forward(w, strength)
        return loss + penalty, (layer, cache, kept)

    def back(dy, caches):
        layer, cache, kept = caches
        _, dw, _ = cnnlib.linear_backward(cnnlib.cross_entropy_backward(cache), layer)
        return dy * dw + cnnlib.l2_penalty_backward(dy, kept)

    sums = [sum(math.exp(row @ image) for row in w) for image in x]
    by_hand = [
        -math.log(math.exp(w[label] @ image) / total) for image, label, total in zip(x, labels, sums, strict=True)
    ]
    assert cost(w)[0] == pytest.approx(sum(by_hand) / 7 + strength * sum(v * v for v in w.ravel()))
    cnnlib.check_gradient("equation 12", cost, back, {"w": w}, rng=np.random.default_rng(1))


def test_b_dropout_of_w_neurons_makes_2_to_the_w_networks_whose_mean_is_the_full_one():
    values, w, p = RNG.normal(size=(1, 6)), RNG.normal(size=(3, 6)), 0.3
    masks = np.array(list(product((0, 1), repeat=6)))
    assert len(masks) == 2**6
    chances = (p ** (1 - masks) * (1 - p) ** masks).prod(axis=1)
    each, _ = cnnlib.linear_forward(values * masks / (1 - p), w)
    np.testing.assert_allclose(chances @ each, cnnlib.linear_forward(values, w)[0][0])


def test_b_weights_neurons_at_test_by_how_often_they_were_dropped_where_it_is_how_often_they_were_kept():
    """Without rescaling in training, a value is worth (1 - p) x on average; p x is the same for p = 1/2 only."""
    x = np.full(200_000, 10.0)
    for p in (0.2, 0.5, 0.7):
        y, _ = cnnlib.dropout_forward(x, p, rng=np.random.default_rng(0), training=True)
        in_training = (y * (1 - p)).mean()
        assert in_training == pytest.approx(10 * (1 - p), abs=0.1)
        assert (abs(in_training - 10 * p) < 0.1) == (p == 0.5)


def test_b_dropconnect_drops_weights_and_keeps_the_mean():
    x, w = RNG.normal(size=(1, 5)), RNG.normal(size=(3, 5))
    batch = np.repeat(x, 40_000, axis=0)
    y, cache = cnnlib.dropconnect_forward(batch, w, p=0.5, rng=np.random.default_rng(0), training=True)
    assert cache.mask.shape == (40_000, 3, 5)
    np.testing.assert_allclose(y.mean(axis=0), (x @ w.T)[0], atol=0.05)


def test_b_l1_pulls_at_all_weights_alike_and_l2_in_proportion():
    w = np.array([-4.0, -0.5, 0.1, 2])
    _, one = cnnlib.l1_penalty_forward(w, 0.5)
    _, two = cnnlib.l2_penalty_forward(w, 0.5)
    np.testing.assert_allclose(np.abs(cnnlib.l1_penalty_backward(1.0, one)), 0.5)
    np.testing.assert_allclose(cnnlib.l2_penalty_backward(1.0, two) / w, 1)


def test_ten_sigmoids_let_a_millionth_through_at_most():
    grid = np.linspace(-8, 8, 4001)
    assert slopes("sigmoid", grid).max() == pytest.approx(1 / 4)
    assert slopes("sigmoid", np.zeros(10)).prod() == pytest.approx(9.5e-7, rel=0.01)


def test_no_idea_among_ten_classes_costs_log_10():
    loss, _ = cnnlib.cross_entropy_forward(np.zeros((5, 10)), np.arange(5))
    assert loss == pytest.approx(math.log(10)) == pytest.approx(2.303, abs=5e-4)
    assert -math.log(1e-12) == pytest.approx(27.6, abs=0.05)  # where a loss with 10⁻¹² added stops
