"""Where torchvision has the same network: names, shapes, counts, answers and the accuracies cited."""

import pytest
import torch
import torchvision_networks

from cnnlib import models
from cnnlib.models import summary

NETWORKS = torchvision_networks.load()
COUNTS = {
    "alexnet": 61_100_840,
    "vgg16": 138_357_544,
    "vgg19": 143_667_240,
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "wide_resnet50_2": 68_883_240,
    "densenet121": 7_978_856,
}


def without_storage(name, **options):
    with torch.device("meta"):
        return getattr(models, name)(**options)


@pytest.mark.parametrize("name", NETWORKS)
def test_parameters_have_the_same_names_and_shapes(name):
    state = {key: list(tensor.shape) for key, tensor in without_storage(name).state_dict().items()}
    assert state == NETWORKS[name]["state"]


@pytest.mark.parametrize("name", COUNTS)
def test_counts_are_those_that_everybody_cites(name):
    assert sum(parameter.numel() for parameter in without_storage(name).parameters()) == COUNTS[name]


@pytest.mark.parametrize("name", NETWORKS)
def test_costs_what_is_published(name):
    options = {"auxiliary": False} if name == "googlenet" else {}
    ledger = summary(without_storage(name, **options), (3, 224, 224))
    assert ledger.parameters == NETWORKS[name]["parameters"]
    assert ledger.multiplications / 1e9 == pytest.approx(NETWORKS[name]["giga_multiplications"], abs=6e-4)


@pytest.mark.parametrize("name", sorted(torchvision_networks.ASKED))
def test_answers_alike_with_the_same_parameters(name):
    answer = torchvision_networks.answer(getattr(models, name)())
    assert answer == pytest.approx(NETWORKS[name]["answer"], rel=1e-6)


def test_accuracies_are_those_published():
    cited = {name: (point.top1, point.top5) for name, point in models.PUBLISHED.items()}
    assert cited == {name: (NETWORKS[name]["top1"], NETWORKS[name]["top5"]) for name in cited}


def test_densenet_also_loads_the_names_of_the_published_file():
    network = models.densenet121()
    state = {
        name.replace("norm1", "norm.1").replace("conv2.", "conv.2."): tensor + 1
        for name, tensor in network.state_dict().items()
    }
    assert any("norm.1" in name for name in state)
    network.load_state_dict(state)
    assert network.features.denseblock1.denselayer1.norm1.bias.eq(1).all()
