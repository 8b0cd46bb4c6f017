"""The soft Dice loss: how little a mask of probabilities overlaps with the true one (Milletari and others 2016)."""

import torch
from torch import Tensor


def dice_loss(scores: Tensor, masks: Tensor, *, smooth: float = 1.0) -> Tensor:
    """1 - (2 Σ p t + smooth) / (Σ p + Σ t + smooth), for each class, over the pixels of all images; then the mean.

    scores (N, classes, H, W) become probabilities p; masks (N, H, W) hold each pixel's class.
    """
    p = scores.softmax(dim=1)
    t = torch.nn.functional.one_hot(masks, p.shape[1]).movedim(3, 1).to(p.dtype)
    both, sizes = (p * t).sum(dim=(0, 2, 3)), (p + t).sum(dim=(0, 2, 3))
    return (1 - (2 * both + smooth) / (sizes + smooth)).mean()
