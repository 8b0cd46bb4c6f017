"""A small network that reads one sign on a cluttered 16x16 canvas; what lesson 11 transfers from."""

from collections import OrderedDict

from torch import nn

from cnnlib.models.vgg import POOL, vgg_features


def glyph_reader(channels: int = 1, classes: int = 42) -> nn.Sequential:
    """Four 3x3 convolutions with batch normalisation, halved twice, and the greatest of each quarter.

    Takes images (N, channels, H, W) from 0 to 1 and has three parts: `features`, `pool`, and the linear `classifier`.
    """
    features = vgg_features(channels, (24, POOL, 48, 48, POOL, 96), batch_norm=True)
    # (N, 96, h, w) -> (N, 384)
    pool = nn.Sequential(nn.AdaptiveMaxPool2d(2), nn.Flatten())
    return nn.Sequential(OrderedDict(features=features, pool=pool, classifier=nn.Linear(96 * 4, classes)))
