"""The patches that excite a unit most: what its map is highest for, cut out of the images."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnnlib.explain._model import Images, Layer, as_images
from cnnlib.explain.activations import activations
from cnnlib.explain.field import field_of
from cnnlib.ops._arguments import whole


class Patches(NamedTuple):
    """Patches (count, C, h, w), the strongest first, zero where they reach past the border.

    Beside them (count,) the activations and the images' numbers, and the boxes (count, 4) as top, left, bottom, right,
    each with what is past the border.
    """

    patches: Tensor
    activations: Tensor
    images: Tensor
    boxes: Tensor


def top_patches(model: nn.Module, x: Images, layer: Layer, unit: int, *, count: int = 9) -> Patches:
    """What map `unit` of the layer answers to most among x (N, C, H, W): the best place of each of `count` images."""
    images = as_images("top_patches", x).detach()
    if whole("top_patches", "count", count, least=1) > len(images):
        raise ValueError(f"top_patches: count is {count} but x has {len(images)} images; each gives one patch")
    maps = activations(model, images, layer)
    if maps.ndim != 4:
        raise ValueError(f"top_patches: the layer gives {tuple(maps.shape)}; maps (N, C, h, w) fit")
    if whole("top_patches", "unit", unit, least=0) >= maps.shape[1]:
        raise ValueError(f"top_patches: unit is {unit}; 0 to {maps.shape[1] - 1} fit")
    # (N, C, h, w) -> (N, h·w)
    best, places = maps[:, unit].flatten(1).max(dim=1)
    strongest = best.topk(count)
    down, across = field_of(model, images, layer)
    boxes = []
    for place in places[strongest.indices].tolist():
        row, column = divmod(place, maps.shape[3])
        (top, bottom), (left, right) = down.seen_by(row), across.seen_by(column)
        boxes.append((top, left, bottom, right))
    patches = torch.stack([_cut(image, box) for image, box in zip(images[strongest.indices], boxes, strict=True)])
    return Patches(patches, strongest.values, strongest.indices, torch.tensor(boxes))


def _cut(image: Tensor, box: tuple[int, int, int, int]) -> Tensor:
    """The part of an image (C, H, W) in a box that may reach past it."""
    _, H, W = image.shape
    top, left, bottom, right = box
    around = max(0, -top, -left, bottom - H, right - W)
    padded = functional.pad(image, (around,) * 4)
    return padded[:, top + around : bottom + around, left + around : right + around]
