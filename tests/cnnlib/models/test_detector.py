"""The detector: where its places are, what they should say, and what is read from them."""

import numpy as np
import pytest
import torch
from torch import nn

from cnnlib import models
from cnnlib.data import draw_shapes
from cnnlib.models.detector import DETECTOR_STRIDE


class Says(nn.Module):
    """A detector that always says the same of one image."""

    def __init__(self, scores, boxes):
        super().__init__()
        self.said = scores, boxes

    def forward(self, x):
        return self.said


def perfect(scenes, size, classes=5):
    """What a detector should say of scenes: high scores and true boxes at the places that answer."""
    places = models.assign(scenes.boxes, scenes.labels, size, size)
    there = nn.functional.one_hot(places.labels.clamp(min=0), classes) * (places.labels >= 0)[..., None]
    return 20.0 * there.movedim(3, 1) - 10, places.boxes, places


def test_every_place_scores_the_classes_and_reaches_around_its_middle():
    network = models.detector(2, 3, width=4).eval()
    scores, boxes = network(torch.zeros(2, 2, 16, 24))
    assert scores.shape == (2, 3, 4, 6)
    assert boxes.shape == (2, 4, 4, 6)
    middles = DETECTOR_STRIDE * (torch.arange(6) + 0.5)
    assert (boxes[:, 0] < middles).all()
    assert (boxes[:, 2] > middles).all()
    assert (boxes[0, 1, 1] < 6).all()
    assert (boxes[0, 3, 1] > 6).all()


def test_it_slides_over_images_of_any_size():
    torch.manual_seed(0)
    network = models.detector(width=4).eval()
    large = torch.randn(1, 1, 64, 64)
    whole, part = network(large)[0], network(large[:, :, 8:56, 8:56])[0]
    # a place sees fewer than 20 pixels to each side: in the middle of the crop it sees no border
    torch.testing.assert_close(part[:, :, 6, 6], whole[:, :, 8, 8])


def test_places_in_the_core_answer_and_the_smaller_box_wins():
    boxes = (np.array([[0, 0, 32, 32], [8, 8, 24, 24]]),)
    places = models.assign(boxes, (np.array([3, 1]),), 32, 32)
    assert places.labels[0, 3:5, 3:5].tolist() == [[1, 1], [1, 1]]
    assert places.labels[0, 2, 2].item() == 3  # its middle, 10, lies in the core of the larger box alone
    assert places.boxes[0, :, 3, 3].tolist() == [8, 8, 24, 24]
    assert places.labels[0, 0, 0].item() == -1


def test_every_shape_has_a_place_that_answers_for_it():
    scenes = draw_shapes(60, rng=np.random.default_rng(0))
    places = models.assign(scenes.boxes, scenes.labels, 32, 32)
    for n, boxes in enumerate(scenes.boxes):
        answered = {tuple(box) for box in places.boxes[n].flatten(1).T.tolist()}
        assert {tuple(map(float, box)) for box in boxes} <= answered


def test_what_is_said_right_is_found_right_and_costs_nothing():
    scenes = draw_shapes(8, rng=np.random.default_rng(1))
    scores, boxes, places = perfect(scenes, 32)
    assert models.detection_loss(scores, boxes, places).item() < 0.02
    found = models.detect(Says(scores, boxes), torch.zeros(8, 1, 32, 32))
    for each, true, labels in zip(found, scenes.boxes, scenes.labels, strict=True):
        assert sorted(map(tuple, each.boxes.tolist())) == sorted(map(tuple, true.astype(float).tolist()))
        assert sorted(each.labels) == sorted(labels)
        assert (np.diff(each.scores) <= 0).all()


def test_wrong_boxes_and_wrong_kinds_cost():
    scenes = draw_shapes(8, rng=np.random.default_rng(1))
    scores, boxes, places = perfect(scenes, 32)
    good = models.detection_loss(scores, boxes, places)
    assert models.detection_loss(-scores, boxes, places) > good + 1
    assert models.detection_loss(scores, boxes + torch.tensor([-2.0, 0, 0, 2])[:, None, None], places) > good + 0.1


def test_suppression_is_among_boxes_of_one_kind():
    boxes = torch.tensor([[0.0, 0, 8, 8], [0, 0, 8, 7]]).T.reshape(1, 4, 1, 2)
    same, other = torch.tensor([[2.0, 1], [-9, -9]]), torch.tensor([[2.0, -9], [-9, 1]])
    found = [models.detect(Says(each.reshape(1, 2, 1, 2), boxes), torch.zeros(1, 1, 4, 8))[0] for each in (same, other)]
    assert [each.labels.tolist() for each in found] == [[0], [0, 1]]


def test_where_nothing_is_sure_nothing_is_found():
    (found,) = models.detect(Says(torch.full((1, 2, 2, 2), -9.0), torch.zeros(1, 4, 2, 2)), torch.zeros(1, 1, 8, 8))
    assert found.boxes.shape == (0, 4)
    assert len(found.scores) == len(found.labels) == 0


def test_a_few_steps_make_the_loss_smaller():
    torch.manual_seed(0)
    scenes = draw_shapes(16, rng=np.random.default_rng(0))
    network, places = models.detector(width=4), models.assign(scenes.boxes, scenes.labels, 32, 32)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    losses = []
    for _ in range(12):
        loss = models.detection_loss(*network(torch.from_numpy(scenes.images)), places)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.6 * losses[0]
    assert all(parameter.grad is not None for parameter in network.parameters())


@pytest.mark.parametrize("loss_of", [models.detection_loss])
def test_an_image_without_shapes_costs_only_what_is_wrongly_seen(loss_of):
    places = models.assign((np.zeros((0, 4), np.int64),), (np.zeros(0, np.int64),), 8, 8)
    assert loss_of(torch.full((1, 2, 2, 2), -20.0), torch.ones(1, 4, 2, 2), places).item() == pytest.approx(0, abs=1e-6)
