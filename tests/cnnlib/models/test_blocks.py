"""The figure of a network, from its ledger."""

import pytest
import torch
from torch import nn

from cnnlib import draw, models
from cnnlib.models import blocks, summary


@pytest.fixture(autouse=True)
def english():
    draw.language("en")
    yield
    draw.language("en")


def test_a_block_for_each_layer_and_what_keeps_its_shape_under_it():
    network = nn.Sequential(
        nn.Conv2d(1, 8, (3, 5), stride=2),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(8 * 6 * 6, 10),
    )
    assert blocks(summary(network, (1, 28, 28))) == [
        ("input", (1, 28, 28), "data"),
        ("Conv2d 3×5, stride 2\nBatchNorm2d, ReLU", (8, 13, 12), "conv"),
        ("MaxPool2d 2×2", (8, 6, 6), "pool"),
        ("Flatten", (288,), "other"),
        ("Linear", (10,), "linear"),
    ]


def test_the_first_layer_is_a_block_whatever_its_shape():
    assert [block.label for block in blocks(summary(nn.Sequential(nn.ReLU()), (1, 4, 4)))] == ["input", "ReLU"]


@pytest.mark.parametrize(
    ("make", "size", "count"),
    [(models.lenet5, (1, 32, 32), 9), (models.alexnet_2012, (3, 227, 227), 13), (models.zfnet, (3, 224, 224), 13)],
)
def test_known_networks_fit_on_a_page(make, size, count):
    with torch.device("meta"):
        path = blocks(summary(make(), size))
    assert len(path) == count
    assert draw.architecture(path, columns=3).get_figheight() < 5


def test_branches_are_refused():
    with pytest.raises(ValueError, match=r"blocks: paths meet at add; layers in one row fit: draw\.Branches shows"):
        blocks(summary(models.BasicBlock(4, 4), (4, 8, 8)))
