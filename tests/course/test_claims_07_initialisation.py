"""The ledger of lesson 07: what the sources state, recomputed; and where they are wrong, the right figure.

B: "Réseaux convolutifs" notes. Variances are means over many draws, each held to several standard errors.
"""

import math

import numpy as np
import pytest

import cnnlib
from cnnlib import init


def rng_of(seed):
    return np.random.default_rng(seed)


def preactivations(x, var_w, seed, outputs=3000):
    """What x (N, n) gives with Gaussian weights of that variance."""
    return x @ init.normal((outputs, x.shape[1]), rng_of(seed), std=math.sqrt(var_w)).T


@pytest.mark.parametrize(("n", "var_w", "var_x"), [(50, 0.3, 1.0), (200, 0.01, 4.0), (300, 1 / 300, 2.0)])
def test_b_var_y_is_n_times_var_w_times_var_x_for_inputs_of_mean_0(n, var_w, var_x):
    x = rng_of(1).normal(0, math.sqrt(var_x), size=(400, n))
    assert preactivations(x, var_w, 2).var() == pytest.approx(n * var_w * var_x, rel=0.05)


def test_the_mean_square_counts_where_the_mean_is_not_0():
    """What the lesson adds: 400 inputs of mean 1 and variance 4 give 5, not 4."""
    x = rng_of(3).normal(1, 2, size=(400, 400))
    assert preactivations(x, 1 / 400, 4).var() == pytest.approx(5, rel=0.05)


def test_b_var_w_of_1_over_n_keeps_the_variance_and_more_or_less_makes_it_explode_or_vanish():
    sizes = {}
    for product in (0.5, 1.0, 2.0):
        x = rng_of(5).normal(size=(50, 300))
        for layer in range(20):
            x = preactivations(x, product / 300, 10 + layer, outputs=300)
        sizes[product] = x.var()
    assert 0.5 < sizes[1.0] < 2
    assert sizes[0.5] / sizes[1.0] == pytest.approx(0.5**20, rel=0.01)
    assert sizes[2.0] / sizes[1.0] == pytest.approx(2.0**20, rel=0.01)


def test_b_xaviers_1_over_n_is_lecuns_and_glorots_where_a_layer_is_square():
    for draw, variance in ((init.lecun_normal, 1 / 80), (init.xavier_normal, 2 / (80 + 400))):
        assert draw((400, 80), rng_of(6)).var() == pytest.approx(variance, rel=0.05)
    square = (250, 250)
    assert init.lecun_normal(square, rng_of(7)).var() == pytest.approx(
        init.xavier_normal(square, rng_of(8)).var(), 0.05
    )


def test_b_hes_2_over_n_keeps_the_mean_square_through_relu():
    x = rng_of(9).normal(size=(200, 500))
    y, _ = cnnlib.relu_forward(preactivations(x, 2 / 500, 10))
    assert (y**2).mean() == pytest.approx((x**2).mean(), rel=0.05)


def test_b_says_he_multiplies_by_the_root_of_n_where_the_deviation_is_the_root_of_2_over_n():
    n = 256
    w = init.he_normal((1000, n), rng_of(11))
    assert w.std() == pytest.approx(math.sqrt(2 / n), rel=0.02)
    assert math.sqrt(2 / n) == pytest.approx(0.088, abs=0.001)
    x = rng_of(12).normal(size=(200, n))
    for deviation, factor in ((math.sqrt(2 / n), 1), (math.sqrt(n), n * n / 2)):
        y, _ = cnnlib.relu_forward(preactivations(x, deviation**2, 13))
        assert (y**2).mean() == pytest.approx(factor, rel=0.05)


def test_relu_leaves_half_of_the_mean_square_and_034_of_the_variance():
    y, _ = cnnlib.relu_forward(rng_of(14).normal(size=1_000_000))
    assert (y**2).mean() == pytest.approx(0.5, abs=0.005)
    assert y.var() == pytest.approx(0.5 - 1 / (2 * math.pi), abs=0.005)
    assert 0.5 / (0.5 - 1 / (2 * math.pi)) == pytest.approx(1.47, abs=0.005)


def test_the_gains_that_the_lesson_prints():
    known = {"identity": 1, "relu": math.sqrt(2), "tanh": 1.593, "sigmoid": 1.846, "selu": 1}
    for name, gain in known.items():
        forward = getattr(cnnlib, f"{name}_forward")
        assert init.gain(lambda z, forward=forward: forward(z)[0]) == pytest.approx(gain, abs=1e-3)


@pytest.mark.parametrize(
    ("with_relu", "std", "fate"),
    [(True, 1 / 16, -1), (False, math.sqrt(2) / 16, 1), (True, 1, 1), (True, math.sqrt(2) / 16, 0), (True, 0.01, -1)],
)
def test_the_five_fates(with_relu, std, fate):
    """The lesson's prediction, measured: what becomes of the mean square in twenty layers of 256."""
    rng = rng_of(15)
    x = rng.normal(size=(100, 256))
    before = (x**2).mean()
    for _ in range(20):
        x = x @ init.normal((256, 256), rng, std=std).T
        x = cnnlib.relu_forward(x)[0] if with_relu else x
    power = math.log10((x**2).mean() / before)
    assert (power > 4) - (power < -4) == fate
