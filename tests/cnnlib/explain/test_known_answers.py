"""Networks whose right explanation is known beforehand."""

from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

from cnnlib import explain
from cnnlib.explain._rectifiers import Rectifiers


def linear(weights):
    """A model whose scores are w · x + 1, one row of weights (classes, C, H, W) a class."""
    model = nn.Sequential(nn.Flatten(), nn.Linear(weights[0].numel(), len(weights)))
    model[1].weight.data = weights.flatten(1).clone()
    model[1].bias.data.fill_(1)
    return model


@pytest.fixture
def weights():
    return torch.randn(3, 2, 5, 4, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def x():
    return torch.randn(2, 2, 5, 4, generator=torch.Generator().manual_seed(1))


class TestLinear:
    def test_the_gradient_is_the_weights_whatever_the_image(self, weights, x):
        model = linear(weights)
        torch.testing.assert_close(explain.image_gradient(model, x, [2, 0]), weights[[2, 0]])
        torch.testing.assert_close(explain.saliency(model, x, 1), weights[[1, 1]].abs().amax(dim=1))
        torch.testing.assert_close(explain.guided_backprop(model, x, 1), weights[[1, 1]])
        torch.testing.assert_close(explain.deconvnet(model, x, 1), weights[[1, 1]])

    def test_without_a_target_the_best_class_is_explained(self, weights, x):
        model = linear(weights)
        best = model(x).argmax(dim=1)
        torch.testing.assert_close(explain.image_gradient(model, x), weights[best])

    def test_one_pixel_covered_costs_weight_times_value(self, weights, x):
        drops = explain.occlusion(linear(weights), x, 2, size=1)
        torch.testing.assert_close(drops, (weights[2] * x).sum(dim=1))

    def test_covered_by_another_value(self, weights, x):
        mean = torch.tensor([0.25, -0.5]).reshape(1, 2, 1, 1)
        drops = explain.occlusion(linear(weights), x, 2, size=1, fill=mean)
        torch.testing.assert_close(drops, (weights[2] * (x - mean)).sum(dim=1))

    def test_a_covered_window_counts_for_each_of_its_pixels(self, weights, x):
        value = (weights[0] * x).sum(dim=1)
        drops = explain.occlusion(linear(weights), x, 0, size=(5, 2), stride=(1, 2))
        for half in (slice(0, 2), slice(2, 4)):
            expected = value[:, :, half].sum(dim=(1, 2)).reshape(2, 1, 1).expand(2, 5, 2)
            torch.testing.assert_close(drops[:, :, half], expected)

    def test_a_window_larger_than_the_image_covers_all_of_it(self, weights, x):
        model = linear(weights)
        drops = explain.occlusion(model, x, 0, size=9)
        expected = (model(x)[:, 0] - 1).reshape(2, 1, 1).expand(2, 5, 4)
        torch.testing.assert_close(drops, expected.detach())

    def test_what_is_covered_is_judged_by_the_class_that_was_best(self, weights, x):
        model = linear(weights)
        best = model(x).argmax(dim=1)
        assert (explain.occlusion(model, x, size=3) == explain.occlusion(model, x, best, size=3)).all()

    def test_the_climb_ends_in_the_direction_of_the_weights(self, weights):
        climb = explain.ascend(linear(weights), 1, (2, 5, 4), rng=np.random.default_rng(0), decay=0.1, steps=150)
        # at rest decay · x = step · w / |w|
        torch.testing.assert_close(climb.image, 10 * weights[1] / weights[1].norm(), rtol=1e-4, atol=1e-4)
        assert np.all(np.diff(climb.scores[:50]) > 0)
        assert len(climb.scores) == 151
        assert climb.scores[-1] == pytest.approx(10 * weights[1].norm().item() + 1, rel=1e-4)

    def test_the_same_generator_gives_the_same_climb(self, weights):
        climbs = [
            explain.ascend(linear(weights), 1, (2, 5, 4), rng=np.random.default_rng(seed), steps=2).image
            for seed in (3, 3, 4)
        ]
        assert torch.equal(climbs[0], climbs[1])
        assert not torch.equal(climbs[0], climbs[2])


class TestGlobalAverageAndLinear:
    def test_cam_is_grad_cam_up_to_scale(self, make, images):
        for name in ("plain", "normalised", "residual", "functional"):
            model = make(name)
            x = images(model)
            maps = explain.cam(model, x, 2)
            places = maps.shape[1] * maps.shape[2]
            torch.testing.assert_close(explain.grad_cam(model, x, 2, rectify=False) * places, maps)

    def test_the_mean_of_the_map_and_the_bias_are_the_score(self, make, images):
        model = make("plain")
        x = images(model)
        score = explain.cam(model, x, [0, 1, 2]).mean(dim=(1, 2)) + model[-1].bias
        torch.testing.assert_close(score, model(x)[range(3), [0, 1, 2]])

    def test_layer_and_head_can_be_named(self, make, images):
        model = make("plain")
        x = images(model)
        torch.testing.assert_close(explain.cam(model, x, layer="4", head=model[7]), explain.cam(model, x))

    def test_a_network_that_ends_otherwise_is_refused(self, images):
        model = nn.Sequential(nn.Conv2d(2, 4, 3), nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(4, 3))
        with pytest.raises(ValueError, match=r"cam: the scores are not Linear\(.*\) of the mean of the layer's maps"):
            explain.cam(model, images())

    def test_so_is_a_layer_before_the_last(self, make, images):
        with pytest.raises(ValueError, match=r"cam: the scores are not Linear.* grad_cam fits any"):
            explain.cam(make("plain"), images(), layer="3")

    def test_a_head_that_is_none_is_refused(self, make, images):
        with pytest.raises(TypeError, match="cam: head is a Conv2d; a Linear fits"):
            explain.cam(make("plain"), images(), head="0")
        with pytest.raises(ValueError, match="cam: the model has no Linear; grad_cam needs none"):
            explain.cam(nn.Sequential(nn.Conv2d(2, 3, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten()), images())


def detector():
    """Finds a bright 2x2 square: its score is the strongest sum of four pixels, beyond 3."""
    model = nn.Sequential(nn.Conv2d(1, 1, 2), nn.ReLU(), nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(1, 2))
    model[0].weight.data.fill_(1)
    model[0].bias.data.fill_(-3)
    model[4].weight.data = torch.tensor([[-1.0], [1.0]])
    return model


@pytest.fixture
def planted():
    """Three images 9x7, each with its square at another place (top, left)."""
    places = [(0, 0), (3, 5), (7, 2)]
    images = torch.zeros(3, 1, 9, 7)
    for image, (top, left) in zip(images, places, strict=True):
        image[:, top : top + 2, left : left + 2] = 1
    return images, places


class TestPlantedPatch:
    def mask(self, planted):
        images, _ = planted
        return images[:, 0] > 0

    @pytest.mark.parametrize("method", [explain.saliency, partial(explain.occlusion, size=1)])
    def test_the_map_is_highest_in_the_patch(self, planted, method):
        maps = method(detector(), planted[0], 1)
        for heat, inside in zip(maps, self.mask(planted), strict=True):
            assert heat[inside].min() > 0
            assert heat[inside].mean() > 2 * heat[~inside].mean()
            assert inside.flatten()[heat.argmax()]

    def test_the_gradient_is_the_patch(self, planted):
        images, _ = planted
        torch.testing.assert_close(explain.image_gradient(detector(), images, 1), images)

    def test_grad_cam_has_one_hot_place_where_the_window_lies(self, planted):
        images, places = planted
        maps = explain.grad_cam(detector(), images, 1, layer="1")
        assert maps.shape == (3, 8, 6)
        for heat, (top, left) in zip(maps, places, strict=True):
            assert heat.nonzero().tolist() == [[top, left]]

    def test_what_speaks_against_the_target_is_dropped_unless_asked_for(self, planted):
        images, _ = planted
        assert (explain.grad_cam(detector(), images, 0, layer="1") == 0).all()
        assert explain.grad_cam(detector(), images, 0, layer="1", rectify=False).amin() < 0

    def test_top_patches_are_the_squares(self, planted):
        images, places = planted
        brightness = torch.tensor([1.0, 3.0, 2.0]).reshape(3, 1, 1, 1)
        found = explain.top_patches(detector(), images * brightness, "1", 0, count=2)
        assert found.images.tolist() == [1, 2]
        assert found.activations.tolist() == [9, 5]
        assert found.boxes.tolist() == [[top, left, top + 2, left + 2] for top, left in places[1:]]
        assert (found.patches == torch.tensor([3.0, 2.0]).reshape(2, 1, 1, 1)).all()


def test_a_map_that_ignores_the_weights_explains_nothing(make, images):
    """Randomised weights change every map (Adebayo et al., 2018)."""
    one, other = make("normalised", seed=0), make("normalised", seed=1)
    x = images(one)
    methods = [
        explain.saliency,
        explain.occlusion,
        explain.grad_cam,
        explain.cam,
        explain.guided_backprop,
        explain.deconvnet,
    ]
    for method in methods:
        first, second = method(one, x, 1).flatten(), method(other, x, 1).flatten()
        assert torch.corrcoef(torch.stack([first, second]))[0, 1] < 0.9, method.__name__


class TestRectifiers:
    def test_functions_and_modules_are_the_same_to_it(self, make, images):
        hidden = make("functional")
        seen = nn.Sequential(
            hidden.conv1, nn.ReLU(), nn.MaxPool2d(2), hidden.conv2, nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(1),
            nn.Flatten(), hidden.head,
        )  # fmt: skip
        x = images(hidden)
        for method in (explain.guided_backprop, explain.deconvnet):
            torch.testing.assert_close(method(hidden, x, 0), method(seen, x, 0), rtol=0, atol=0)

    @pytest.mark.parametrize(
        "call",
        [
            nn.functional.relu,
            nn.functional.relu_,
            torch.relu,
            torch.relu_,
            torch.Tensor.relu,
            torch.Tensor.relu_,
            nn.ReLU(),
            nn.ReLU(inplace=True),
            lambda x: nn.functional.relu(x, inplace=True),
            lambda x: nn.functional.relu(x, True),
            lambda x: nn.functional.relu(input=x),
            lambda x: torch.relu(input=x),
        ],
    )
    def test_every_way_to_call_it_is_seen(self, call):
        given, x = torch.tensor([-2.0, 1.0, 0.0]), torch.zeros(3, requires_grad=True)
        calls = []
        with Rectifiers(lambda dy, x: calls.append(x.tolist()) or dy * 7):
            y = call(x + given)
        assert y.tolist() == [0, 1, 0]
        y.sum().backward()
        assert calls == [[-2.0, 1.0, 0.0]]
        assert x.grad.tolist() == [7, 7, 7]

    def test_in_place_it_changes_what_it_is_given(self):
        x = torch.tensor([-2.0, 1.0])
        with Rectifiers(lambda dy, x: dy):
            assert torch.relu_(x) is x
        assert x.tolist() == [0, 1]

    @pytest.mark.parametrize("method", [explain.guided_backprop, explain.deconvnet])
    def test_where_it_cannot_see_a_relu_it_says_so(self, images, method):
        class Hidden(nn.Module):
            def forward(self, x):
                return torch.ops.aten.relu(x).mean(dim=(2, 3))

        with pytest.raises(ValueError, match=f"{method.__name__}: the model calls a ReLU in a way that cannot"):
            method(Hidden(), images(), 0)
