"""The ledger of lesson 09: what it says of each method, held on networks whose right answer is known.

B: "Réseaux convolutifs" notes, which name the methods and give no figures.
"""

import pytest
import torch
from torch import nn

from cnnlib import explain
from cnnlib.models import pretrained


def linear(w):
    """A network whose score for class k is the sum of w[k] times the image."""
    network = nn.Sequential(nn.Flatten(), nn.Linear(w[0].numel(), len(w)))
    network[1].weight.data, network[1].bias.data = w.flatten(1), torch.ones(len(w))
    return network.eval()


@pytest.fixture
def drawn():
    torch.manual_seed(0)
    return torch.randn(3, 2, 4, 5), torch.randn(2, 2, 4, 5), torch.tensor([2, 0])


def small(seed):
    torch.manual_seed(seed)
    features = nn.Sequential(nn.Conv2d(2, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 6, 3, padding=1), nn.ReLU())
    return nn.Sequential(features, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 3)).eval()


def test_on_a_linear_network_occlusion_adds_up_products_and_saliency_is_the_weights(drawn):
    w, x, target = drawn
    one_pixel = explain.occlusion(linear(w), x, target, size=1, fill=0.5)
    torch.testing.assert_close(one_pixel, (w[target] * (x - 0.5)).sum(dim=1))
    torch.testing.assert_close(explain.saliency(linear(w), x, target), w[target].abs().amax(dim=1))


def test_the_drops_of_the_prediction():
    image = torch.tensor([[[[1.0, 2, 0], [3, 1, 2]]]])
    weights = torch.tensor([[[[2.0, 0, 1], [-1, 1, 3]]]])
    products = (image * weights)[0, 0]
    assert (products[:, :-1] + products[:, 1:]).tolist() == [[2, 0], [-2, 7]]


def test_b_the_gradient_of_a_neuron_in_the_pixels_is_not_yet_guided(drawn):
    _, x, target = drawn
    network = small(1)
    plain, guided = explain.image_gradient(network, x, target), explain.guided_backprop(network, x, target)
    assert not torch.allclose(plain, guided, atol=1e-3)
    for parameter in network.parameters():  # where nothing is negative, there is nothing to drop
        parameter.data.abs_()
    torch.testing.assert_close(
        explain.image_gradient(network, x.abs(), target), explain.guided_backprop(network, x.abs(), target)
    )


def test_b_a_strong_saliency_may_lower_the_score(drawn):
    w, x, target = drawn
    network = linear(-w.abs())
    assert (explain.saliency(network, x, target) > 0).all()
    assert (explain.image_gradient(network, x, target) <= 0).all()


def test_the_mean_of_a_class_activation_map_and_the_bias_are_the_score(drawn):
    _, x, target = drawn
    network = small(2)
    maps = explain.cam(network, x, target)
    score = network(x).gather(1, target[:, None])[:, 0]
    torch.testing.assert_close(maps.mean(dim=(1, 2)) + network[3].bias[target], score)
    torch.testing.assert_close(explain.grad_cam(network, x, target), maps.clamp(min=0) / 20)


def test_b_pooling_needs_switches_to_be_undone():
    plane = torch.tensor([[[[5.0, 3, 0, 3], [4, 0, 9, 4], [2, 4, 1, 2], [1, 3, 2, 3]]]])
    maps, switches = explain.pool_with_switches(plane, 2)
    assert maps[0, 0].tolist() == [[5, 9], [4, 3]]
    assert switches[0, 0].tolist() == [[0, 6], [9, 15]]
    back = explain.unpool(maps, switches, 4, 4)
    assert back[0, 0].tolist() == [[5, 0, 0, 0], [0, 0, 9, 0], [0, 4, 0, 0], [0, 0, 0, 3]]


def test_a_sure_probability_has_hardly_a_slope():
    scores = torch.tensor([0.0, -9.21024]).requires_grad_()
    probability = scores.softmax(dim=0)[0]
    assert probability.item() == pytest.approx(0.9999, abs=1e-6)
    assert torch.autograd.grad(probability, scores)[0].abs().max().item() == pytest.approx(1e-4, rel=0.01)


def test_the_letters_network_is_as_the_lesson_says():
    reader = pretrained("letters")
    assert tuple(explain.filters(reader).shape) == (24, 1, 3, 3)
    assert explain.embedding(reader, torch.rand(2, 1, 16, 16)).shape == (2, 384)
