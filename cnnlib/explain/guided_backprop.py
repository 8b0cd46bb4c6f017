"""Guided backprop: the gradient, but only its positive part passes a ReLU (Springenberg et al., 2015)."""

from torch import Tensor, nn

from cnnlib.explain._model import Images, Target, as_images, at_rest, gradients, scores_of, target_score
from cnnlib.explain._rectifiers import Rectifiers, require_all_seen


def guided_backprop(model: nn.Module, x: Images, target: Target = None) -> Tensor:
    """The guided gradient (N, C, H, W) of each image's target score.

    It draws sharp pictures whatever the target is: compare those of two classes, and of random weights.
    """
    with at_rest(model), Rectifiers(guided):
        images = as_images("guided_backprop", x)
        scores = scores_of("guided_backprop", model, images)
        require_all_seen("guided_backprop", scores)
        return gradients("guided_backprop", target_score("guided_backprop", scores, target), images)


def guided(dy: Tensor, x: Tensor) -> Tensor:
    """Back through a ReLU where it let x through, and where dy asks for more."""
    return dy.clamp(min=0) * (x > 0)
