"""The ledger of lesson 04: what the sources state, recomputed; and where they are wrong, the right figure.

G: GLO-4030/7030 decks, M: "Cool Neural Networks".
"""

import numpy as np
import pytest

import cnnlib

STEP = 1e-6


def slopes(f, *values):
    """The slope of f along each of its values."""
    found = []
    for place in range(len(values)):
        above, below = list(values), list(values)
        above[place] += STEP
        below[place] -= STEP
        found.append((f(*above) - f(*below)) / (2 * STEP))
    return found


def test_m_the_product_at_4_and_minus_3():
    def product(x, y):
        return x * y

    assert product(4, -3) == -12
    np.testing.assert_allclose(slopes(product, 4.0, -3.0), [-3, 4], atol=1e-8)


def test_m_x_plus_y_times_z_at_minus_2_5_4():
    def graph(x, y, z):
        return x + y * z

    assert graph(-2, 5, 4) == 18
    np.testing.assert_allclose(slopes(graph, -2.0, 5.0, 4.0), [1, 4, 5], atol=1e-8)


def test_m_says_minus_1_at_4_and_minus_3_without_naming_a_function_that_gives_it():
    assert 4 * -3 == -12
    assert 4 + -3 == 1
    assert -1 not in (4 * -3, 4 + -3)


@pytest.fixture
def layer():
    """x, k, y and dy of one plane, none of them square or symmetric."""
    rng = np.random.default_rng(0)
    x, k = rng.normal(size=(6, 8)), rng.normal(size=(3, 2))
    y, cache = cnnlib.conv2d_forward(x[None, None], k[None, None])
    dy = rng.normal(size=y.shape)
    dx, dk, _ = cnnlib.conv2d_backward(dy, cache)
    return x, k, y[0, 0], dy[0, 0], dx[0, 0], dk[0, 0]


def test_g_calls_convolution_what_forward_is_a_cross_correlation(layer):
    x, k, y, *_ = layer
    np.testing.assert_allclose(y, cnnlib.correlate2d(x, k))
    assert not np.allclose(y, cnnlib.convolve2d(x, k))


def test_g_and_so_is_the_gradient_of_the_kernel(layer):
    x, _, _, dy, _, dk = layer
    np.testing.assert_allclose(dk, cnnlib.correlate2d(x, dy))
    assert not np.allclose(dk, cnnlib.convolve2d(x, dy))


def test_g_but_the_gradient_of_the_input_is_a_full_convolution_so_the_flip_matters(layer):
    _, k, _, dy, dx, _ = layer
    h, w = k.shape
    framed = np.pad(dy, ((h - 1, h - 1), (w - 1, w - 1)))
    np.testing.assert_allclose(dx, cnnlib.convolve2d(framed, k))
    assert not np.allclose(dx, cnnlib.correlate2d(framed, k))


def test_the_backward_pass_is_the_transposed_matrix():
    """Lesson 01's matrix of a kernel: forward with it, backward with its transpose, and the adjoint equation."""
    rng = np.random.default_rng(1)
    k, x, dy = rng.normal(size=3), rng.normal(size=7), rng.normal(size=5)
    matrix = np.stack([cnnlib.correlate1d(column, k) for column in np.eye(7)], axis=1)
    dx = cnnlib.convolve1d(np.pad(dy, 2), k)
    np.testing.assert_allclose(matrix.T @ dy, dx)
    np.testing.assert_allclose((matrix @ x) @ dy, x @ dx)


def test_one_step_brings_the_loss_of_the_tiny_network_from_4_to_4_hundredths():
    w, x, b, t = np.array([2.0, -1]), np.array([3.0, 1]), -2.0, 1.0

    def loss(*parameters):
        w1, w2, b = parameters
        return (max(w1 * x[0] + w2 * x[1] + b, 0) - t) ** 2

    gradient = slopes(loss, *w, b)
    np.testing.assert_allclose(gradient, [12, 4, 4], atol=1e-6)
    assert loss(*w, b) == 4
    assert loss(*(np.array([*w, b]) - 0.05 * np.array([12, 4, 4]))) == pytest.approx(0.04)


def test_a_dy_of_ones_sees_neither_a_turned_kernel_gradient_nor_a_gain_of_sums():
    """What the author of two of the broken backward passes relied on."""
    rng = np.random.default_rng(2)
    x, ones = rng.normal(size=(3, 4, 5, 6)), np.ones((3, 4, 5, 6))
    plane, square = x[0, 0], np.ones((2, 3))
    np.testing.assert_allclose(cnnlib.correlate2d(plane, square), cnnlib.convolve2d(plane, square))
    np.testing.assert_allclose((ones * x).sum(axis=(0, 2, 3)), ones.sum(axis=(0, 2, 3)) * x.mean(axis=(0, 2, 3)))
