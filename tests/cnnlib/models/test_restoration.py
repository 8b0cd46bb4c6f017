"""The restoring networks: shapes, where they begin, and that they learn."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from cnnlib.models import Colouriser, Denoiser, Enlarger, enlarge_bicubic

X = torch.rand(2, 1, 12, 16, generator=torch.Generator().manual_seed(0))
NETWORKS = [(Denoiser, 1, 1), (Enlarger, 1, 2), (Colouriser, 2, 1)]


@pytest.mark.parametrize(("build", "channels", "times"), NETWORKS)
def test_shapes(build, channels, times):
    assert build()(X).shape == (2, channels, times * 12, times * 16)


def test_channels_and_depth_are_as_asked():
    x = torch.rand(1, 3, 8, 8)
    assert Denoiser(3)(x).shape == (1, 3, 8, 8)
    assert Enlarger(3)(x).shape == (1, 3, 16, 16)
    for network in (Denoiser(depth=4), Enlarger(depth=4)):
        assert sum(isinstance(module, nn.Conv2d) for module in network.modules()) == 4


def test_they_begin_near_the_image_as_it_is():
    torch.manual_seed(0)
    assert (Denoiser().eval()(X) - X).abs().mean() < 0.1
    assert (Enlarger()(X) - enlarge_bicubic(X)).abs().mean() < 0.1


def test_bicubic_enlargement_keeps_what_is_even():
    torch.testing.assert_close(enlarge_bicubic(torch.full((1, 1, 4, 4), 0.3)), torch.full((1, 1, 8, 8), 0.3))


@pytest.mark.parametrize(("build", "channels", "times"), NETWORKS)
def test_they_learn_one_batch(build, channels, times):
    torch.manual_seed(0)
    network = build()
    wanted = torch.rand(2, channels, times * 12, times * 16)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    losses = []
    for _ in range(30):
        loss = functional.mse_loss(network(X), wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.9 * losses[0]
