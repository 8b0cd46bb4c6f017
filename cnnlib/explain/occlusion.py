"""Occlusion: cover a part of the image and see how far the score falls (Zeiler and Fergus, 2014)."""

from collections.abc import Iterator, Sequence
from itertools import product

import torch
from torch import Tensor, nn

from cnnlib.explain._model import Images, Target, as_images, at_rest, scores_of, target_score, wanted_classes
from cnnlib.ops._arguments import pair


def occlusion(
    model: nn.Module,
    x: Images,
    target: Target = None,
    *,
    size: int | Sequence[int] = 3,
    stride: int | Sequence[int] = 1,
    fill: float | Tensor = 0.0,
) -> Tensor:
    """The map (N, H, W) of how far covering a pixel lowers the target score, on average over the windows that do.

    Windows of `size` move by `stride` until the last reaches the border, where it is cut; they are filled with a
    number, or with a tensor that broadcasts against x (N, C, H, W), such as the mean of the training images.
    """
    h, w = pair("occlusion", "size", size, least=1)
    down, across = pair("occlusion", "stride", stride, least=1)
    if down > h or across > w:
        raise ValueError(f"occlusion: stride is {stride}; at most the size {size} fits, or pixels stay uncovered")
    with at_rest(model), torch.no_grad():
        images = as_images("occlusion", x).detach()
        N, _, H, W = images.shape
        filled = torch.as_tensor(fill, dtype=images.dtype, device=images.device).expand_as(images)
        scores = scores_of("occlusion", model, images)
        classes = wanted_classes("occlusion", scores, target)  # the same when the image is covered
        whole = target_score("occlusion", scores, classes)
        drops, covers = images.new_zeros(N, H, W), images.new_zeros(H, W)
        for rows, columns in _windows((H, W), (h, w), (down, across)):
            covered = images.clone()
            covered[:, :, rows, columns] = filled[:, :, rows, columns]
            drop = whole - target_score("occlusion", scores_of("occlusion", model, covered), classes)
            drops[:, rows, columns] += drop[:, None, None]
            covers[rows, columns] += 1
        return drops / covers


def _windows(image: tuple[int, int], size: tuple[int, int], stride: tuple[int, int]) -> Iterator[tuple[slice, slice]]:
    """The rows and columns of each window; along an axis the last is the first to reach the end."""
    axes = []
    for n, window, step in zip(image, size, stride, strict=True):
        starts = range(0, max(n - window, 0) + step, step)
        axes.append([slice(start, min(start + window, n)) for start in starts])
    yield from product(*axes)
