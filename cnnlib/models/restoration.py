"""Small networks that give an image back: without its noise, at twice its size, or in colour."""

from torch import Tensor, nn
from torch.nn import functional


class Denoiser(nn.Module):
    """DnCNN in small (Zhang and others 2017): six layers find the noise, and it is taken away from the image."""

    def __init__(self, channels: int = 1, *, width: int = 16, depth: int = 6) -> None:
        super().__init__()
        middle = [layer for _ in range(depth - 2) for layer in normalised_conv(width, width)]
        last = _quiet(nn.Conv2d(width, channels, 3, padding=1))
        self.noise = nn.Sequential(nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(), *middle, last)

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, H, W) -> the same, cleaner."""
        return x - self.noise(x)


class Enlarger(nn.Module):
    """Twice as high and as wide: bicubic, plus the details that a pixel shuffle puts in (Shi and others 2016)."""

    def __init__(self, channels: int = 1, *, width: int = 32, depth: int = 5) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
        for _ in range(depth - 2):
            layers += [nn.Conv2d(width, width, 3, padding=1), nn.ReLU()]
        self.details = nn.Sequential(*layers, _quiet(nn.Conv2d(width, 4 * channels, 3, padding=1)), nn.PixelShuffle(2))

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, H, W) -> (N, channels, 2H, 2W)."""
        return enlarge_bicubic(x) + self.details(x)


class Colouriser(nn.Module):
    """Two colour channels for a grey image, found at half its size, where eyes see colour well enough."""

    def __init__(self, *, width: int = 24, dilations: tuple[int, ...] = (1, 2, 4)) -> None:
        super().__init__()
        layers = [nn.PixelUnshuffle(2), *normalised_conv(4, width)]
        for dilation in dilations:
            layers += normalised_conv(width, width, dilation)
        self.colours = nn.Sequential(*layers, nn.Conv2d(width, 2, 1))

    def forward(self, x: Tensor) -> Tensor:
        """(N, 1, H, W), sides that 2 divides -> (N, 2, H, W)."""
        return functional.interpolate(self.colours(x), scale_factor=2, mode="bilinear", align_corners=False)


def enlarge_bicubic(x: Tensor) -> Tensor:
    """(N, C, H, W) -> (N, C, 2H, 2W), from the sixteen pixels around each: what no network is needed for."""
    return functional.interpolate(x, scale_factor=2, mode="bicubic", align_corners=False)


def normalised_conv(channels: int, width: int, dilation: int = 1) -> list[nn.Module]:
    """A 3x3 convolution that keeps the size, batch normalisation, and a ReLU."""
    conv = nn.Conv2d(channels, width, 3, padding=dilation, dilation=dilation, bias=False)
    return [conv, nn.BatchNorm2d(width), nn.ReLU()]


def _quiet(conv: nn.Conv2d) -> nn.Conv2d:
    """A last layer that says little at first, so that training begins near the image as it is."""
    conv.weight.data.mul_(0.1)
    if conv.bias is not None:
        conv.bias.data.zero_()
    return conv
