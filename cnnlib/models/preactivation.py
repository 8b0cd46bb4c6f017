"""ResNets whose shortcuts are never touched: pre-activation (He et al. 2016b, figure 4e) and wide (2016, table 1)."""

from collections import OrderedDict
from collections.abc import Sequence

from torch import Tensor, nn

from cnnlib.models.resnet import initialise_residual


def preactivation_resnet18(classes: int = 1000) -> "PreactivationResNet":
    """ResNet-18 with batch normalisation and ReLU before each convolution."""
    return PreactivationResNet(PreactivationBlock, (2, 2, 2, 2), classes)


def preactivation_resnet34(classes: int = 1000) -> "PreactivationResNet":
    """ResNet-34 with batch normalisation and ReLU before each convolution."""
    return PreactivationResNet(PreactivationBlock, (3, 4, 6, 3), classes)


def preactivation_resnet50(classes: int = 1000) -> "PreactivationResNet":
    """ResNet-50 with batch normalisation and ReLU before each convolution."""
    return PreactivationResNet(PreactivationBottleneck, (3, 4, 6, 3), classes)


def preactivation_resnet101(classes: int = 1000) -> "PreactivationResNet":
    """ResNet-101 with batch normalisation and ReLU before each convolution."""
    return PreactivationResNet(PreactivationBottleneck, (3, 4, 23, 3), classes)


def preactivation_resnet152(classes: int = 1000) -> "PreactivationResNet":
    """ResNet-152 with batch normalisation and ReLU before each convolution."""
    return PreactivationResNet(PreactivationBottleneck, (3, 8, 36, 3), classes)


def wide_resnet(depth: int = 28, widen: int = 10, classes: int = 10, *, channels: int = 3) -> nn.Sequential:
    """WRN-depth-widen (table 1) for images (N, channels, 32, 32): three groups of (depth - 4) / 6 blocks."""
    if depth < 10 or (depth - 4) % 6:
        raise ValueError(f"wide_resnet: depth is {depth}; 10, 16, 22, 28 and so on fit")
    blocks = (depth - 4) // 6
    widths = [16 * widen, 32 * widen, 64 * widen]
    network = nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(channels, 16, 3, padding=1, bias=False),
            conv2=_stage(PreactivationBlock, blocks, 16, widths[0], stride=1),
            conv3=_stage(PreactivationBlock, blocks, widths[0], widths[1], stride=2),
            conv4=_stage(PreactivationBlock, blocks, widths[1], widths[2], stride=2),
            bn=nn.BatchNorm2d(widths[2]),
            relu=nn.ReLU(inplace=True),
            avgpool=nn.AdaptiveAvgPool2d(1),
            flatten=nn.Flatten(),
            fc=nn.Linear(widths[2], classes),
        )
    )
    initialise_residual(network)
    return network


class PreactivationBlock(nn.Module):
    """y = x + F(x) where F is twice batch normalisation, ReLU, 3x3 convolution."""

    expansion = 1

    def __init__(self, channels: int, width: int, stride: int = 1) -> None:
        super().__init__()
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv1 = nn.Conv2d(channels, width, 3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.relu = nn.ReLU()
        self.downsample = _shortcut(channels, width, stride)

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, H, W) -> (N, width, H / stride, W / stride)."""
        activated = self.relu(self.bn1(x))
        shortcut = x if self.downsample is None else self.downsample(activated)
        y = self.conv1(activated)
        y = self.conv2(self.relu(self.bn2(y)))
        return shortcut + y


class PreactivationBottleneck(nn.Module):
    """y = x + F(x) where F is thrice batch normalisation, ReLU, convolution: 1x1, 3x3, 1x1."""

    expansion = 4

    def __init__(self, channels: int, width: int, stride: int = 1) -> None:
        super().__init__()
        out = width * self.expansion
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv1 = nn.Conv2d(channels, width, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride=stride, padding=1, bias=False)
        self.bn3 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, out, 1, bias=False)
        self.relu = nn.ReLU()
        self.downsample = _shortcut(channels, out, stride)

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, H, W) -> (N, 4 · width, H / stride, W / stride)."""
        activated = self.relu(self.bn1(x))
        shortcut = x if self.downsample is None else self.downsample(activated)
        y = self.conv1(activated)
        y = self.conv2(self.relu(self.bn2(y)))
        y = self.conv3(self.relu(self.bn3(y)))
        return shortcut + y


class PreactivationResNet(nn.Module):
    """The columns of ResNet's table 1 from pre-activation blocks, for images (N, 3, 224, 224)."""

    def __init__(
        self, block: type[PreactivationBlock] | type[PreactivationBottleneck], depths: Sequence[int], classes: int
    ) -> None:
        super().__init__()
        out = block.expansion
        self.conv1 = nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = _stage(block, depths[0], 64, 64, stride=1)
        self.layer2 = _stage(block, depths[1], 64 * out, 128, stride=2)
        self.layer3 = _stage(block, depths[2], 128 * out, 256, stride=2)
        self.layer4 = _stage(block, depths[3], 256 * out, 512, stride=2)
        self.bn = nn.BatchNorm2d(512 * out)
        self.relu = nn.ReLU()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(512 * out, classes)
        initialise_residual(self)

    def forward(self, x: Tensor) -> Tensor:
        """Scores (N, classes) of images (N, 3, H, W)."""
        x = self.maxpool(self.conv1(x))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        x = self.avgpool(self.relu(self.bn(x))).flatten(1)  # (N, C, 1, 1) -> (N, C)
        return self.fc(x)


def _shortcut(channels: int, out: int, stride: int) -> nn.Conv2d | None:
    """Nothing where the shapes agree, else a 1x1 convolution of what the block has activated."""
    if stride == 1 and channels == out:
        return None
    return nn.Conv2d(channels, out, 1, stride=stride, bias=False)


def _stage(
    block: type[PreactivationBlock] | type[PreactivationBottleneck],
    depth: int,
    channels: int,
    width: int,
    *,
    stride: int,
) -> nn.Sequential:
    """Blocks of one size, the first of which may halve it."""
    rest = [block(width * block.expansion, width) for _ in range(depth - 1)]
    return nn.Sequential(block(channels, width, stride), *rest)
