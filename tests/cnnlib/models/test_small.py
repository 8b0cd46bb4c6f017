"""The small networks: one convention for all."""

import pytest
import torch
from torch import nn

from cnnlib import models

CLASSIFIERS = [
    models.small_densenet,
    models.small_inception,
    models.small_nin,
    models.small_preactivation_resnet,
    models.small_resnet,
    models.small_vgg,
]


@pytest.mark.parametrize("make", CLASSIFIERS)
@pytest.mark.parametrize(("channels", "side"), [(1, 8), (3, 16), (2, 32), (1, 13)])
def test_scores_images_of_any_small_size(make, channels, side):
    network = make(channels, 7)
    assert network(torch.zeros(2, channels, side, side)).shape == (2, 7)


@pytest.mark.parametrize("make", CLASSIFIERS)
def test_has_the_same_three_parts(make):
    torch.manual_seed(0)
    network = make(1, 5, width=16).eval()
    assert [name for name, _ in network.named_children()] == ["features", "pool", "classifier"]
    x = torch.randn(2, 1, 12, 12)
    maps = network.features(x)
    scores = maps.mean(dim=(2, 3)) @ network.classifier.weight.T + network.classifier.bias
    torch.testing.assert_close(network(x), scores)
    assert isinstance(network.classifier, nn.Linear)


@pytest.mark.parametrize("make", CLASSIFIERS)
def test_stays_small_and_grows_with_its_width(make):
    counts = [sum(p.numel() for p in make(1, 10, width=width).parameters()) for width in (16, 32)]
    assert counts[0] < 80_000
    assert 3 < counts[1] / counts[0] < 4


@pytest.mark.parametrize("make", [*CLASSIFIERS, models.small_unet])
def test_every_parameter_learns(make):
    torch.manual_seed(1)
    network = make(1, 3)
    network(torch.randn(4, 1, 16, 16)).square().sum().backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in network.parameters())


def test_small_unet_scores_each_pixel():
    assert models.small_unet(3, 4)(torch.zeros(2, 3, 16, 24)).shape == (2, 4, 16, 24)


def test_small_unet_has_batch_normalisation_where_it_is_asked_for():
    plain, normalised = models.small_unet(), models.small_unet(batch_norm=True)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in plain.modules())
    assert sum(isinstance(module, nn.BatchNorm2d) for module in normalised.modules()) == 10
