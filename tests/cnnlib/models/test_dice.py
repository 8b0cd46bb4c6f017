import pytest
import torch

from cnnlib import models


def test_a_perfect_mask_costs_nothing_and_a_wrong_one_all():
    masks = torch.tensor([[[0, 1, 2], [2, 1, 0]]])
    scores = 100.0 * torch.nn.functional.one_hot(masks, 3).movedim(3, 1)
    assert models.dice_loss(scores, masks).item() == pytest.approx(0, abs=1e-6)
    assert models.dice_loss(scores.roll(1, dims=1), masks, smooth=0).item() == pytest.approx(1, abs=1e-6)


def test_is_dice_of_each_class_over_all_images():
    torch.manual_seed(0)
    scores, masks = torch.randn(2, 3, 4, 5), torch.randint(0, 3, (2, 4, 5))
    losses = []
    for k in range(3):
        p, t = scores.softmax(dim=1)[:, k], (masks == k).float()
        losses.append(1 - (2 * (p * t).sum() + 1) / (p.sum() + t.sum() + 1))
    torch.testing.assert_close(models.dice_loss(scores, masks), torch.stack(losses).mean())


def test_a_class_that_is_nowhere_has_a_gradient_but_no_nan():
    scores = torch.full((1, 2, 3, 3), -60.0).requires_grad_()
    loss = models.dice_loss(scores, torch.zeros(1, 3, 3, dtype=torch.int64))
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(scores.grad).all()
