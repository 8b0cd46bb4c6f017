"""DenseNet (Huang, Liu, van der Maaten and Weinberger 2017, table 1): each layer reads all that came before it."""

import re
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

OLD_NAME = re.compile(r"(denselayer\d+\.(?:norm|conv))\.([12]\.)")


def densenet121(classes: int = 1000) -> "DenseNet":
    """Table 1, first column, growth rate 32: blocks of 6, 12, 24 and 16 layers."""
    return DenseNet((6, 12, 24, 16), classes)


class DenseLayer(nn.Module):
    """`growth` new maps from all earlier ones: 1x1 to four times as many, then 3x3, both pre-activated."""

    def __init__(self, channels: int, growth: int) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv1 = nn.Conv2d(channels, 4 * growth, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(4 * growth)
        self.conv2 = nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, H, W) -> (N, channels + growth, H, W): what came, and the new maps after it."""
        new = self.conv1(self.relu(self.norm1(x)))
        new = self.conv2(self.relu(self.norm2(new)))
        return torch.cat([x, new], dim=1)


def dense_block(depth: int, channels: int, growth: int) -> nn.Sequential:
    """(N, channels, H, W) -> (N, channels + depth · growth, H, W)."""
    layers = {f"denselayer{i + 1}": DenseLayer(channels + i * growth, growth) for i in range(depth)}
    return nn.Sequential(OrderedDict(layers))


def transition(channels: int) -> nn.Sequential:
    """Half as many maps, at half the size."""
    return nn.Sequential(
        OrderedDict(
            norm=nn.BatchNorm2d(channels),
            relu=nn.ReLU(inplace=True),
            conv=nn.Conv2d(channels, channels // 2, 1, bias=False),
            pool=nn.AvgPool2d(2, stride=2),
        )
    )


class DenseNet(nn.Module):
    """A column of table 1, for images (N, 3, 224, 224)."""

    def __init__(self, depths: Sequence[int], classes: int, *, growth: int = 32) -> None:
        super().__init__()
        channels = 2 * growth
        features: dict[str, nn.Module] = {
            "conv0": nn.Conv2d(3, channels, kernel_size=7, stride=2, padding=3, bias=False),
            "norm0": nn.BatchNorm2d(channels),
            "relu0": nn.ReLU(inplace=True),
            "pool0": nn.MaxPool2d(3, stride=2, padding=1),
        }
        for i, depth in enumerate(depths, start=1):
            features[f"denseblock{i}"] = dense_block(depth, channels, growth)
            channels += depth * growth
            if i < len(depths):
                features[f"transition{i}"] = transition(channels)
                channels //= 2
        features[f"norm{len(depths) + 1}"] = nn.BatchNorm2d(channels)
        self.features = nn.Sequential(OrderedDict(features))
        self.relu = nn.ReLU(inplace=True)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(channels, classes)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight)
        nn.init.zeros_(self.classifier.bias)
        self.register_load_state_dict_pre_hook(_rename_published)

    def forward(self, x: Tensor) -> Tensor:
        """Scores (N, classes) of images (N, 3, H, W)."""
        x = self.relu(self.features(x))
        x = self.avgpool(x).flatten(1)  # (N, C, 1, 1) -> (N, C)
        return self.classifier(x)


def _rename_published(network: nn.Module, state: dict[str, Any], *_: Any) -> None:
    """The published file says norm.1 where modules are called norm1 today."""
    for name in list(state):
        if OLD_NAME.search(name):
            state[OLD_NAME.sub(r"\1\2", name)] = state.pop(name)
