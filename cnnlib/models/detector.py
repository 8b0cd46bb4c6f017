"""A small detector that slides: at every place of its maps it says what is there, and how far its box reaches.

Without anchors, as in FCOS (Tian and others 2019): each place scores the classes, and measures the distances from
its own middle to the four sides of the box around it.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from cnnlib.metrics import non_max_suppression
from cnnlib.models.vgg import POOL, vgg_features
from cnnlib.ops._arguments import Array

DETECTOR_STRIDE = 4  # pixels of the image from one place of the maps to the next
CORE = 0.5  # of a box, around its middle: the places there answer for it


class Detections(NamedTuple):
    """What was found in one image, the highest score first: boxes (M, 4), scores (M,) from 0 to 1, labels (M,)."""

    boxes: Array
    scores: Array
    labels: Array


class Detector(nn.Module):
    """Five convolutions, halved twice, and one more of 1x1 that gives `classes` scores and four distances."""

    def __init__(self, channels: int, classes: int, *, width: int) -> None:
        super().__init__()
        self.classes = classes
        configuration = (width, POOL, 2 * width, 2 * width, POOL, 4 * width, 4 * width)
        self.features = vgg_features(channels, configuration, batch_norm=True)
        self.head = nn.Conv2d(4 * width, classes + 4, kernel_size=1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Scores (N, classes, h, w), before the sigmoid, and boxes (N, 4, h, w) in pixels, of images (N, C, H, W)."""
        scores, distances = self.head(self.features(x)).split((self.classes, 4), dim=1)
        left, top, right, bottom = (DETECTOR_STRIDE * functional.softplus(distances)).unbind(dim=1)
        down, across = _middles(*scores.shape[2:])
        return scores, torch.stack([across - left, down - top, across + right, down + bottom], dim=1)


def detector(channels: int = 1, classes: int = 5, *, width: int = 12) -> Detector:
    """A detector for images whose sides 4 divides; it sees 30x30 pixels around each place."""
    return Detector(channels, classes, width=width)


class Places(NamedTuple):
    """What each place (h, w) of N images should say: its class or -1 (N, h, w), and its box (N, 4, h, w)."""

    labels: Tensor
    boxes: Tensor


def assign(boxes: tuple[Array, ...], labels: tuple[Array, ...], height: int, width: int) -> Places:
    """Give each box to the places whose middles lie in its core, the smaller box where two cores meet.

    boxes and labels are those of each image, of height x width pixels.
    """
    h, w = height // DETECTOR_STRIDE, width // DETECTOR_STRIDE
    down, across = (middles.numpy() for middles in _middles(h, w))
    said = np.full((len(boxes), h, w), -1, dtype=np.int64)
    where = np.zeros((len(boxes), 4, h, w), dtype=np.float32)
    for n, (its_boxes, its_labels) in enumerate(zip(boxes, labels, strict=True)):
        sizes = (its_boxes[:, 2:] - its_boxes[:, :2]).prod(axis=1)
        for j in np.argsort(-sizes, kind="stable"):
            left, top, right, bottom = its_boxes[j]
            near_across = abs(across - (left + right) / 2) <= max(CORE * (right - left), DETECTOR_STRIDE) / 2
            near_down = abs(down - (top + bottom) / 2) <= max(CORE * (bottom - top), DETECTOR_STRIDE) / 2
            said[n, near_down & near_across] = its_labels[j]
            where[n, :, near_down & near_across] = its_boxes[j]
    return Places(torch.from_numpy(said), torch.from_numpy(where))


def detection_loss(scores: Tensor, boxes: Tensor, places: Places) -> Tensor:
    """Binary cross-entropy for each class at each place, and 1 - IoU of the box where something is."""
    there = places.labels >= 0
    wanted = functional.one_hot(places.labels.clamp(min=0), scores.shape[1]) * there[..., None]
    count = there.sum().clamp(min=1)
    of_classes = functional.binary_cross_entropy_with_logits(scores, wanted.movedim(3, 1).float(), reduction="sum")
    found, true = (each.movedim(1, 3)[there] for each in (boxes, places.boxes))
    return (of_classes + (1 - _iou_of_pairs(found, true)).sum()) / count


def detect(network: Detector, x: Tensor, *, least: float = 0.05, threshold: float = 0.5) -> list[Detections]:
    """What the network finds in each of images (N, C, H, W), in eval mode.

    Places with a score of `least` or more are read, and non-maximum suppression leaves, in each class, no two boxes
    whose intersection over union is above `threshold`.
    """
    network.eval()
    with torch.no_grad():
        scores, boxes = network(x)
    found = []
    for n in range(len(x)):
        sure, where = scores[n].sigmoid().numpy(), boxes[n].numpy()
        labels, rows, columns = np.nonzero(sure >= least)
        values, corners = sure[labels, rows, columns], where[:, rows, columns].T
        kept = _kept_in_each_class(corners, values, labels, threshold)
        found.append(Detections(corners[kept], values[kept], labels[kept]))
    return found


def _kept_in_each_class(boxes: Array, scores: Array, labels: Array, threshold: float) -> Array:
    """The places of the boxes that stay, the highest score first."""
    kept = [np.zeros(0, dtype=np.int64)]
    for label in np.unique(labels):
        mine = np.flatnonzero(labels == label)
        kept.append(mine[non_max_suppression(boxes[mine], scores[mine], threshold)])
    places = np.concatenate(kept)
    return places[np.argsort(-scores[places], kind="stable")]


def _middles(h: int, w: int) -> tuple[Tensor, Tensor]:
    """How far down (h, 1) and across (1, w) the middle of each place lies in the image, in pixels from its corner."""
    down, across = (DETECTOR_STRIDE * (torch.arange(n, dtype=torch.float32) + 0.5) for n in (h, w))
    return down[:, None], across[None]


def _iou_of_pairs(a: Tensor, b: Tensor) -> Tensor:
    """Intersection over union (M,) of the boxes a (M, 4) and b (M, 4) in the same row."""
    corner, opposite = torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])
    shared = (opposite - corner).clamp(min=0).prod(dim=1)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(dim=1) for boxes in (a, b)]
    return shared / (areas[0] + areas[1] - shared)
