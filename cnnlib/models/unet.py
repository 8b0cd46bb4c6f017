"""U-Net (Ronneberger, Fischer and Brox 2015, figure 1): down, across, and up again."""

from itertools import pairwise

import torch
from torch import Tensor, nn


def unet(classes: int = 2, *, channels: int = 1) -> "UNet":
    """The U-Net of figure 1, without padding: (N, channels, 572, 572) -> (N, classes, 388, 388)."""
    return UNet(channels, classes, width=64, depth=4, padding=0)


class UNet(nn.Module):
    """`depth` halvings from `width` maps on.

    With padding 1 there is a score for each pixel of x, where its sides halve so often without remainder.
    batch_norm puts a batch normalisation behind each 3x3 convolution; the paper had none.
    """

    def __init__(
        self, channels: int, classes: int, *, width: int, depth: int, padding: int, batch_norm: bool = False
    ) -> None:
        super().__init__()
        widths = [width * 2**level for level in range(depth + 1)]
        self.down = nn.ModuleList(
            double_conv(before, after, padding, batch_norm) for before, after in pairwise([channels, *widths])
        )
        self.pool = nn.MaxPool2d(2)
        self.up = nn.ModuleList(UpBlock(2 * width, width, padding, batch_norm) for width in reversed(widths[:-1]))
        self.head = nn.Conv2d(width, classes, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        """Scores (N, classes, h, w) of images (N, channels, H, W)."""
        *downs, bottom = self.down
        skips = []
        for down in downs:
            x = down(x)
            skips.append(x)
            x = self.pool(x)
        x = bottom(x)
        for up in self.up:
            x = up(x, skips.pop())
        return self.head(x)


class UpBlock(nn.Module):
    """Twice the size with half the maps, beside the maps that were kept on the way down; then two convolutions."""

    def __init__(self, channels: int, width: int, padding: int, batch_norm: bool) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(channels, width, kernel_size=2, stride=2)
        self.conv = double_conv(2 * width, width, padding, batch_norm)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        """(N, channels, H, W) and (N, width, 2H or more, 2W or more) -> (N, width, h, w)."""
        x = self.up(x)
        return self.conv(torch.cat([crop(skip, x), x], dim=1))


def double_conv(channels: int, width: int, padding: int, batch_norm: bool) -> nn.Sequential:
    """Twice a 3x3 convolution, batch normalisation where asked for, and a ReLU."""
    layers: list[nn.Module] = []
    for before in (channels, width):
        layers.append(nn.Conv2d(before, width, 3, padding=padding))
        if batch_norm:
            layers.append(nn.BatchNorm2d(width))
        layers.append(nn.ReLU(inplace=True))
    return nn.Sequential(*layers)


def crop(x: Tensor, like: Tensor) -> Tensor:
    """The middle of x (N, C, H, W), as high and wide as `like`."""
    (H, W), (h, w) = x.shape[2:], like.shape[2:]
    top, left = (H - h) // 2, (W - w) // 2
    return x[:, :, top : top + h, left : left + w]
