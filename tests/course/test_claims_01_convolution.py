"""The ledger of lesson 01: what the sources state, recomputed; and where they are wrong, the right figure.

G: GLO-4030/7030 decks, C: Cabessa, M: "Cool Neural Networks".
"""

import numpy as np
import pytest

import cnnlib

X = np.array([1, 4, -1, 0, 2, -2, 1, 3, 3, 1])
K = np.array([1, 2, 0, -1])
IMAGE = np.array(
    [
        [207, 210, 195, 63, 57, 56, 59],
        [204, 212, 197, 82, 76, 74, 75],
        [202, 198, 202, 72, 65, 67, 63],
        [209, 201, 187, 78, 69, 71, 64],
    ]
)
VERTICAL_SOBEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])


def test_c_a_colour_image_fully_connected_to_its_like_takes_39_billion_weights():
    weights = cnnlib.linear_parameters(256 * 256 * 3, 256 * 256 * 3, bias=False)
    assert weights == (256 * 256 * 3) ** 2 == 38_654_705_664
    assert 4 * weights / 1e9 == pytest.approx(154.6, abs=0.05)
    assert 4 * weights / 2**30 == 144


def test_m_a_megapixel_into_a_thousand_neurons_takes_3_billion_weights():
    assert cnnlib.linear_parameters(1000 * 1000 * 3, 1000, bias=False) == 3 * 10**9


def test_c_the_seven_values():
    np.testing.assert_array_equal(cnnlib.correlate1d(X, K), [9, 0, 1, 3, -5, -3, 6])


def test_c_says_stride_2_and_5_values_where_there_are_7_at_stride_1():
    assert cnnlib.output_size(10, 4, stride=1) == 7 == len(cnnlib.correlate1d(X, K))
    assert cnnlib.output_size(10, 4, stride=2) == 4  # stride 2 would not give five either


def test_c_calls_a_cross_correlation_a_convolution():
    signal, kernel = np.array([1, 2, 3, 4]), np.array([3, 2])
    np.testing.assert_array_equal(cnnlib.correlate1d(signal, kernel), [7, 12, 17])
    np.testing.assert_array_equal(cnnlib.convolve1d(signal, kernel), [8, 13, 18])


def test_g_the_sobel_rows_are_those_of_the_cross_correlation():
    rows = [[-26, -533, -517, -28, -2], [-29, -505, -513, -25, -10]]
    np.testing.assert_array_equal(cnnlib.correlate2d(IMAGE, VERTICAL_SOBEL), rows)
    np.testing.assert_array_equal(cnnlib.convolve2d(IMAGE, VERTICAL_SOBEL), -np.array(rows))


def test_c_a_shared_kernel_costs_k_a_output_and_a_matrix_m_a_output():
    """O(k·n) against O(m·n) multiplications, k parameters against m·n; here as a matrix with its zeros."""
    m, k = 30, 4
    n = cnnlib.output_size(m, k)
    matrix = np.stack([cnnlib.correlate1d(unit, np.arange(1.0, k + 1)) for unit in np.eye(m)], axis=1)
    assert np.count_nonzero(matrix) == k * n < cnnlib.linear_multiplications(m, n) == m * n == matrix.size
    assert len(np.unique(matrix[matrix != 0])) == k


def test_a_colour_picture_to_its_like_by_5x5_filters_takes_225_weights():
    """What the lesson sets against the 39 billion."""
    assert cnnlib.conv2d_parameters(3, 3, 5, bias=False) == 225
