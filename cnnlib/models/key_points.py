"""Points found by heat maps (Tompson and others 2014): one map a point, bright where the point is."""

import torch
from torch import Tensor, nn

KEY_POINT_STRIDE = 4  # pixels of the image from one place of the maps to the next


class KeyPointNetwork(nn.Module):
    """Halved three times and doubled once; what was there before the third halving is added to what comes back."""

    def __init__(self, points: int, channels: int, *, width: int) -> None:
        super().__init__()
        self.down = nn.Sequential(
            *_layer(channels, width // 2, 5, stride=2),
            *_layer(width // 2, width, 3, stride=2),
            *_layer(width, width, 3),
        )
        self.bottom = nn.Sequential(
            *_layer(width, 2 * width, 3, stride=2),
            *_layer(2 * width, 2 * width, 3),
            nn.ConvTranspose2d(2 * width, width, kernel_size=2, stride=2),
        )
        self.head = nn.Sequential(*_layer(width, width, 3), nn.Conv2d(width, points, kernel_size=1))

    def forward(self, x: Tensor) -> Tensor:
        """Scores (N, points, H/4, W/4) for each place, of images (N, channels, H, W)."""
        x = self.down(x)
        return self.head(x + self.bottom(x))


def key_point_network(points: int = 11, *, channels: int = 1, width: int = 24) -> KeyPointNetwork:
    """One map for each point, for images whose sides 8 divides."""
    return KeyPointNetwork(points, channels, width=width)


def heat(scores: Tensor) -> Tensor:
    """Each map of scores (N, P, h, w) as probabilities that the point is at this place: they sum to 1."""
    return scores.flatten(2).softmax(dim=2).reshape(scores.shape)


def heat_loss(scores: Tensor, wanted: Tensor) -> Tensor:
    """The cross-entropy of `heat(scores)` and the maps that are wanted, the mean over all points."""
    return -(wanted * scores.flatten(2).log_softmax(dim=2).reshape(scores.shape)).sum(dim=(2, 3)).mean()


def heatmaps(points: Tensor, height: int, width: int, *, sigma: float = 0.7) -> Tensor:
    """The map that is wanted for each of points (N, P, 2) of images of height x width: (N, P, height/4, width/4).

    A bump around the point, `sigma` places wide, which sums to 1. Points are counted right and down in pixels from
    the middle of the first one.
    """
    right, down = ((points + 0.5) / KEY_POINT_STRIDE - 0.5).unbind(dim=-1)
    bumps = []
    for middle, places in ((down, height // KEY_POINT_STRIDE), (right, width // KEY_POINT_STRIDE)):
        away = torch.arange(places) - middle[..., None]
        bumps.append((-(away**2) / (2 * sigma**2)).softmax(dim=-1))
    # (N, P, h, 1) · (N, P, 1, w)
    return bumps[0][..., :, None] * bumps[1][..., None, :]


def peaks(maps: Tensor, *, stride: int = KEY_POINT_STRIDE, reach: int = 1) -> Tensor:
    """Where each of maps (N, P, h, w), none below 0, is highest: (N, P, 2), right and down in pixels of the image.

    Between the places too: the centroid of what lies at most `reach` places from the highest one.
    """
    h, w = maps.shape[2:]
    best = maps.flatten(2).argmax(dim=2)
    rows, columns = torch.arange(h), torch.arange(w)
    near_row = (rows - (best // w)[..., None]).abs() <= reach
    near_column = (columns - (best % w)[..., None]).abs() <= reach
    weights = maps * (near_row[..., :, None] & near_column[..., None, :])
    weights = weights / weights.sum(dim=(2, 3), keepdim=True)
    right, down = (weights.sum(dim=2) * columns).sum(dim=2), (weights.sum(dim=3) * rows).sum(dim=2)
    return (torch.stack([right, down], dim=2) + 0.5) * stride - 0.5


def _layer(channels: int, width: int, size: int, stride: int = 1) -> list[nn.Module]:
    """A convolution that keeps the sides but for its stride, batch normalisation and a ReLU."""
    conv = nn.Conv2d(channels, width, size, stride=stride, padding=size // 2, bias=False)
    return [conv, nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
