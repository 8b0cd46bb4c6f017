"""Small versions of the architectures, for images of 8x8 to 32x32 and minutes of training without a graphics card.

All are made as `small_…(channels, classes, width=…)` and have the same three parts: `features` gives maps
(N, C, h, w), `pool` the mean of each, `classifier` the scores. So a head is replaced in one line, whatever the
network, and a class activation map can be read off. Only `small_unet` gives a score for each pixel.
"""

from collections import OrderedDict

from torch import nn

from cnnlib.models.densenet import dense_block, transition
from cnnlib.models.googlenet import Inception, NormalisedConv
from cnnlib.models.network_in_network import mlpconv
from cnnlib.models.preactivation import PreactivationBlock
from cnnlib.models.resnet import BasicBlock, initialise_residual
from cnnlib.models.unet import UNet
from cnnlib.models.vgg import POOL, vgg_features


def small_vgg(channels: int = 1, classes: int = 10, *, width: int = 16) -> nn.Sequential:
    """Three pairs of 3x3 convolutions with batch normalisation, halved twice."""
    configuration = (width, width, POOL, 2 * width, 2 * width, POOL, 4 * width, 4 * width)
    return _with_head(vgg_features(channels, configuration, batch_norm=True), 4 * width, classes)


def small_nin(channels: int = 1, classes: int = 10, *, width: int = 32) -> nn.Sequential:
    """Two mlpconv layers, halved once."""
    features = nn.Sequential(
        mlpconv(channels, (width, width, width), kernel_size=5),
        nn.MaxPool2d(2),
        mlpconv(width, (2 * width, 2 * width, 2 * width), kernel_size=3),
    )
    return _with_head(features, 2 * width, classes)


def small_inception(channels: int = 1, classes: int = 10, *, width: int = 16) -> nn.Sequential:
    """A convolution and two inception modules, halved once; half of their maps come from 3x3."""
    features = nn.Sequential(
        NormalisedConv(channels, width, kernel_size=3, padding=1),
        _inception(width, 2 * width),
        nn.MaxPool2d(2),
        _inception(2 * width, 4 * width),
    )
    return _with_head(features, 4 * width, classes)


def small_resnet(channels: int = 1, classes: int = 10, *, width: int = 16) -> nn.Sequential:
    """A convolution and three basic blocks, halved twice: eight layers with weights beside the shortcuts."""
    features = nn.Sequential(
        NormalisedConv(channels, width, kernel_size=3, padding=1),
        BasicBlock(width, width),
        BasicBlock(width, 2 * width, stride=2),
        BasicBlock(2 * width, 4 * width, stride=2),
    )
    return _with_head(features, 4 * width, classes)


def small_preactivation_resnet(channels: int = 1, classes: int = 10, *, width: int = 16) -> nn.Sequential:
    """A convolution and three pre-activation blocks, halved twice."""
    features = nn.Sequential(
        nn.Conv2d(channels, width, 3, padding=1, bias=False),
        PreactivationBlock(width, width),
        PreactivationBlock(width, 2 * width, stride=2),
        PreactivationBlock(2 * width, 4 * width, stride=2),
        nn.BatchNorm2d(4 * width),
        nn.ReLU(inplace=True),
    )
    return _with_head(features, 4 * width, classes)


def small_densenet(channels: int = 1, classes: int = 10, *, width: int = 16) -> nn.Sequential:
    """Two dense blocks of three layers, each layer with `width` / 2 new maps, halved once."""
    growth = width // 2
    before, after = width + 3 * growth, (width + 3 * growth) // 2
    features = nn.Sequential(
        nn.Conv2d(channels, width, 3, padding=1, bias=False),
        dense_block(3, width, growth),
        transition(before),
        dense_block(3, after, growth),
        nn.BatchNorm2d(after + 3 * growth),
        nn.ReLU(inplace=True),
    )
    return _with_head(features, after + 3 * growth, classes)


def small_unet(channels: int = 1, classes: int = 2, *, width: int = 8, batch_norm: bool = False) -> UNet:
    """Two halvings and back: (N, channels, H, W) -> (N, classes, H, W), for sides that 4 divides."""
    return UNet(channels, classes, width=width, depth=2, padding=1, batch_norm=batch_norm)


def _inception(channels: int, out: int) -> Inception:
    eighth = out // 8
    columns = (2 * eighth, 2 * eighth, 4 * eighth, eighth, eighth, eighth)
    return Inception(channels, *columns, conv=NormalisedConv)


def _with_head(features: nn.Sequential, maps: int, classes: int) -> nn.Sequential:
    """The three parts that every small classifier has."""
    network = nn.Sequential(
        OrderedDict(
            features=features,
            pool=nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
            classifier=nn.Linear(maps, classes),
        )
    )
    initialise_residual(network)
    return network
