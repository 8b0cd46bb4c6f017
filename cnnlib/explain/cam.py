"""Class activation mapping, for networks that end in global average and one linear layer (Zhou et al., 2016)."""

import torch
from torch import Tensor, nn

from cnnlib.explain._model import (
    Images,
    Layer,
    Target,
    as_images,
    at_rest,
    capture,
    find_layer,
    last_map,
    scores_of,
    wanted_classes,
)


def cam(
    model: nn.Module,
    x: Images,
    target: Target = None,
    *,
    layer: Layer | None = None,
    head: Layer | None = None,
) -> Tensor:
    """The map (N, h, w): the layer's maps, each weighted by what the head makes of its mean, summed.

    Its mean, with the head's bias, is the target score. `layer` gives the maps that are averaged, and `head` is the
    linear layer after that; left out, they are the last of their kind.
    """
    with at_rest(model), torch.no_grad():
        images = as_images("cam", x).detach()
        module = last_map("cam", model, images) if layer is None else find_layer("cam", model, layer)
        linear = _last_linear(model) if head is None else find_layer("cam", model, head)
        if not isinstance(linear, nn.Linear):
            raise TypeError(f"cam: head is a {type(linear).__name__}; a Linear fits")
        with capture("cam", module) as outputs:
            scores = scores_of("cam", model, images)
        maps = outputs.only("cam")
        _require_average_and_linear(maps, linear, scores)
        weights = linear.weight[wanted_classes("cam", scores, target)]
        # (N, C) and (N, C, h, w) -> (N, h, w)
        return (weights[:, :, None, None] * maps).sum(dim=1)


def _last_linear(model: nn.Module) -> nn.Module:
    linears = [module for module in model.modules() if isinstance(module, nn.Linear)]
    if not linears:
        raise ValueError("cam: the model has no Linear; grad_cam needs none")
    return linears[-1]


def _require_average_and_linear(maps: Tensor, linear: nn.Linear, scores: Tensor) -> None:
    """Only where the scores are the head's answer to the mean of the maps is this map an explanation."""
    if maps.ndim == 4 and maps.shape[1] == linear.in_features:
        rebuilt = linear(maps.mean(dim=(2, 3)))
        if rebuilt.shape == scores.shape and torch.allclose(rebuilt, scores, rtol=1e-3, atol=1e-4):
            return
    raise ValueError(
        f"cam: the scores are not {linear} of the mean of the layer's maps {tuple(maps.shape)}; "
        "a network that ends so fits, and grad_cam fits any"
    )
