"""Heat maps: drawn, read back, and learnt."""

import numpy as np
import pytest
import torch

from cnnlib import models
from cnnlib.data import draw_figures
from cnnlib.metrics import point_error


def test_one_map_a_point_of_a_quarter_of_the_sides():
    assert models.key_point_network(5, channels=2)(torch.zeros(3, 2, 24, 40)).shape == (3, 5, 6, 10)


def test_maps_are_bumps_that_sum_to_1_with_their_top_at_the_point():
    maps = models.heatmaps(torch.tensor([[[5.5, 13.5], [0.0, 0.0]]]), 24, 32)
    assert maps.shape == (1, 2, 6, 8)
    torch.testing.assert_close(maps.sum(dim=(2, 3)), torch.ones(1, 2))
    assert divmod(maps[0, 0].argmax().item(), 8) == (3, 1)
    assert maps[0, 0, 3, 0].item() == pytest.approx(maps[0, 0, 3, 2].item())


def test_points_come_back_from_their_maps():
    points = torch.from_numpy(draw_figures(40, rng=np.random.default_rng(0)).points)
    maps = models.heatmaps(points, 48, 48)
    assert point_error(models.peaks(maps).numpy(), points.numpy()) < 0.5
    assert point_error(models.peaks(maps, reach=0).numpy(), points.numpy()) > 1.3


def test_a_peak_is_the_centroid_of_its_neighbours_and_of_no_more():
    maps = torch.zeros(1, 2, 4, 5)
    maps[0, 0, 0, 1], maps[0, 0, 0, 2], maps[0, 0, 3, 4] = 3, 1, 2
    maps[0, 1, 3, 4] = 1
    expected = [[[(1.25 + 0.5) * 2 - 0.5, 0.5], [8.5, 6.5]]]
    assert models.peaks(maps, stride=2).tolist() == expected


def test_heat_is_a_softmax_over_the_places_and_its_loss_the_cross_entropy():
    torch.manual_seed(0)
    scores, wanted = torch.randn(2, 3, 4, 5), torch.rand(2, 3, 4, 5)
    torch.testing.assert_close(models.heat(scores).sum(dim=(2, 3)), torch.ones(2, 3))
    expected = -(wanted * models.heat(scores).log()).sum(dim=(2, 3)).mean()
    torch.testing.assert_close(models.heat_loss(scores, wanted), expected)


def test_every_parameter_learns():
    torch.manual_seed(0)
    network = models.key_point_network(3, width=4)
    wanted = models.heatmaps(torch.tensor([[[3.0, 4], [9, 9], [12, 2]]] * 2), 16, 16)
    models.heat_loss(network(torch.randn(2, 1, 16, 16)), wanted).backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in network.parameters())
