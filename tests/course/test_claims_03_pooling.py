"""The ledger of lesson 03: what the sources state, recomputed; and where they are wrong, the right figure.

G: GLO-4030/7030 decks, C: Cabessa, B: "Réseaux convolutifs" notes.
"""

from fractions import Fraction

import numpy as np
import pytest

import cnnlib

PLANE = np.array([[5, 3, 0, 3], [4, 0, 9, 4], [2, 4, 1, 2], [1, 3, 2, 3]])
BATCH = PLANE[None, None].astype(float)
CHANCES = [["5/12", "3/12", "4/12", "0"], ["0", "3/16", "9/16", "4/16"], ["2/10", "4/10", "1/10", "3/10"]]
CHANCES += [["1/8", "2/8", "2/8", "3/8"]]


def windows():
    """The four windows of 2 by 2, in reading order, as lists of fractions."""
    return [[Fraction(int(v)) for v in PLANE[r : r + 2, s : s + 2].ravel()] for r in (0, 2) for s in (0, 2)]


def one_draw_each(seeds):
    """What stochastic pooling in training makes of the plane, once a seed."""
    for seed in seeds:
        rng = np.random.default_rng(seed)
        yield cnnlib.stochastic_pool2d_forward(BATCH, 2, rng=rng, training=True)[0][0, 0]


def test_g_the_maxima():
    np.testing.assert_array_equal(cnnlib.max_pool2d_forward(BATCH, 2)[0][0, 0], [[5, 9], [4, 3]])


def test_g_the_means():
    np.testing.assert_array_equal(cnnlib.avg_pool2d_forward(BATCH, 2)[0][0, 0], [[3, 4], [2.5, 2]])


def test_g_the_chances_of_stochastic_pooling():
    assert [[v / sum(window) for v in window] for window in windows()] == [
        [Fraction(p) for p in row] for row in CHANCES
    ]


def test_g_at_test_each_value_counts_by_its_chance():
    expected = [float(sum(v * v for v in window) / sum(window)) for window in windows()]
    rng = np.random.default_rng(0)
    y, _ = cnnlib.stochastic_pool2d_forward(BATCH, 2, rng=rng, training=False)
    np.testing.assert_allclose(y.ravel(), expected)
    np.testing.assert_allclose(expected, [50 / 12, 106 / 16, 3, 2.25])


def test_g_the_draw_shown_can_be_drawn_and_is_neither_the_maximum_nor_the_only_one():
    """The deck's example: 4 9 over 3 2."""
    drawn = {tuple(y.ravel().tolist()) for y in one_draw_each(range(400))}
    assert (4, 9, 3, 2) in drawn
    assert len(drawn) > 20


def test_c_the_running_maximum_of_1_to_7_over_3():
    count = np.arange(1, 8).reshape(1, 1, 1, 7)
    y, _ = cnnlib.max_pool2d_forward(count, (1, 3), stride=1)
    np.testing.assert_array_equal(y.ravel(), [3, 4, 5, 6, 7])


@pytest.mark.parametrize("pool", [cnnlib.max_pool2d_forward, cnnlib.avg_pool2d_forward])
@pytest.mark.parametrize(("H", "W", "h", "w"), [(7, 7, 3, 3), (4, 9, 2, 5)])
def test_c_sizes_after_pooling_hold_for_a_stride_of_1_only(pool, H, W, h, w):
    x = np.zeros((1, 3, H, W))
    assert pool(x, (h, w), stride=1)[0].shape == (1, 3, H - h + 1, W - w + 1)
    assert pool(x, (h, w), stride=2)[0].shape == (1, 3, (H - h) // 2 + 1, (W - w) // 2 + 1)


def test_b_says_windows_of_2p_overlap_if_q_is_below_p_where_they_do_below_2p():
    def overlap(p, q):
        """Whether two neighbouring windows share a value, as the backward pass of a sum tells."""
        row = np.zeros((1, 1, 1, 2 * p + q))
        y, cache = cnnlib.avg_pool2d_forward(row, (1, 2 * p), stride=q)
        assert y.shape[3] == 2
        return cnnlib.avg_pool2d_backward(np.ones(y.shape), cache).max() > 1 / (2 * p)

    for p in range(1, 5):
        for q in range(1, 2 * p + 3):
            assert overlap(p, q) == (q < 2 * p)
    assert overlap(2, 3)  # though 3 is not below 2


def test_c_pooling_has_no_parameters_so_65664_in_a_row_of_max_pooling_are_none():
    """The layer of lesson 08's network holds nothing to learn; the figure is that of the row before, counted again."""
    layer = cnnlib.max_pool2d_forward(np.zeros((1, 1, 2, 2)), 2)[1]
    assert all(array.dtype.kind == "u" for array in layer[:2])  # it remembers places, and no weights
    assert 138_423_208 - 65_664 == 138_357_544


def test_g_alexnet_pools_from_55_to_27_to_13_to_6():
    assert [cnnlib.output_size(n, 3, stride=2) for n in (55, 27, 13)] == [27, 13, 6]


def test_a_classifier_over_means_is_small_beside_one_over_maps():
    """What the lesson sets against each other."""
    assert cnnlib.linear_parameters(6 * 6 * 256, 4096) == 37_752_832
    assert cnnlib.linear_parameters(256, 1000) == 257_000


def test_a_stride_of_2_costs_a_quarter_and_a_convolution_in_place_of_pooling_36928_parameters():
    full, halved = (cnnlib.conv2d_multiplications(64, 64, 3, (side, side)) for side in (56, 28))
    assert full == 4 * halved == 115_605_504
    assert cnnlib.conv2d_parameters(64, 64, 3) == 36_928
