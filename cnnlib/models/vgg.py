"""VGG (Simonyan and Zisserman 2015, table 1): nothing but 3x3 convolutions, halved by pooling."""

from collections.abc import Sequence

from torch import Tensor, nn

POOL = "M"
CONFIGURATIONS: dict[int, tuple[int | str, ...]] = {  # layers with weights: columns A, B, D and E of table 1
    11: (64, POOL, 128, POOL, 256, 256, POOL, 512, 512, POOL, 512, 512, POOL),
    13: (64, 64, POOL, 128, 128, POOL, 256, 256, POOL, 512, 512, POOL, 512, 512, POOL),
    16: (64, 64, POOL, 128, 128, POOL, *[256] * 3, POOL, *[512] * 3, POOL, *[512] * 3, POOL),
    19: (64, 64, POOL, 128, 128, POOL, *[256] * 4, POOL, *[512] * 4, POOL, *[512] * 4, POOL),
}


def vgg11(classes: int = 1000) -> "VGG":
    """Column A: 8 convolutions and 3 fully connected layers."""
    return VGG(CONFIGURATIONS[11], classes)


def vgg13(classes: int = 1000) -> "VGG":
    """Column B: 10 convolutions and 3 fully connected layers."""
    return VGG(CONFIGURATIONS[13], classes)


def vgg16(classes: int = 1000) -> "VGG":
    """Column D: 13 convolutions and 3 fully connected layers."""
    return VGG(CONFIGURATIONS[16], classes)


def vgg19(classes: int = 1000) -> "VGG":
    """Column E: 16 convolutions and 3 fully connected layers."""
    return VGG(CONFIGURATIONS[19], classes)


def vgg11_bn(classes: int = 1000) -> "VGG":
    """Column A with batch normalisation, which came a year later."""
    return VGG(CONFIGURATIONS[11], classes, batch_norm=True)


def vgg13_bn(classes: int = 1000) -> "VGG":
    """Column B with batch normalisation."""
    return VGG(CONFIGURATIONS[13], classes, batch_norm=True)


def vgg16_bn(classes: int = 1000) -> "VGG":
    """Column D with batch normalisation."""
    return VGG(CONFIGURATIONS[16], classes, batch_norm=True)


def vgg19_bn(classes: int = 1000) -> "VGG":
    """Column E with batch normalisation."""
    return VGG(CONFIGURATIONS[19], classes, batch_norm=True)


class VGG(nn.Module):
    """A column of table 1, for images (N, 3, 224, 224)."""

    def __init__(self, configuration: Sequence[int | str], classes: int, *, batch_norm: bool = False) -> None:
        super().__init__()
        self.features = vgg_features(3, configuration, batch_norm=batch_norm)
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096),
            nn.ReLU(inplace=True),
            nn.Dropout(0.5),
            nn.Linear(4096, 4096),
            nn.ReLU(inplace=True),
            nn.Dropout(0.5),
            nn.Linear(4096, classes),
        )
        _initialise(self)

    def forward(self, x: Tensor) -> Tensor:
        """Scores (N, classes) of images (N, 3, H, W)."""
        x = self.features(x)
        x = self.avgpool(x).flatten(1)  # (N, 512, 7, 7) -> (N, 25088)
        return self.classifier(x)


def vgg_features(channels: int, configuration: Sequence[int | str], *, batch_norm: bool = False) -> nn.Sequential:
    """For each number so many 3x3 filters and a ReLU, for each "M" a pooling that halves the sides."""
    layers: list[nn.Module] = []
    for entry in configuration:
        if isinstance(entry, str):
            layers.append(nn.MaxPool2d(2, stride=2))
            continue
        layers.append(nn.Conv2d(channels, entry, kernel_size=3, padding=1))
        if batch_norm:
            layers.append(nn.BatchNorm2d(entry))
        layers.append(nn.ReLU(inplace=True))
        channels = entry
    return nn.Sequential(*layers)


def _initialise(network: nn.Module) -> None:
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, std=0.01)
        if isinstance(layer, nn.Conv2d | nn.Linear) and layer.bias is not None:
            nn.init.zeros_(layer.bias)
