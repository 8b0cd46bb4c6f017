"""What captum says, where it has the method. It hooks modules, so the models are those whose ReLUs are modules."""

import warnings

import pytest
import torch
from captum.attr import Deconvolution, GuidedBackprop, GuidedGradCam, LayerGradCam, Occlusion, Saliency
from torch import nn

from cnnlib import explain

TARGET = torch.tensor([2, 0, 1])
BY_MODULES = ["plain", "normalised"]  # captum's hooks fail on a ReLU in place: see `out_of_place`


def out_of_place(model):
    for module in model.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False
    return model


def quietly(method, *args, **kwargs):
    """captum warns that it sets hooks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return method(*args, **kwargs).detach()


@pytest.fixture(params=BY_MODULES)
def pair(request, make):
    """The model as it is, and one with the same answers that captum can hook."""
    return make(request.param), out_of_place(make(request.param))


def test_image_gradient_and_saliency(model, images):
    x = images(model)
    signed = quietly(Saliency(model).attribute, x.clone(), target=TARGET, abs=False)
    torch.testing.assert_close(explain.image_gradient(model, x, TARGET), signed)
    torch.testing.assert_close(explain.saliency(model, x, TARGET), signed.abs().amax(dim=1))


def test_guided_backprop(pair, images):
    ours, theirs = pair
    x = images(ours)
    expected = quietly(GuidedBackprop(theirs).attribute, x.clone(), target=TARGET)
    torch.testing.assert_close(explain.guided_backprop(ours, x, TARGET), expected)


def test_deconvnet(pair, images):
    ours, theirs = pair
    x = images(ours)
    expected = quietly(Deconvolution(theirs).attribute, x.clone(), target=TARGET)
    torch.testing.assert_close(explain.deconvnet(ours, x, TARGET), expected)


@pytest.mark.parametrize(("size", "stride", "fill"), [(3, 1, 0.0), ((4, 2), (3, 2), 0.5), (5, 5, -1.0), (3, 2, 0.0)])
def test_occlusion(model, images, size, stride, fill):
    x = images(model)
    h, w = (size, size) if isinstance(size, int) else size
    down, across = (stride, stride) if isinstance(stride, int) else stride
    expected = Occlusion(model).attribute(
        x, (2, h, w), strides=(2, down, across), target=TARGET, baselines=fill, show_progress=False
    )
    ours = explain.occlusion(model, x, TARGET, size=size, stride=stride, fill=fill)
    torch.testing.assert_close(ours, expected[:, 0].detach().to(ours))


@pytest.mark.parametrize("rectify", [True, False])
def test_grad_cam(model, images, rectify):
    x = images(model)
    name, layer = next((n, m) for n, m in model.named_modules() if isinstance(m, nn.Conv2d))
    expected = LayerGradCam(model, layer).attribute(x, target=TARGET, relu_attributions=rectify)
    torch.testing.assert_close(explain.grad_cam(model, x, TARGET, layer=name, rectify=rectify), expected[:, 0].detach())


def test_guided_grad_cam(pair, images):
    ours, theirs = pair
    x = images(ours)
    attribute = GuidedGradCam(theirs, theirs[0]).attribute
    expected = quietly(attribute, x.clone(), target=TARGET, interpolate_mode="bilinear")
    torch.testing.assert_close(explain.guided_grad_cam(ours, x, TARGET, layer="0"), expected)


def test_captum_tells_the_methods_apart(make, images):
    """The comparisons above would fail if one method were taken for another."""
    model = make("plain")
    x = images(model)
    answers = [
        method(model, x, TARGET) for method in (explain.image_gradient, explain.guided_backprop, explain.deconvnet)
    ]
    for first, second in [(0, 1), (0, 2), (1, 2)]:
        assert not torch.allclose(answers[first], answers[second])
