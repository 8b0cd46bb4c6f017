"""The ledger of lesson 12: what its systems reach on images that they have not seen, and what that is measured against.

Each is trained here as in the lesson, so the printed thresholds are tested with the figures behind them.
"""

import importlib
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from cnnlib import data, metrics, models

LESSON = (Path(__file__).parents[2] / "solutions" / "12_beyond.py").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def train(network, loss_of, images, *, epochs, size, rate=0.01):
    """The loop that each of the dense sections writes out."""
    batches = [rows for _ in range(epochs) for rows in torch.randperm(images).split(size)]
    optimizer = torch.optim.Adam(network.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=len(batches))
    for rows in batches:
        loss = loss_of(rows)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    network.eval()


def test_masks_reach_an_iou_of_85_percent_and_beat_the_best_threshold():
    rng = np.random.default_rng(0)
    kinds = ("circle", "triangle", "ring")
    seen, unseen = (data.draw_shapes(n, rng=rng, kinds=kinds, noise=0.1) for n in (400, 200))
    torch.manual_seed(0)
    network = models.small_unet(channels=1, classes=4, width=8, batch_norm=True)
    images, masks = torch.from_numpy(seen.images), torch.from_numpy(seen.masks)

    def loss_of(rows):
        scores = network(images[rows])
        return functional.cross_entropy(scores, masks[rows]) + models.dice_loss(scores, masks[rows])

    train(network, loss_of, len(images), epochs=6, size=12)
    with torch.no_grad():
        found = network(torch.from_numpy(unseen.images)).argmax(dim=1).numpy()
    assert metrics.mask_iou(found, unseen.masks, 4)[1:].mean() >= 0.85
    assert (unseen.masks == 0).mean() >= 0.85
    anything = unseen.masks > 0
    cuts = [metrics.mask_iou(unseen.images[:, 0] > cut, anything, 2)[1] for cut in np.linspace(0.2, 0.7, 26)]
    assert metrics.mask_iou(found > 0, anything, 2)[1] > max(cuts)


def test_with_more_noise_a_threshold_falls_fast():
    shares = []
    for noise in (0.1, 0.2):
        scenes = data.draw_shapes(100, rng=np.random.default_rng(0), noise=noise)
        cuts = np.linspace(0.2, 0.7, 26)
        shares.append(max(metrics.mask_iou(scenes.images[:, 0] > cut, scenes.masks > 0, 2)[1] for cut in cuts))
    assert shares[0] - shares[1] > 0.15


def test_dice_is_iou_on_another_scale():
    rng = np.random.default_rng(0)
    found, true = rng.random((2, 9, 9)) < 0.5
    iou = metrics.mask_iou(found, true, 2)[1]
    assert 2 * (found & true).sum() / (found.sum() + true.sum()) == pytest.approx(2 * iou / (1 + iou))


def test_the_boxes_of_the_example_share_a_seventh():
    a, b = np.array([2, 1, 8, 6]), np.array([5, 3, 12, 9])
    assert metrics.box_iou([a], [b]).item() == pytest.approx(9 / 63)
    (reference,) = importlib.import_module("autograder.exercises.12_beyond").iou.reference
    assert reference(a, b) == pytest.approx(1 / 7)
    assert "(2, 1, 8, 6), of area 30, and $b$ is (5, 3, 12, 9), of area 42" in LESSON


def average_precision(found, scenes):
    parts = [[each[i] for each in found] for i in range(3)]
    return metrics.mean_average_precision(*parts, scenes.boxes, scenes.labels, classes=5)


def test_the_detector_reaches_an_average_precision_of_90_percent_and_needs_suppression():
    rng = np.random.default_rng(0)
    scenes, unseen = (data.draw_shapes(n, rng=rng, noise=0.1) for n in (800, 200))
    torch.manual_seed(0)
    network = models.detector(channels=1, classes=5)
    images, wanted = torch.from_numpy(scenes.images), models.assign(scenes.boxes, scenes.labels, 32, 32)

    def loss_of(rows):
        return models.detection_loss(*network(images[rows]), models.Places(wanted.labels[rows], wanted.boxes[rows]))

    train(network, loss_of, len(images), epochs=6, size=16, rate=0.015)
    pictures = torch.from_numpy(unseen.images)
    ap = average_precision(models.detect(network, pictures), unseen)
    assert ap >= 0.9
    assert average_precision(models.detect(network, pictures, threshold=1.0), unseen) < ap - 0.05


class Regression(nn.Module):
    """The body of the key-point network, and a linear layer that gives the 22 numbers."""

    def __init__(self):
        super().__init__()
        body = models.key_point_network(points=11)
        self.down, self.bottom = body.down, body.bottom
        self.head = nn.Linear(24 * 12 * 12, 22)

    def forward(self, x):
        x = self.down(x)
        return self.head((x + self.bottom(x)).flatten(1)).reshape(-1, 11, 2)


def test_heat_maps_find_joints_within_a_pixel_and_regression_is_twice_as_far_off():
    rng = np.random.default_rng(0)
    figures, unseen = (data.draw_figures(n, rng=rng) for n in (800, 200))
    images, points = torch.from_numpy(figures.images), torch.from_numpy(figures.points)
    wanted = models.heatmaps(points, 48, 48)
    torch.manual_seed(0)
    network = models.key_point_network(points=11)
    train(network, lambda rows: models.heat_loss(network(images[rows]), wanted[rows]), 800, epochs=5, size=16)
    with torch.no_grad():
        maps = models.heat(network(torch.from_numpy(unseen.images)))
    error = metrics.point_error(models.peaks(maps).numpy(), unseen.points)
    assert error <= 1
    assert metrics.point_error(models.peaks(maps, reach=0).numpy(), unseen.points) >= 1.3

    torch.manual_seed(0)
    direct = Regression()
    target = points / 24 - 1  # from -1 to 1
    train(direct, lambda rows: functional.mse_loss(direct(images[rows]), target[rows]), 800, epochs=5, size=16)
    with torch.no_grad():
        told = (direct(torch.from_numpy(unseen.images)).numpy() + 1) * 24
    assert metrics.point_error(told, unseen.points) > 2 * error
