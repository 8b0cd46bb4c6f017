"""The ledger of lesson 02: what the sources state, recomputed; and where they are wrong, the right figure.

G: GLO-4030/7030 decks, M: "Cool Neural Networks", B: "Réseaux convolutifs" notes.
"""

import math

import numpy as np
import pytest

import cnnlib


def layer(x, kernels, side, **how):
    """The output of so many kernels of side x side on a volume."""
    w = np.zeros((kernels, x.shape[1], side, side))
    return cnnlib.conv2d_forward(x, w, np.zeros(kernels), **how)[0]


def image(*shape):
    return np.zeros((1, *shape))


def test_g_sharing_weights_takes_608_parameters_where_a_dense_layer_takes_19_million():
    y = layer(image(3, 32, 32), 8, 5)
    assert y.shape == (1, 8, 28, 28)
    assert cnnlib.conv2d_parameters(3, 8, 5) == (5 * 5 * 3 + 1) * 8 == 608
    assert y.size == 6272
    assert 3 * 32 * 32 + 1 == 3073
    assert cnnlib.linear_parameters(3 * 32 * 32, y.size) == 6272 * 3073 == 19_273_856


def test_g_the_chain_of_three_layers():
    x, shapes = image(3, 32, 32), []
    for kernels, side in ((8, 5), (32, 5), (16, 3)):
        x = layer(x, kernels, side)
        shapes.append(x.shape[1:])
    assert shapes == [(8, 28, 28), (32, 24, 24), (16, 22, 22)]


@pytest.mark.parametrize(("kernel", "padding"), [(3, 1), (5, 2), (7, 3), (9, 4)])
def test_g_the_padding_that_keeps_the_size(kernel, padding):
    assert cnnlib.same_padding(7, kernel) == (padding, padding)
    assert layer(image(1, 11, 12), 1, kernel, padding=padding).shape == (1, 1, 11, 12)


def test_g_7x7_padded_by_1_is_9x9_and_by_2_is_11x11():
    assert cnnlib.output_size(7, 1, padding=1) == 9
    assert cnnlib.output_size(7, 1, padding=2) == 11


def test_g_the_quiz():
    x = image(3, 224, 224)
    assert np.zeros((32, x.shape[1], 5, 5)).shape[1:] == (3, 5, 5)
    assert layer(x, 32, 5).shape == (1, 32, 220, 220)
    assert layer(image(10, 64, 64), 2, 9, padding=4).shape[2:] == (64, 64)


def test_g_says_how_wide_the_padding_is_without_saying_that_the_size_is_kept():
    """Any width gives an output; 4 is the one that keeps 64x64."""
    sizes = {padding: cnnlib.output_size(64, 9, padding=padding) for padding in range(9)}
    assert [padding for padding, size in sizes.items() if size == 64] == [4]
    assert all(size > 0 for size in sizes.values())


def test_g_strides_on_7_values():
    assert [cnnlib.output_size(7, 3, stride=stride) for stride in (1, 2)] == [5, 3]
    assert round((7 - 3) / 3 + 1, 2) == 2.33
    assert [cnnlib.fits_exactly(7, 3, stride=stride) for stride in (1, 2, 3)] == [True, True, False]


def test_g_output_size_and_parameters_by_their_formulas():
    """(W-F+2P)/S+1 where it divides, and F·F·C1·K weights with K biases."""
    for n, kernel, stride, padding in ((32, 5, 1, 0), (32, 5, 1, 2), (227, 11, 4, 0), (7, 3, 2, 1)):
        assert (n - kernel + 2 * padding) / stride + 1 == cnnlib.output_size(n, kernel, stride=stride, padding=padding)
    for channels, kernels, side in ((3, 8, 5), (96, 256, 5)):
        assert cnnlib.conv2d_parameters(channels, kernels, side) == side * side * channels * kernels + kernels


def test_g_3x3_dilated_by_2_has_9_parameters_and_covers_5x5():
    kernel = np.arange(1.0, 10).reshape(1, 1, 3, 3)
    impulse = np.zeros((1, 1, 9, 9))
    impulse[0, 0, 4, 4] = 1
    y = cnnlib.conv2d_forward(impulse, kernel, dilation=2)[0][0, 0]
    rows, columns = np.nonzero(y)
    assert kernel.size == np.count_nonzero(y) == 9
    assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == (5, 5)
    assert cnnlib.receptive_field([(3, 1, 2)]) == 5


def test_g_three_layers_of_3x3_see_7x7_for_45_percent_fewer_weights():
    channels = 10
    small = 3 * cnnlib.conv2d_parameters(channels, channels, 3, bias=False)
    large = cnnlib.conv2d_parameters(channels, channels, 7, bias=False)
    assert cnnlib.receptive_field([(3, 1)] * 3) == cnnlib.receptive_field([(7, 1)]) == 7
    assert (small, large) == (27 * channels**2, 49 * channels**2)
    assert round(100 * (1 - small / large)) == 45


def test_g_says_a_kernel_is_always_as_deep_as_its_input_but_its_alexnet_has_two_groups():
    """60M parameters, as the deck says, are counted with kernels of 48 of 96 channels in the second layer."""
    assert cnnlib.conv2d_parameters(96, 256, 5) == 614_656
    assert cnnlib.conv2d_parameters(96, 256, 5, groups=2) == (5 * 5 * 48 + 1) * 256 == 307_456


def test_m_7x7_with_3x3_and_stride_2_gives_3x3():
    assert layer(image(1, 7, 7), 1, 3, stride=2, padding="valid").shape[2:] == (3, 3)


def test_m_one_kernel_on_a_volume_gives_one_map():
    assert layer(image(3, 6, 6), 1, 3).shape == (1, 1, 4, 4)


@pytest.mark.parametrize("h", [1, 2, 3])
def test_b_n_minus_2h_without_padding_and_2h_rows_of_zeros_to_keep_it(h):
    n = 12
    assert cnnlib.output_size(n, 2 * h + 1) == n - 2 * h
    assert sum(cnnlib.same_padding(n, 2 * h + 1)) == 2 * h


def test_b_counts_skipped_pixels_where_others_count_the_stride():
    """(n-2h)/(s+1) is the size where it is whole; elsewhere it must be rounded up."""
    for n in range(7, 40):
        for h in (1, 2, 3):
            for skipped in range(4):
                true = cnnlib.output_size(n, 2 * h + 1, stride=skipped + 1)
                assert math.ceil((n - 2 * h) / (skipped + 1)) == true
                if (n - 2 * h) % (skipped + 1):
                    assert (n - 2 * h) // (skipped + 1) == true - 1


def test_b_and_g_are_whole_on_different_sizes():
    """What the lesson prints: with a stride of 2, one formula is whole where the other is not."""
    found = [((n - 2) / 2, (n - 3) / 2 + 1, cnnlib.output_size(n, 3, stride=2)) for n in (7, 8, 9)]
    assert found == [(2.5, 3.0, 3), (3.0, 3.5, 3), (3.5, 4.0, 4)]


def test_the_receptive_field_of_the_path_that_the_lesson_draws():
    strides = (1, 2, 1, 2, 1)
    fields = [cnnlib.receptive_field([(3, stride) for stride in strides[:depth]]) for depth in range(1, 6)]
    seen_from_the_top = [cnnlib.receptive_field([(3, stride) for stride in strides[depth:]]) for depth in range(6)]
    assert fields == [3, 5, 9, 13, 21]
    assert seen_from_the_top[::-1] == [1, 3, 7, 9, 19, 21]
