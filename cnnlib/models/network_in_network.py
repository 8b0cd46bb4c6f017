"""Network in Network (Lin, Chen and Yan 2014, figure 2), as its authors trained it on CIFAR-10."""

from collections import OrderedDict

from torch import nn


def network_in_network(classes: int = 10, *, channels: int = 3) -> nn.Sequential:
    """Three mlpconv layers and the mean of a map for each class, for images (N, channels, 32, 32)."""
    return nn.Sequential(
        OrderedDict(
            mlpconv1=mlpconv(channels, (192, 160, 96), kernel_size=5),
            pool1=nn.MaxPool2d(3, stride=2, ceil_mode=True),
            drop1=nn.Dropout(0.5),
            mlpconv2=mlpconv(96, (192, 192, 192), kernel_size=5),
            pool2=nn.AvgPool2d(3, stride=2, ceil_mode=True),
            drop2=nn.Dropout(0.5),
            mlpconv3=mlpconv(192, (192, 192, classes), kernel_size=3),
            head=global_average_head(),
        )
    )


def mlpconv(channels: int, filters: tuple[int, int, int], *, kernel_size: int) -> nn.Sequential:
    """A convolution that keeps the size, then a small network on each pixel: two 1x1 convolutions."""
    first, second, third = filters
    return nn.Sequential(
        OrderedDict(
            conv=nn.Conv2d(channels, first, kernel_size, padding=kernel_size // 2),
            relu=nn.ReLU(),
            cccp1=nn.Conv2d(first, second, kernel_size=1),  # cascaded cross-channel parametric pooling, says the paper
            relu1=nn.ReLU(),
            cccp2=nn.Conv2d(second, third, kernel_size=1),
            relu2=nn.ReLU(),
        )
    )


def global_average_head() -> nn.Sequential:
    """A map for each class (N, classes, H, W), and its mean as the score (N, classes): nothing to learn."""
    return nn.Sequential(OrderedDict(pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten()))
