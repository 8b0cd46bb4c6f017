"""The ledger of lesson 06: what the sources state, recomputed; and where they are wrong, what is right.

B: "Réseaux convolutifs" notes, G: GLO-4030/7030 decks.
"""

import numpy as np
import pytest

import cnnlib

EPS = 1e-5


@pytest.fixture
def rng():
    return np.random.default_rng(6)


def test_b_at_test_it_is_a_scale_and_a_shift(rng):
    """y = γ/√(Var+ε)·x + (β - γ·mean/√(Var+ε))."""
    x = rng.normal(3, 2, size=(2, 4, 3, 5))
    gamma, beta, mean = rng.normal(size=(3, 4))
    var = rng.uniform(0.1, 4, size=4)
    scale = (gamma / np.sqrt(var + EPS))[:, None, None]
    shift = beta[:, None, None] - scale * mean[:, None, None]
    np.testing.assert_allclose(cnnlib.batch_norm_infer(x, gamma, beta, mean, var, eps=EPS), scale * x + shift)


def test_b_the_variance_remembered_is_the_unbiased_one(rng):
    """Over many batches of m, the mean of m/(m-1) times their variances is the variance that was drawn from."""
    x = rng.normal(0, 3, size=(4, 20_000))  # 20,000 channels stand for as many batches of four values
    _, cache = cnnlib.batch_norm_train_forward(x, np.ones(20_000), np.zeros(20_000))
    np.testing.assert_allclose(cache.unbiased_var, cache.var * 4 / 3)
    assert cache.unbiased_var.mean() == pytest.approx(9, rel=0.02)
    assert cache.var.mean() == pytest.approx(9 * 3 / 4, rel=0.02)


def test_the_batch_itself_is_normalised_by_the_biased_one(rng):
    """Algorithm 1 divides by m, so that the values it gives have variance 1."""
    y, _ = cnnlib.batch_norm_train_forward(rng.normal(5, 2, size=(3, 2)), np.ones(2), np.zeros(2), eps=0)
    np.testing.assert_allclose(y.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose((y**2).mean(axis=0), 1)


def test_b_says_each_activation_by_itself_where_a_channel_has_one_mean(rng):
    x = rng.normal(size=(8, 2, 3, 3)) + np.arange(9).reshape(3, 3)  # each pixel has its own level
    y, cache = cnnlib.batch_norm_train_forward(x, np.ones(2), np.zeros(2))
    assert cache.mean.shape == (2,)
    np.testing.assert_allclose(y.mean(axis=(0, 2, 3)), 0, atol=1e-12)
    assert np.abs(y.mean(axis=0)).max() > 1  # a pixel's own mean stays: all are measured by one rule
    moved, _ = cnnlib.batch_norm_train_forward(np.roll(x, (1, 2), axis=(2, 3)), np.ones(2), np.zeros(2))
    np.testing.assert_allclose(moved, np.roll(y, (1, 2), axis=(2, 3)))


def test_b_says_gamma_and_beta_normalise_where_they_give_spread_and_mean_back(rng):
    y, _ = cnnlib.batch_norm_train_forward(rng.normal(size=(50, 1)), np.array([3.0]), np.array([7.0]), eps=0)
    assert y.mean() == pytest.approx(7)
    assert y.std() == pytest.approx(3)


def test_g_lists_alexnet_as_pool_then_norm_which_has_the_shapes_of_norm_then_pool_and_other_values(rng):
    x = np.abs(rng.normal(size=(1, 96, 55, 55)))
    normed, _ = cnnlib.local_response_norm_forward(x, 5, alpha=5e-4, k=2.0)
    norm_first, _ = cnnlib.max_pool2d_forward(normed, 3, stride=2)
    pooled, _ = cnnlib.max_pool2d_forward(x, 3, stride=2)
    pool_first, _ = cnnlib.local_response_norm_forward(pooled, 5, alpha=5e-4, k=2.0)
    assert norm_first.shape == pool_first.shape == (1, 96, 27, 27)
    assert np.abs(norm_first - pool_first).max() > 1e-4


def test_alexnets_alpha_is_shared_out_here(rng):
    """The article writes α Σ x², torch and cnnlib α/size Σ x²: 10⁻⁴ over five channels is 5·10⁻⁴ here."""
    x = 30 * rng.normal(size=(1, 7, 1, 1))
    padded = np.pad(x.ravel() ** 2, 2)
    totals = np.array([padded[c : c + 5].sum() for c in range(7)])
    article = x.ravel() / (2 + 1e-4 * totals) ** 0.75
    y, _ = cnnlib.local_response_norm_forward(x, 5, alpha=5e-4, k=2.0)
    np.testing.assert_allclose(y.ravel(), article)
    assert not np.allclose(cnnlib.local_response_norm_forward(x, 5, alpha=1e-4, k=2.0)[0].ravel(), article)


def test_a_bias_before_batch_norm_does_nothing_and_gets_no_gradient(rng):
    """What the lesson lets predict: 2, 4, 4, 10 with γ = 3 and β = 1, and a bias of 100."""
    z = np.array([2.0, 4, 4, 10])[:, None]
    gamma, beta = np.array([3.0]), np.array([1.0])
    for bias in (0, 100):
        y, cache = cnnlib.batch_norm_train_forward(z + bias, gamma, beta, eps=0)
        np.testing.assert_allclose(y.ravel(), [-2, 0, 0, 6], atol=1e-12)
    dx, _, _ = cnnlib.batch_norm_train_backward(np.array([[1.0], [2], [3], [4]]), cache)
    assert dx.sum() == pytest.approx(0, abs=1e-12)
