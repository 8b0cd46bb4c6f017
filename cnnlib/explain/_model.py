"""What every explanation does to a model, and undoes: look at its layers and its scores, and leave no trace."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from cnnlib.ops._arguments import Array

Images = Tensor | Array
Layer = str | nn.Module
Target = int | Sequence[int] | Tensor | Array | None


@contextmanager
def at_rest(model: nn.Module) -> Iterator[None]:
    """The model as it predicts, with gradients to be had; afterwards its modes and buffers are as they were."""
    modes = [(module, module.training) for module in model.modules()]
    buffers = [(buffer, buffer.detach().clone()) for buffer in model.buffers()]
    try:
        model.eval()
        with torch.inference_mode(False), torch.enable_grad():
            yield
    finally:
        for module, training in modes:
            module.training = training
        with torch.no_grad():
            for buffer, before in buffers:
                if not torch.equal(buffer, before):
                    buffer.copy_(before)


def as_images(op: str, x: Images) -> Tensor:
    """A copy of x (N, C, H, W) as a tensor of its own, which gradients reach."""
    images = _tensor(x)
    if not images.is_floating_point():
        raise TypeError(f"{op}: x has dtype {images.dtype}; a floating dtype fits")
    if images.ndim != 4:
        raise ValueError(f"{op}: x has {images.ndim} axes but 4 fit, (N, C, H, W) (x {tuple(images.shape)})")
    return images.detach().clone().requires_grad_()


def as_indices(op: str, indices: Images, *, below: int) -> Tensor:
    """A copy of the words' numbers (N, L), int64, each with a word of its own."""
    numbers = _tensor(indices)
    if numbers.is_floating_point() or numbers.dtype == torch.bool:
        raise TypeError(f"{op}: indices has dtype {numbers.dtype}; whole numbers fit")
    if numbers.ndim != 2:
        raise ValueError(f"{op}: indices has {numbers.ndim} axes but 2 fit, (N, L) (indices {tuple(numbers.shape)})")
    if numbers.numel() and not 0 <= int(numbers.min()) <= int(numbers.max()) < below:
        raise ValueError(f"{op}: indices go from {numbers.min()} to {numbers.max()}; 0 to {below - 1} fit")
    return numbers.long().clone()


def scores_of(op: str, model: nn.Module, images: Tensor) -> Tensor:
    """What the model says, (N, classes); it is given a copy, which it may change in place."""
    scores = model(images.clone())
    if not isinstance(scores, Tensor) or scores.ndim != 2:
        came = f"shape {tuple(scores.shape)}" if isinstance(scores, Tensor) else f"a {type(scores).__name__}"
        raise ValueError(f"{op}: the model gives {came}; scores of shape (N, classes) fit")
    return scores


def wanted_classes(op: str, scores: Tensor, target: Target) -> Tensor:
    """The class (N,) to explain in each image: one for all, or one for each; None is each image's best."""
    N, classes = scores.shape
    if target is None:
        return scores.argmax(dim=1)
    wanted = _tensor(target).to(scores.device)
    if wanted.is_floating_point() or wanted.dtype == torch.bool:
        raise TypeError(f"{op}: target is {target!r}; a class, or one for each image, fits")
    if wanted.ndim > 1 or (wanted.ndim == 1 and len(wanted) != N):
        raise ValueError(f"{op}: target has shape {tuple(wanted.shape)} but x has {N} images; one number or {N} fit")
    if wanted.numel() and not 0 <= int(wanted.min()) <= int(wanted.max()) < classes:
        raise ValueError(f"{op}: target is {target}; classes 0 to {classes - 1} fit")
    return wanted.long().expand(N)


def target_score(op: str, scores: Tensor, target: Target) -> Tensor:
    """The score (N,) of each image's class to explain."""
    return scores.gather(1, wanted_classes(op, scores, target)[:, None])[:, 0]


def _tensor(value: int | Sequence[int] | Tensor | Array) -> Tensor:
    """A tensor as it is, anything else copied: torch takes neither negative strides nor what is read-only."""
    return value if isinstance(value, Tensor) else torch.from_numpy(np.array(value, order="C"))


def find_layer(op: str, model: nn.Module, layer: Layer) -> nn.Module:
    """The layer that is meant by its name, or by itself."""
    named = dict(model.named_modules())
    if isinstance(layer, nn.Module):
        if not any(layer is module for module in named.values()):
            raise ValueError(f"{op}: layer {type(layer).__name__} is no part of the model")
        return layer
    if layer not in named:
        names = ", ".join(name for name in named if name)
        raise ValueError(f"{op}: layer is {layer!r}; the model has {names}")
    return named[layer]


class Captured(list[Tensor]):
    """What a layer gave, one entry a call."""

    def only(self, op: str) -> Tensor:
        """The output of the one call there was."""
        if len(self) != 1:
            raise ValueError(f"{op}: the layer runs {len(self)} times in one pass; one that runs once fits")
        return self[0]


@contextmanager
def capture(op: str, layer: nn.Module) -> Iterator[Captured]:
    """Keep what the layer gives while the block lasts; the model goes on with copies, which it may change in place."""
    outputs = Captured()

    def keep(_module: nn.Module, _inputs: object, output: object) -> Tensor:
        if not isinstance(output, Tensor):
            raise ValueError(f"{op}: the layer gives a {type(output).__name__}; a tensor fits")
        outputs.append(output)
        return output.clone()

    handle = layer.register_forward_hook(keep)
    try:
        yield outputs
    finally:
        handle.remove()


def gradients(op: str, of: Tensor, to: Tensor) -> Tensor:
    """The gradient of the sum of `of`; the images of a batch do not touch, so each gets its own."""
    if not of.requires_grad:
        raise ValueError(f"{op}: no gradient leads back through the model; a model that torch can differentiate fits")
    (gradient,) = torch.autograd.grad(of.sum(), to, allow_unused=True, materialize_grads=True)
    return gradient


def last_map(op: str, model: nn.Module, images: Tensor) -> nn.Module:
    """The layer that gives the last maps (N, C, h, w) of more than one place."""
    found: list[nn.Module] = []

    def look(module: nn.Module, _inputs: object, output: object) -> None:
        if isinstance(output, Tensor) and output.ndim == 4 and output.shape[2] * output.shape[3] > 1:
            found.append(module)

    handles = [module.register_forward_hook(look) for module in model.modules() if module is not model]
    try:
        with torch.no_grad():
            model(images[:1].clone())
    finally:
        for handle in handles:
            handle.remove()
    if not found:
        raise ValueError(f"{op}: no layer gives maps (N, C, h, w); name one that does")
    return found[-1]
