"""ResNet (He, Zhang, Ren and Sun 2016, table 1) and wide ResNet (Zagoruyko and Komodakis 2016).

Parameters are named as in torchvision, whose weights load. As there, a bottleneck that halves the sides does so in
its 3x3 convolution; the paper does in the first 1x1, which costs less and throws three quarters of the pixels away.
"""

from collections.abc import Sequence

from torch import Tensor, nn


def resnet18(classes: int = 1000) -> "ResNet":
    """Table 1, 18 layers: two basic blocks at each of four sizes."""
    return ResNet(BasicBlock, (2, 2, 2, 2), classes)


def resnet34(classes: int = 1000) -> "ResNet":
    """Table 1, 34 layers."""
    return ResNet(BasicBlock, (3, 4, 6, 3), classes)


def resnet50(classes: int = 1000) -> "ResNet":
    """Table 1, 50 layers: the 34 with bottlenecks for its basic blocks."""
    return ResNet(Bottleneck, (3, 4, 6, 3), classes)


def resnet101(classes: int = 1000) -> "ResNet":
    """Table 1, 101 layers."""
    return ResNet(Bottleneck, (3, 4, 23, 3), classes)


def resnet152(classes: int = 1000) -> "ResNet":
    """Table 1, 152 layers."""
    return ResNet(Bottleneck, (3, 8, 36, 3), classes)


def wide_resnet50_2(classes: int = 1000) -> "ResNet":
    """ResNet-50 with twice as many filters in the middle of each bottleneck."""
    return ResNet(Bottleneck, (3, 4, 6, 3), classes, widen=2)


def wide_resnet101_2(classes: int = 1000) -> "ResNet":
    """ResNet-101 with twice as many filters in the middle of each bottleneck."""
    return ResNet(Bottleneck, (3, 4, 23, 3), classes, widen=2)


class BasicBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut: y = relu(x + F(x))."""

    expansion = 1

    def __init__(self, channels: int, width: int, stride: int = 1, widen: int = 1) -> None:
        super().__init__()
        width *= widen
        self.conv1 = nn.Conv2d(channels, width, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = _shortcut(channels, width, stride)

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, H, W) -> (N, width, H / stride, W / stride)."""
        shortcut = x if self.downsample is None else self.downsample(x)
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return self.relu(shortcut + y)


class Bottleneck(nn.Module):
    """1x1 to fewer channels, 3x3, 1x1 to four times as many, beside a shortcut."""

    expansion = 4

    def __init__(self, channels: int, width: int, stride: int = 1, widen: int = 1) -> None:
        super().__init__()
        middle, out = width * widen, width * self.expansion
        self.conv1 = nn.Conv2d(channels, middle, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(middle)
        self.conv2 = nn.Conv2d(middle, middle, 3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(middle)
        self.conv3 = nn.Conv2d(middle, out, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = _shortcut(channels, out, stride)

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, H, W) -> (N, 4 · width, H / stride, W / stride)."""
        shortcut = x if self.downsample is None else self.downsample(x)
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return self.relu(shortcut + y)


class ResNet(nn.Module):
    """A column of table 1, for images (N, 3, 224, 224)."""

    def __init__(
        self, block: type[BasicBlock] | type[Bottleneck], depths: Sequence[int], classes: int, *, widen: int = 1
    ) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        out = block.expansion
        self.layer1 = _stage(block, depths[0], 64, 64, stride=1, widen=widen)
        self.layer2 = _stage(block, depths[1], 64 * out, 128, stride=2, widen=widen)
        self.layer3 = _stage(block, depths[2], 128 * out, 256, stride=2, widen=widen)
        self.layer4 = _stage(block, depths[3], 256 * out, 512, stride=2, widen=widen)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(512 * out, classes)
        initialise_residual(self)

    def forward(self, x: Tensor) -> Tensor:
        """Scores (N, classes) of images (N, 3, H, W)."""
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        x = self.avgpool(x).flatten(1)  # (N, C, 1, 1) -> (N, C)
        return self.fc(x)


def initialise_residual(network: nn.Module) -> None:
    """He's normal initialisation, by the number of outputs, for every convolution."""
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")


def _shortcut(channels: int, out: int, stride: int) -> nn.Sequential | None:
    """Nothing where the shapes agree, else a 1x1 convolution: option B of the paper."""
    if stride == 1 and channels == out:
        return None
    return nn.Sequential(nn.Conv2d(channels, out, 1, stride=stride, bias=False), nn.BatchNorm2d(out))


def _stage(
    block: type[BasicBlock] | type[Bottleneck], depth: int, channels: int, width: int, *, stride: int, widen: int
) -> nn.Sequential:
    """Blocks of one size, the first of which may halve it."""
    out = width * block.expansion
    rest = [block(out, width, widen=widen) for _ in range(depth - 1)]
    return nn.Sequential(block(channels, width, stride, widen), *rest)
