"""Grad-CAM: which places of a layer's maps speak for the target (Selvaraju et al., 2017)."""

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
    last_map,
    scores_of,
    target_score,
)
from cnnlib.explain.guided_backprop import guided_backprop


def grad_cam(
    model: nn.Module, x: Images, target: Target = None, *, layer: Layer | None = None, rectify: bool = True
) -> Tensor:
    """The map (N, h, w): the layer's maps, each weighted by the mean gradient of the score in it, summed.

    `layer` is a module or its name; left out, the last that gives maps of more than one place. `rectify` keeps
    what speaks for the target and drops what speaks against it.
    """
    with at_rest(model):
        images = as_images("grad_cam", x)
        module = last_map("grad_cam", model, images) if layer is None else find_layer("grad_cam", model, layer)
        with capture("grad_cam", module) as outputs:
            scores = scores_of("grad_cam", model, images)
        maps = outputs.only("grad_cam")
        if maps.ndim != 4:
            raise ValueError(f"grad_cam: the layer gives {tuple(maps.shape)}; maps (N, C, h, w) fit")
        weights = gradients("grad_cam", target_score("grad_cam", scores, target), maps).mean(dim=(2, 3))
        # (N, C) and (N, C, h, w) -> (N, h, w)
        weighted = (weights[:, :, None, None] * maps.detach()).sum(dim=1)
        return weighted.relu() if rectify else weighted


def guided_grad_cam(model: nn.Module, x: Images, target: Target = None, *, layer: Layer | None = None) -> Tensor:
    """Guided backprop (N, C, H, W), weighted by the enlarged map of Grad-CAM: sharp, and about the target."""
    sharp = guided_backprop(model, x, target)
    return sharp * enlarge(grad_cam(model, x, target, layer=layer), sharp)[:, None]


def enlarge(maps: Tensor, like: Images) -> Tensor:
    """Maps (N, h, w) at the height and width of `like` (N, C, H, W), interpolated between places."""
    H, W = like.shape[-2:]
    return functional.interpolate(maps[:, None], size=(H, W), mode="bilinear", align_corners=False)[:, 0]
