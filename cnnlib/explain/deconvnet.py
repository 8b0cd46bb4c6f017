"""Deconvnet: send an activation back to the pixels (Zeiler and Fergus, 2014).

Filters are applied transposed, what comes to a ReLU is rectified again, and max-pooling is undone with switches: each
value returns to the place that it came from. All but the rectifying is what a gradient does on its way back.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnnlib.explain._model import (
    Images,
    Layer,
    Target,
    as_images,
    at_rest,
    capture,
    find_layer,
    gradients,
    scores_of,
    target_score,
)
from cnnlib.explain._rectifiers import Rectifiers, require_all_seen


def deconvnet(model: nn.Module, x: Images, target: Target = None, *, layer: Layer | None = None) -> Tensor:
    """What (N, C, H, W) of each image the target score comes from.

    With a layer, the target is one of its maps, and the map's strongest activation alone is sent back.
    """
    with at_rest(model), Rectifiers(rectified):
        images = as_images("deconvnet", x)
        if layer is None:
            score = scores_of("deconvnet", model, images)
        else:
            with capture("deconvnet", find_layer("deconvnet", model, layer)) as outputs:
                model(images.clone())
            # (N, C, h, w) or (N, C) -> (N, C)
            score = outputs.only("deconvnet").flatten(2).amax(dim=2) if outputs[0].ndim > 2 else outputs[0]
        require_all_seen("deconvnet", score)
        return gradients("deconvnet", target_score("deconvnet", score, target), images)


def rectified(dy: Tensor, _x: Tensor) -> Tensor:
    """Back through a ReLU as forward through one: where x was does not matter."""
    return dy.clamp(min=0)


class Pooled(NamedTuple):
    """Max-pooled maps (N, C, h, w) and their switches: the place, counted row by row, that each maximum came from."""

    maps: Tensor
    switches: Tensor


def pool_with_switches(x: Tensor, size: int, stride: int | None = None) -> Pooled:
    """Max-pooling of x (N, C, H, W) that remembers where each maximum was."""
    return Pooled(*functional.max_pool2d(x, size, stride, return_indices=True))


def unpool(y: Tensor, switches: Tensor, height: int, width: int) -> Tensor:
    """Each value of y (N, C, h, w) back at its switch in (N, C, height, width), zeros elsewhere.

    Where windows overlap and share a maximum, their values are added.
    """
    if y.shape != switches.shape:
        raise ValueError(f"unpool: y has shape {tuple(y.shape)} but switches {tuple(switches.shape)}")
    if switches.numel() and int(switches.max()) >= height * width:
        raise ValueError(f"unpool: a switch is {int(switches.max())}; 0 to {height * width - 1} fit {height}x{width}")
    N, C, _, _ = y.shape
    flat = torch.zeros(N, C, height * width, dtype=y.dtype, device=y.device)
    return flat.scatter_add(2, switches.flatten(2), y.flatten(2)).reshape(N, C, height, width)
