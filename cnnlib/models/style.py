"""A photograph painted in the style of another: Gram matrices, and an image that learns (Gatys and others 2016)."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

SCALES = 3  # the image, its half and its quarter: so that small kernels see large patterns


class Painting(NamedTuple):
    """The image (1, C, H, W), and after each step how far it was from the style, and from the content.

    Both are shares: of the distance between the two photographs' styles, and of the variance of the content's maps.
    """

    image: Tensor
    style: list[float]
    content: list[float]


def gram(maps: Tensor) -> Tensor:
    """The mean product (N, C, C) of each two of the maps (N, C, H, W), over all places."""
    N, C, H, W = maps.shape
    rows = maps.reshape(N, C, H * W)
    return rows @ rows.transpose(1, 2) / (H * W)


def rectified_maps(features: nn.Sequential, x: Tensor) -> list[Tensor]:
    """The maps behind each ReLU of `features`, which is in eval mode; what it pools by maximum is averaged.

    Averages let the gradient through to every pixel, where a maximum lets it through to one in four.
    """
    found = []
    for layer in features:
        if isinstance(layer, nn.MaxPool2d):
            x = functional.avg_pool2d(x, layer.kernel_size, layer.stride)
        elif isinstance(layer, nn.ReLU):
            x = functional.relu(x)  # never in place: the maps before are still needed
            found.append(x)
        else:
            x = layer(x)
    return found


def style_grams(features: nn.Sequential, image: Tensor) -> list[Tensor]:
    """The Gram matrices of an image (N, C, H, W), behind each ReLU, at each of three scales."""
    return [gram(maps) for maps in _maps_of_scales(features, image)]


def style_distances(found: list[Tensor], wanted: list[Tensor]) -> Tensor:
    """How far Gram matrices are from those that are wanted: the mean square of each difference."""
    return torch.stack([(one - other).square().mean() for one, other in zip(found, wanted, strict=True)])


def transfer_style(
    features: nn.Sequential,
    content: Tensor,
    style: Tensor,
    *,
    steps: int = 40,
    rate: float = 0.06,
    weight: float = 0.6,
) -> Painting:
    """Change the pixels of `content` (1, C, H, W), from 0 to 1, until they have the Gram matrices of `style`.

    Adam at that rate; `weight` is what the content counts beside the style.
    """
    _require_images(content, style)
    with torch.no_grad():
        wanted = style_grams(features, style)
        what = _maps_of_scales(features, content)
        start = style_distances([gram(maps) for maps in what], wanted)
    image = content.detach().clone().requires_grad_()
    optimizer = torch.optim.Adam([image], lr=rate)
    painting = Painting(image.detach(), [], [])
    for _ in range(steps):
        maps = _maps_of_scales(features, image)
        how_far = (style_distances([gram(each) for each in maps], wanted) / start).mean()
        lost = _content_distance(maps, what)
        (image.grad,) = torch.autograd.grad(how_far + weight * lost, image)
        optimizer.step()
        with torch.no_grad():
            image.clamp_(0, 1)
        painting.style.append(how_far.item())
        painting.content.append(lost.item())
    return painting


def _content_distance(maps: list[Tensor], what: list[Tensor]) -> Tensor:
    """The mean square by which the last maps of each scale differ, as a share of their variance."""
    last = range(len(maps) // SCALES - 1, len(maps), len(maps) // SCALES)
    return torch.stack([(maps[i] - what[i]).square().mean() / what[i].var() for i in last]).mean()


def _maps_of_scales(features: nn.Sequential, image: Tensor) -> list[Tensor]:
    """The rectified maps of the image, then of its half, and so on."""
    found = []
    for scale in range(SCALES):
        found += rectified_maps(features, functional.avg_pool2d(image, 2**scale))
    return found


def _require_images(content: Tensor, style: Tensor) -> None:
    for name, image in (("content", content), ("style", style)):
        if image.ndim != 4 or len(image) != 1:
            raise ValueError(f"transfer_style: {name} has shape {tuple(image.shape)}; one image (1, C, H, W) fits")
