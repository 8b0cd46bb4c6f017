"""Every explanation over several models: its shape, its dtype, and that it leaves no trace, also where it fails."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from cnnlib import explain

FIRST = {"residual": "0.conv1", "functional": "conv1"}


def first_layer(name):
    return FIRST.get(name, "0")


# Each is called with a model, images (3, 2, 10, 12) and the name of the first convolution; what it gives must have the
# shape beside it, where that is the same for all models.
EXPLANATIONS = {
    "activations": (lambda m, x, layer: explain.activations(m, x, layer), None),
    "ascend": (lambda m, x, layer: explain.ascend(m, 1, x.shape[1:], rng=rng(), steps=3).image, (2, 10, 12)),
    "ascend a unit": (
        lambda m, x, layer: explain.ascend(m, 1, x.shape[1:], rng=rng(), steps=3, layer=layer).image,
        (2, 10, 12),
    ),
    "cam": (lambda m, x, layer: explain.cam(m, x, 1), None),
    "deconvnet": (lambda m, x, layer: explain.deconvnet(m, x, 1), (3, 2, 10, 12)),
    "deconvnet of a unit": (lambda m, x, layer: explain.deconvnet(m, x, 1, layer=layer), (3, 2, 10, 12)),
    "embedding": (lambda m, x, layer: explain.embedding(m, x), None),
    "field_of": (lambda m, x, layer: explain.field_of(m, x, layer), None),
    "filters": (lambda m, x, layer: explain.filters(m, layer), (4, 2, 3, 3)),
    "grad_cam": (lambda m, x, layer: explain.grad_cam(m, x, 1, layer=layer), None),
    "guided_backprop": (lambda m, x, layer: explain.guided_backprop(m, x, 1), (3, 2, 10, 12)),
    "guided_grad_cam": (lambda m, x, layer: explain.guided_grad_cam(m, x, 1, layer=layer), (3, 2, 10, 12)),
    "image_gradient": (lambda m, x, layer: explain.image_gradient(m, x, 1), (3, 2, 10, 12)),
    "occlusion": (lambda m, x, layer: explain.occlusion(m, x, 1, size=4, stride=3), (3, 10, 12)),
    "saliency": (lambda m, x, layer: explain.saliency(m, x), (3, 10, 12)),
    "top_patches": (lambda m, x, layer: explain.top_patches(m, x, layer, 1, count=2).patches, (2, 2, 3, 3)),
}
HELPERS = {
    "Ascent",
    "Ngram",
    "Patches",
    "Pooled",
    "enlarge",
    "pca",
    "pool_with_switches",
    "tsne",
    "unpool",
}  # take no model

READ = {"top_ngrams"}  # takes sentences: see test_ngrams.py


def rng():
    return np.random.default_rng(0)


def state(model, x):
    """All that an explanation could leave behind."""
    hooks = [
        len(getattr(module, name))
        for module in model.modules()
        for name in ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    ]
    tensors = [*model.parameters(), *model.buffers(), x]
    return {
        "hooks": hooks,
        "hooks of tensors": [len(tensor._backward_hooks or ()) for tensor in tensors],
        "modes": [module.training for module in model.modules()],
        "values": [tensor.detach().clone() for tensor in tensors],
        "identities": [id(tensor) for tensor in tensors],
        "needs": [tensor.requires_grad for tensor in tensors],
        "gradients": [None if tensor.grad is None else tensor.grad.clone() for tensor in tensors],
        "globals": (torch.is_grad_enabled(), torch.get_rng_state(), len(nn.modules.module._global_forward_hooks)),
    }


def assert_same(before, after):
    assert before.keys() == after.keys()
    for kind in before:
        torch.testing.assert_close(
            after[kind],
            before[kind],
            rtol=0,
            atol=0,
            equal_nan=True,
            msg=lambda message, kind=kind: f"{kind}: {message}",
        )


def lived_in(model):
    """In training, one part frozen, one layer in evaluation, with gradients and a hook of somebody else's."""
    model.train()
    first = next(module for module in model.modules() if isinstance(module, nn.Conv2d))
    first.eval()
    first.weight.requires_grad = False
    for number, parameter in enumerate(model.parameters()):
        if number % 2:
            parameter.grad = torch.full_like(parameter, number)
    first.register_forward_hook(lambda *_: None)
    return model


def test_every_public_name_is_tried():
    tried = {name.partition(" ")[0] for name in EXPLANATIONS}
    assert tried | HELPERS | READ == set(explain.__all__)


@pytest.mark.parametrize("explanation", EXPLANATIONS)
@pytest.mark.parametrize("name", ["plain", "normalised", "residual", "functional", "shared", "float64"])
def test_it_leaves_no_trace(make, images, name, explanation):
    call, shape = EXPLANATIONS[explanation]
    model = lived_in(make(name))
    x = images(model)
    before = state(model, x)
    result = call(model, x, first_layer(name))
    assert_same(before, state(model, x))
    if isinstance(result, torch.Tensor):
        assert result.dtype == x.dtype
        assert not result.requires_grad
        assert result.isfinite().all()
        assert result.abs().sum() > 0
    if shape is not None:
        assert result.shape == shape


class Failing(nn.Module):
    """Does its work, then raises."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner
        self.calls = 0

    def forward(self, x):
        self.inner(x)
        self.calls += 1
        raise ZeroDivisionError("a layer that fails")


@pytest.mark.parametrize("explanation", [name for name in EXPLANATIONS if name != "filters"])
def test_it_leaves_no_trace_where_the_model_raises(make, images, explanation):
    model = lived_in(Failing(make("normalised")))
    x = images(model)
    before = state(model, x)
    with pytest.raises(ZeroDivisionError, match="a layer that fails"):
        EXPLANATIONS[explanation][0](model, x, "inner.0")
    assert_same(before, state(model, x))
    assert model.calls == 1


@pytest.mark.parametrize("explanation", EXPLANATIONS)
def test_it_works_where_gradients_are_off(make, images, explanation):
    model = make("normalised")
    x = images(model)
    call = EXPLANATIONS[explanation][0]
    expected = call(model, x, "0")
    with torch.no_grad():
        torch.testing.assert_close(call(model, x, "0"), expected, rtol=0, atol=0)
    with torch.inference_mode():
        torch.testing.assert_close(call(model, x, "0"), expected, rtol=0, atol=0)


@pytest.mark.parametrize("explanation", [name for name in EXPLANATIONS if "ascend" not in name])
def test_it_takes_arrays_as_it_takes_tensors(make, images, explanation):
    model = make("plain")
    x = images(model)
    call = EXPLANATIONS[explanation][0]
    expected = call(model, x, "0")
    torch.testing.assert_close(call(model, x.numpy(), "0"), expected, rtol=0, atol=0)
    backwards = x.numpy()[:, :, ::-1].copy()[:, :, ::-1]
    backwards.flags.writeable = False
    torch.testing.assert_close(call(model, backwards, "0"), expected)


def test_a_buffer_that_changes_while_predicting_is_put_back(images):
    class Counting(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("calls", torch.zeros(()))
            self.linear = nn.Linear(2 * 10 * 12, 3)

        def forward(self, x):
            self.calls += 1
            return self.linear(x.flatten(1))

    model = Counting()
    explain.saliency(model, images(model), 0)
    assert model.calls == 0


def test_a_trace_would_be_found(make, images):
    """The state that is compared sees each kind of change."""
    changes = {
        "hooks": lambda m: m[0].register_forward_hook(lambda *_: None),
        "modes": lambda m: m[1].eval(),
        "values": lambda m: m[1].running_mean.add_(1),
        "needs": lambda m: m[1].weight.requires_grad_(False),
        "gradients": lambda m: setattr(m[5].weight, "grad", None),
    }
    for kind, change in changes.items():
        model = lived_in(make("normalised"))
        model[5].weight.grad = torch.ones_like(model[5].weight)
        x = images(model)
        before = state(model, x)
        change(model)
        after = state(model, x)
        with pytest.raises(AssertionError, match=f"^{kind}"):
            assert_same(before, after)


def test_a_deep_copy_gives_the_same(make, images):
    model = make("residual")
    x = images(model)
    expected = explain.grad_cam(model, x, 1)
    torch.testing.assert_close(explain.grad_cam(copy.deepcopy(model), x, 1), expected, rtol=0, atol=0)
