"""Filters, activations, embeddings, switches: what is looked at is what the model has."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from cnnlib import explain


def test_filters_are_a_copy_of_the_weights(make):
    model = make("plain")
    first, later = explain.filters(model), explain.filters(model, "3")
    assert torch.equal(first, model[0].weight)
    assert torch.equal(later, model[3].weight)
    first.zero_()
    assert model[0].weight.abs().sum() > 0


def test_filters_of_no_convolution_are_refused(make):
    with pytest.raises(TypeError, match="filters: the layer is a Linear; a Conv2d fits"):
        explain.filters(make("plain"), "7")
    with pytest.raises(ValueError, match="filters: the model has no Conv2d"):
        explain.filters(nn.Linear(2, 2))


def test_activations_are_what_the_layer_gives_before_others_change_it(make, images):
    model = make("normalised")
    x = images(model)
    by_hand = model[1](model[0](x)).detach()
    torch.testing.assert_close(explain.activations(model, x, "1"), by_hand)
    torch.testing.assert_close(explain.activations(model, x, model[2]), by_hand.relu())
    assert (by_hand < 0).any()


def test_activations_of_many_images_are_found_in_parts(make, images):
    model = make("plain")
    x = images(shape=(600, 2, 6, 6))
    torch.testing.assert_close(explain.activations(model, x, "7"), model(x).detach())


def test_a_layer_that_runs_twice_or_never_has_no_one_answer(make, images):
    with pytest.raises(ValueError, match="activations: the layer runs 2 times in one pass; one that runs once fits"):
        explain.activations(make("shared"), images(), "1")
    model = make("plain")
    model[0].unused = nn.ReLU()
    with pytest.raises(ValueError, match="grad_cam: the layer runs 0 times in one pass"):
        explain.grad_cam(model, images(), 0, layer="0.unused")


def test_a_layer_that_gives_several_tensors_is_refused(images):
    class Pair(nn.Module):
        def forward(self, x):
            return x, x

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.pair = Pair()

        def forward(self, x):
            return self.pair(x)[0].mean((2, 3))

    with pytest.raises(ValueError, match="activations: the layer gives a tuple; a tensor fits"):
        explain.activations(Model(), images(), "pair")


def test_the_embedding_is_what_the_last_linear_is_given(make, images):
    model = make("plain")
    x = images(shape=(300, 2, 6, 6))
    torch.testing.assert_close(explain.embedding(model, x), model[:7](x).detach())


def test_an_embedding_needs_a_linear_that_runs_once_for_each_image(make, images):
    with pytest.raises(ValueError, match="embedding: the model has no Linear"):
        explain.embedding(nn.Conv2d(2, 2, 1), images())
    head = nn.Linear(3, 3)
    twice = nn.Sequential(*make("plain"), head, head)
    with pytest.raises(ValueError, match="embedding: the last Linear was given 6 rows for 3 images"):
        explain.embedding(twice, images())


def test_pca_finds_the_plane_that_points_lie_in():
    draw = torch.Generator().manual_seed(0)
    plane = torch.linalg.qr(torch.randn(7, 2, generator=draw, dtype=torch.float64)).Q
    places = torch.randn(50, 2, generator=draw, dtype=torch.float64) * torch.tensor([5.0, 1.0])
    features = places @ plane.T + 3
    found = explain.pca(features)
    torch.testing.assert_close(torch.cdist(found, found), torch.cdist(features, features), atol=1e-6, rtol=0)
    assert found[:, 0].var() > found[:, 1].var()
    torch.testing.assert_close(found.mean(dim=0), torch.zeros(2, dtype=torch.float64))


def test_pca_is_that_of_scikit_learn():
    from sklearn.decomposition import PCA

    features = torch.randn(30, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    expected = PCA(3).fit_transform(features.numpy())
    ours = explain.pca(features, 3).numpy()
    np.testing.assert_allclose(abs(ours), abs(expected), atol=1e-10)


def test_pca_does_not_depend_on_a_sign():
    features = torch.randn(30, 6, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(explain.pca(features.flip(0)).flip(0), explain.pca(features), rtol=1e-4, atol=1e-4)


def test_pca_refuses_more_directions_than_there_are():
    with pytest.raises(ValueError, match=r"pca: features is \(9, 2\); \(N, D\), both 3 or more, fits"):
        explain.pca(torch.zeros(9, 2), 3)


def test_tsne_keeps_groups_together_and_the_same_with_the_same_generator():
    draw = torch.Generator().manual_seed(0)
    groups = torch.randn(3, 1, 8, generator=draw) * 20 + torch.randn(3, 15, 8, generator=draw)
    once, again = (explain.tsne(groups.reshape(45, 8), rng=np.random.default_rng(0), perplexity=8) for _ in range(2))
    assert torch.equal(once, again)
    distances = torch.cdist(once, once).fill_diagonal_(torch.inf)
    assert (distances.argmin(dim=1) // 15 == torch.arange(45) // 15).all()


def test_tsne_refuses_more_neighbours_than_points():
    with pytest.raises(ValueError, match=r"tsne: perplexity is 30\.0; less than the 5 points fits"):
        explain.tsne(torch.zeros(5, 2), rng=np.random.default_rng(0))


class TestSwitches:
    def test_each_maximum_returns_to_its_place(self):
        x = torch.tensor([[[[1.0, 9, 2, 3], [4, 5, 8, 0]]]])
        pooled = explain.pool_with_switches(x, 2)
        assert pooled.maps.tolist() == [[[[9, 8]]]]
        assert pooled.switches.tolist() == [[[[1, 6]]]]
        back = explain.unpool(pooled.maps, pooled.switches, 2, 4)
        assert back.tolist() == [[[[0, 9, 0, 0], [0, 0, 8, 0]]]]

    @pytest.mark.parametrize(("size", "stride"), [(2, None), (3, 2), (3, 1)])
    def test_unpooling_is_the_gradient_of_pooling(self, images, size, stride):
        x = images().requires_grad_()
        pooled = explain.pool_with_switches(x, size, stride)
        dy = torch.randn(pooled.maps.shape, generator=torch.Generator().manual_seed(0))
        (expected,) = torch.autograd.grad(pooled.maps, x, dy)
        torch.testing.assert_close(explain.unpool(dy, pooled.switches, 10, 12), expected)

    def test_what_does_not_fit_is_refused(self):
        y, switches = torch.zeros(1, 1, 2, 2), torch.tensor([[[[0, 3], [5, 9]]]])
        with pytest.raises(ValueError, match="unpool: a switch is 9; 0 to 8 fit 3x3"):
            explain.unpool(y, switches, 3, 3)
        with pytest.raises(ValueError, match=r"unpool: y has shape \(1, 2, 2\) but switches \(1, 1, 2, 2\)"):
            explain.unpool(y[0], switches, 3, 3)

    def test_a_deconvnet_is_unpool_rectify_and_transposed_filters(self, make, images):
        """By hand, from the strongest place of one map of the second convolution, rectified, back to the pixels."""
        model = make("plain")
        x = images(model)[:1]
        convolved = model[0](x).relu()
        pooled = explain.pool_with_switches(convolved, 2)
        deep = model[3](pooled.maps).relu()
        signal = torch.zeros_like(deep)
        strongest = deep[0, 4].argmax()
        signal[0, 4].view(-1)[strongest] = 1
        back = functional.conv_transpose2d(signal, model[3].weight)
        back = explain.unpool(back, pooled.switches, 10, 12).relu()
        by_hand = functional.conv_transpose2d(back, model[0].weight, padding=1)
        torch.testing.assert_close(explain.deconvnet(model, x, 4, layer="4"), by_hand.detach())


class TestRefusals:
    @pytest.mark.parametrize(
        ("target", "error", "message"),
        [
            (3, ValueError, r"saliency: target is 3; classes 0 to 2 fit"),
            (-1, ValueError, r"saliency: target is -1; classes 0 to 2 fit"),
            ([0, 1], ValueError, r"target has shape \(2,\) but x has 3 images; one number or 3 fit"),
            (1.0, TypeError, r"saliency: target is 1\.0; a class, or one for each image, fits"),
            (True, TypeError, r"saliency: target is True"),
        ],
    )
    def test_targets(self, make, images, target, error, message):
        with pytest.raises(error, match=message):
            explain.saliency(make("plain"), images(), target)

    def test_images(self, make, images):
        with pytest.raises(ValueError, match=r"occlusion: x has 3 axes but 4 fit, \(N, C, H, W\) \(x \(2, 10, 12\)\)"):
            explain.occlusion(make("plain"), images()[0])
        with pytest.raises(TypeError, match=r"saliency: x has dtype torch\.uint8; a floating dtype fits"):
            explain.saliency(make("plain"), np.zeros((1, 2, 10, 12), np.uint8))

    def test_models(self, images):
        with pytest.raises(ValueError, match=r"saliency: the model gives shape \(3, 2, 10, 12\); scores of shape"):
            explain.saliency(nn.ReLU(), images())
        with pytest.raises(ValueError, match="grad_cam: no layer gives maps"):
            explain.grad_cam(nn.Sequential(nn.Flatten(), nn.Linear(240, 2)), images())
        with pytest.raises(ValueError, match="grad_cam: layer ReLU is no part of the model"):
            explain.grad_cam(nn.Sequential(nn.Conv2d(2, 2, 1)), images(), layer=nn.ReLU())
        with pytest.raises(ValueError, match=r"grad_cam: the layer gives \(3, 2\); maps \(N, C, h, w\) fit"):
            explain.grad_cam(nn.Sequential(nn.Flatten(), nn.Linear(240, 2)), images(), layer="1")

    def test_a_model_that_no_gradient_passes(self, images):
        class Cut(nn.Module):
            def forward(self, x):
                return x.detach().mean((2, 3))

        with pytest.raises(ValueError, match="saliency: no gradient leads back through the model"):
            explain.saliency(Cut(), images(), 0)

    def test_a_score_that_does_not_depend_on_the_image_has_gradient_zero(self, images):
        class Constant(nn.Linear):
            def forward(self, x):
                return super().forward(torch.ones(len(x), 2))

        assert (explain.saliency(Constant(2, 2), images(), 0) == 0).all()

    def test_strides_that_leave_gaps(self, make, images):
        with pytest.raises(ValueError, match="occlusion: stride is 3; at most the size 2 fits"):
            explain.occlusion(make("plain"), images(), size=2, stride=3)

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"steps": 0}, "ascend: steps is 0"),
            ({"decay": 2.0}, "ascend: decay is 2.0; 0 to 1 fits"),
            ({"shape": (10, 12)}, r"ascend: shape is \(10, 12\); \(C, H, W\) fits"),
            ({"target": 3}, "ascend: target is 3; classes 0 to 2 fit"),
        ],
    )
    def test_climbs(self, make, wrong, message):
        right = {"target": 0, "shape": (2, 10, 12), "rng": np.random.default_rng(0)}
        with pytest.raises(ValueError, match=message):
            explain.ascend(make("plain"), **right | wrong)
