"""GoogLeNet (Szegedy et al. 2015, table 1), as the paper has it and as torchvision has it.

torchvision's has batch normalisation, and a 3x3 convolution where the paper has 5x5: its weights were trained so,
on images scaled to -1 … 1.
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from cnnlib.models.alexnet import local_response_norm


def googlenet(classes: int = 1000, *, auxiliary: bool = True) -> "GoogLeNet":
    """GoogLeNet as torchvision has it, with batch normalisation; 6,624,904 parameters without auxiliary heads."""
    return GoogLeNet(NormalisedConv, classes, auxiliary=auxiliary, large_kernel=3, last_pool=2, dropout=0.2)


def googlenet_2014(classes: int = 1000, *, auxiliary: bool = True) -> "GoogLeNet":
    """GoogLeNet as in the paper, with local response normalisation; 6,998,552 parameters without auxiliary heads."""
    return GoogLeNet(PlainConv, classes, auxiliary=auxiliary, large_kernel=5, last_pool=3, dropout=0.4)


class GoogLeNetOutputs(NamedTuple):
    """What a network with auxiliary heads gives while it trains: scores (N, classes), three times."""

    logits: Tensor
    aux_logits2: Tensor
    aux_logits1: Tensor


class PlainConv(nn.Sequential):
    """A convolution and a ReLU."""

    def __init__(self, channels: int, filters: int, **shape: Any) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, filters, **shape)
        self.relu = nn.ReLU(inplace=True)


class NormalisedConv(nn.Sequential):
    """A convolution, batch normalisation and a ReLU."""

    def __init__(self, channels: int, filters: int, **shape: Any) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, filters, bias=False, **shape)
        self.bn = nn.BatchNorm2d(filters, eps=0.001)
        self.relu = nn.ReLU(inplace=True)


Conv = type[PlainConv] | type[NormalisedConv]


class Inception(nn.Module):
    """Four branches side by side; the numbers are the columns of table 1, from #1x1 to pool proj."""

    def __init__(
        self,
        channels: int,
        ones: int,
        threes_reduce: int,
        threes: int,
        fives_reduce: int,
        fives: int,
        pool_projection: int,
        *,
        conv: Conv = PlainConv,
        large_kernel: int = 5,
    ) -> None:
        super().__init__()
        self.branch1 = conv(channels, ones, kernel_size=1)
        self.branch2 = nn.Sequential(
            conv(channels, threes_reduce, kernel_size=1),
            conv(threes_reduce, threes, kernel_size=3, padding=1),
        )
        self.branch3 = nn.Sequential(
            conv(channels, fives_reduce, kernel_size=1),
            conv(fives_reduce, fives, kernel_size=large_kernel, padding=large_kernel // 2),
        )
        self.branch4 = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1),
            conv(channels, pool_projection, kernel_size=1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, H, W) -> (N, ones + threes + fives + pool_projection, H, W)."""
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], dim=1)


class NaiveInception(nn.Module):
    """Figure 2a: the module as one would first think of it, whose pooling branch can only grow."""

    def __init__(self, channels: int, ones: int, threes: int, fives: int) -> None:
        super().__init__()
        self.branch1 = PlainConv(channels, ones, kernel_size=1)
        self.branch2 = PlainConv(channels, threes, kernel_size=3, padding=1)
        self.branch3 = PlainConv(channels, fives, kernel_size=5, padding=2)
        self.branch4 = nn.MaxPool2d(3, stride=1, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, H, W) -> (N, ones + threes + fives + channels, H, W)."""
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], dim=1)


class AuxiliaryHead(nn.Module):
    """A small classifier halfway, whose gradient reaches the first layers while the network trains."""

    def __init__(self, channels: int, classes: int, conv: Conv) -> None:
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d((4, 4))
        self.conv = conv(channels, 128, kernel_size=1)
        self.fc1 = nn.Linear(128 * 4 * 4, 1024)
        self.relu = nn.ReLU(inplace=True)
        self.dropout = nn.Dropout(0.7)
        self.fc2 = nn.Linear(1024, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Scores (N, classes) of maps (N, channels, H, W)."""
        x = self.conv(self.pool(x)).flatten(1)  # (N, 128, 4, 4) -> (N, 2048)
        return self.fc2(self.dropout(self.relu(self.fc1(x))))


class GoogLeNet(nn.Module):
    """Table 1, for images (N, 3, 224, 224)."""

    def __init__(
        self, conv: Conv, classes: int, *, auxiliary: bool, large_kernel: int, last_pool: int, dropout: float
    ) -> None:
        super().__init__()

        def inception(*columns: int) -> Inception:
            return Inception(*columns, conv=conv, large_kernel=large_kernel)

        def norm() -> nn.Module:
            return local_response_norm() if conv is PlainConv else nn.Identity()

        self.conv1 = conv(3, 64, kernel_size=7, stride=2, padding=3)
        self.maxpool1 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.norm1 = norm()
        self.conv2 = conv(64, 64, kernel_size=1)
        self.conv3 = conv(64, 192, kernel_size=3, padding=1)
        self.norm2 = norm()
        self.maxpool2 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception3a = inception(192, 64, 96, 128, 16, 32, 32)
        self.inception3b = inception(256, 128, 128, 192, 32, 96, 64)
        self.maxpool3 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception4a = inception(480, 192, 96, 208, 16, 48, 64)
        self.inception4b = inception(512, 160, 112, 224, 24, 64, 64)
        self.inception4c = inception(512, 128, 128, 256, 24, 64, 64)
        self.inception4d = inception(512, 112, 144, 288, 32, 64, 64)
        self.inception4e = inception(528, 256, 160, 320, 32, 128, 128)
        self.maxpool4 = nn.MaxPool2d(last_pool, stride=2, ceil_mode=True)
        self.inception5a = inception(832, 256, 160, 320, 32, 128, 128)
        self.inception5b = inception(832, 384, 192, 384, 48, 128, 128)
        self.aux1 = AuxiliaryHead(512, classes, conv) if auxiliary else None
        self.aux2 = AuxiliaryHead(528, classes, conv) if auxiliary else None
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(1024, classes)

    def forward(self, x: Tensor) -> Tensor | GoogLeNetOutputs:
        """Scores (N, classes) of images (N, 3, H, W); while training with auxiliary heads, three of them."""
        x = self.norm1(self.maxpool1(self.conv1(x)))
        x = self.maxpool2(self.norm2(self.conv3(self.conv2(x))))
        x = self.maxpool3(self.inception3b(self.inception3a(x)))
        after_4a = self.inception4a(x)
        after_4d = self.inception4d(self.inception4c(self.inception4b(after_4a)))
        x = self.maxpool4(self.inception4e(after_4d))
        x = self.inception5b(self.inception5a(x))
        x = self.avgpool(x).flatten(1)  # (N, 1024, 1, 1) -> (N, 1024)
        scores = self.fc(self.dropout(x))
        if self.aux1 is None or self.aux2 is None or not self.training:
            return scores
        return GoogLeNetOutputs(scores, self.aux2(after_4d), self.aux1(after_4a))
