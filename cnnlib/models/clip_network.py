"""A small network that watches a clip: its kernels cover several frames, so that it sees what moves."""

from collections import OrderedDict

from torch import nn


def clip_network(channels: int = 1, classes: int = 8, *, width: int = 8, depth: int = 3) -> nn.Sequential:
    """Three 3-D convolutions with kernels of (depth, 3, 3), each with batch normalisation; the second halves time.

    Takes clips (N, channels, T, H, W), of any length, and has three parts: `features`, `pool` and `classifier`.
    With depth 1 it looks at each frame by itself.
    """
    features = nn.Sequential(
        *_layer(channels, width, depth, stride=(1, 2, 2)),
        *_layer(width, 2 * width, depth, stride=(2, 2, 2)),
        *_layer(2 * width, 4 * width, depth, stride=(1, 1, 1)),
    )
    pool = nn.Sequential(nn.AdaptiveAvgPool3d(1), nn.Flatten())
    return nn.Sequential(OrderedDict(features=features, pool=pool, classifier=nn.Linear(4 * width, classes)))


def _layer(channels: int, maps: int, depth: int, stride: tuple[int, int, int]) -> list[nn.Module]:
    kernel, padding = (depth, 3, 3), (depth // 2, 1, 1)
    convolution = nn.Conv3d(channels, maps, kernel, stride=stride, padding=padding, bias=False)
    return [convolution, nn.BatchNorm3d(maps), nn.ReLU()]
