"""Gradient ascent: draw the image that a class, or a unit, answers to most."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from cnnlib.explain._model import Layer, at_rest, capture, find_layer, gradients, scores_of, target_score
from cnnlib.ops._arguments import generator, number, whole


class Ascent(NamedTuple):
    """The image (C, H, W) at the end, and the score before each step and after the last."""

    image: Tensor
    scores: list[float]


def ascend(
    model: nn.Module,
    target: int,
    shape: Sequence[int],
    *,
    rng: np.random.Generator,
    layer: Layer | None = None,
    steps: int = 100,
    step: float = 1.0,
    decay: float = 0.01,
) -> Ascent:
    """Climb from faint noise of `shape` (C, H, W): x ← (1 - decay) x + step · g / |g|, g the gradient of the score.

    The score is that of class `target`; with a layer, the mean of its map `target`. Without decay, what the score
    does not depend on keeps its noise.
    """
    generator("ascend", rng)
    whole("ascend", "steps", steps, least=1)
    number("ascend", "step", step, least=0)
    number("ascend", "decay", decay, least=0, most=1)
    if len(shape) != 3:
        raise ValueError(f"ascend: shape is {tuple(shape)}; (C, H, W) fits")
    like = next(model.parameters(), torch.empty(0))
    noise = 0.01 * rng.standard_normal((1, *shape))
    reached = []
    with at_rest(model):
        image = torch.as_tensor(noise, dtype=like.dtype, device=like.device)
        for _ in range(steps):
            image = image.detach().requires_grad_()
            score = _score(model, image, target, layer)
            gradient = gradients("ascend", score, image)
            reached.append(score.item())
            image = (1 - decay) * image + step * gradient / gradient.norm().clamp(min=1e-12)
        reached.append(_score(model, image, target, layer).item())
    return Ascent(image.detach()[0], reached)


def _score(model: nn.Module, image: Tensor, target: int, layer: Layer | None) -> Tensor:
    if layer is None:
        return target_score("ascend", scores_of("ascend", model, image), target)
    with capture("ascend", find_layer("ascend", model, layer)) as outputs:
        model(image.clone())
    maps = outputs.only("ascend")
    # (1, C, h, w) or (1, C) -> (1, C)
    return target_score("ascend", maps.flatten(2).mean(dim=2) if maps.ndim > 2 else maps, target)
