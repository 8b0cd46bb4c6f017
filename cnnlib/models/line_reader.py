"""A network without a linear layer, which reads lines of any length: scores for each column instead of one answer."""

from torch import nn


def line_reader(classes: int = 11) -> nn.Sequential:
    """Images (N, 1, 12, W) to scores (N, classes, W / 2): three convolutions, the last as high as its maps.

    Class 0 stands for no sign at all.
    """
    return nn.Sequential(
        *_layer(1, 16, padding=1),
        nn.MaxPool2d(2),
        *_layer(16, 32, padding=1),
        nn.MaxPool2d((2, 1)),
        *_layer(32, 64, padding=(0, 1)),  # (N, 64, 1, W / 2)
        nn.Conv2d(64, classes, 1),
        nn.Flatten(2),
    )


def _layer(channels: int, maps: int, padding: int | tuple[int, int]) -> list[nn.Module]:
    return [nn.Conv2d(channels, maps, 3, padding=padding, bias=False), nn.BatchNorm2d(maps), nn.ReLU()]
