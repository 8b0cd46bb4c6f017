"""A layer trained without labels: what it brings back of data it has not seen."""

import numpy as np
import pytest

from cnnlib.network import fit_autoencoder
from cnnlib.ops.activations import sigmoid_backward, sigmoid_forward
from cnnlib.optim import SGD


def data(seed, N=300, n=12, kinds=3):
    """Points of a plane of few dimensions, a little beside it."""
    directions = np.random.default_rng(0).normal(size=(kinds, n)) / np.sqrt(n)
    rng = np.random.default_rng(seed)
    return rng.normal(size=(N, kinds)) @ directions + 0.01 * rng.normal(size=(N, n))


def share_brought_back(network, x):
    return 1 - ((network.forward(x) - x) ** 2).sum() / ((x - x.mean(axis=0)) ** 2).sum()


def fresh_rng():
    return np.random.default_rng(5)


def test_brings_back_what_it_has_not_seen_through_as_many_numbers_as_the_data_need():
    enough = fit_autoencoder(data(1), 3, rng=fresh_rng())
    too_few = fit_autoencoder(data(1), 1, rng=fresh_rng())
    untrained = fit_autoencoder(data(1), 3, rng=fresh_rng(), steps=0)
    assert share_brought_back(enough, data(2)) > 0.9
    assert share_brought_back(too_few, data(2)) < 0.7
    assert share_brought_back(untrained, data(2)) < 0


def test_takes_another_activation_and_another_rule():
    settings = {"activation": (sigmoid_forward, sigmoid_backward), "optimizer": SGD(lr=0.1, momentum=0.9)}
    network = fit_autoencoder(data(1), 6, rng=fresh_rng(), steps=1000, **settings)
    assert share_brought_back(network, data(2)) > 0.8


def test_one_seed_gives_one_network_and_the_data_stay():
    x = data(1).astype(np.float32)
    before = x.copy()
    one, other = (fit_autoencoder(x, 2, rng=fresh_rng(), steps=5).params for _ in range(2))
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name])
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: fit_autoencoder(data(1)[0], 2, rng=fresh_rng()), ValueError, r"fit_autoencoder: x has 1 axes but 2"),
        (lambda: fit_autoencoder(data(1), 0, rng=fresh_rng()), ValueError, r"fit_autoencoder: hidden is 0; 1 or more"),
        (lambda: fit_autoencoder(data(1), 2, rng=3), TypeError, r"fit_autoencoder: rng is 3; a generator fits"),
        (lambda: fit_autoencoder(data(1), 2, rng=fresh_rng(), steps=-1), ValueError, r"steps is -1; 0 or more"),
        (lambda: fit_autoencoder(data(1), 2, rng=fresh_rng(), batch_size=0), ValueError, r"batch_size is 0; 1 or"),
    ],
)
def test_refusals(call, error, message):
    with pytest.raises(error, match=message):
        call()
