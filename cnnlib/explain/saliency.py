"""Saliency: how much the score changes when a pixel changes a little (Simonyan, Vedaldi, Zisserman, 2014)."""

from torch import Tensor, nn

from cnnlib.explain._model import Images, Target, as_images, at_rest, gradients, scores_of, target_score


def image_gradient(model: nn.Module, x: Images, target: Target = None) -> Tensor:
    """The gradient (N, C, H, W) of each image's target score, with its sign."""
    return _gradient("image_gradient", model, x, target)


def saliency(model: nn.Module, x: Images, target: Target = None) -> Tensor:
    """The map (N, H, W) of the gradient's magnitude, the greatest over the channels.

    `target` is one class for all images, or one for each; None is the class with the highest score.
    """
    # (N, C, H, W) -> (N, H, W)
    return _gradient("saliency", model, x, target).abs().amax(dim=1)


def _gradient(op: str, model: nn.Module, x: Images, target: Target) -> Tensor:
    with at_rest(model):
        images = as_images(op, x)
        score = target_score(op, scores_of(op, model, images), target)
        return gradients(op, score, images)
