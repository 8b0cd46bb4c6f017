"""Which part of the image a layer's values see, read off while an image runs through the model."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from cnnlib.explain._model import Images, Layer, as_images, at_rest, capture, find_layer
from cnnlib.geometry import Field

Fields = tuple[Field, Field]  # down, across


def field_of(model: nn.Module, x: Images, layer: Layer) -> Fields:
    """What the layer's values see of images like x (N, C, H, W), down and across.

    Branches that join see what any of them does. What is neither a convolution, nor a pooling, nor done place by
    place, counts as seeing the whole image; what a normalisation gathers is not counted.
    """
    with at_rest(model), torch.no_grad():
        images = as_images("field_of", x).detach()[:1]
        module = find_layer("field_of", model, layer)
        with capture("field_of", module) as outputs, _Tracking(images):
            model(images)
        fields: Fields | None = getattr(outputs.only("field_of"), _MARK, None)
    if fields is None:
        raise ValueError("field_of: the layer does not see x")
    return fields


class _Tracking(TorchFunctionMode):
    """While the block lasts, whatever torch makes from the images carries its fields with it."""

    def __init__(self, images: Tensor) -> None:
        super().__init__()
        self.whole = (Field(images.shape[2], jump=0), Field(images.shape[3], jump=0))
        setattr(images, _MARK, (Field(), Field()))

    def __torch_function__(
        self, function: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        kwargs = dict(kwargs or {})
        inputs = [tensor for tensor in _tensors([*args, *kwargs.values()]) if hasattr(tensor, _MARK)]
        sizes, fields = [tensor.shape[2:] for tensor in inputs], [getattr(tensor, _MARK) for tensor in inputs]
        result = function(*args, **kwargs)
        name = getattr(function, "__name__", "")
        for output in _tensors([result]) if inputs else ():
            if name in _WINDOWS:
                windows = _WINDOWS[name](*args, **kwargs)
                now = tuple(field.under(*window) for field, window in zip(fields[0], windows, strict=True))
            elif name not in _SCATTERING and all(size == output.shape[2:] for size in sizes):
                now = tuple(map(_union, zip(*fields, strict=True), self.whole))
            else:
                now = self.whole
            setattr(output, _MARK, now)
        return result


_MARK = "_cnnlib_fields"
_SCATTERING = {"conv_transpose2d", "flip", "grid_sample", "permute", "roll", "rot90", "transpose"}

Window = tuple[int, int, int, int]  # kernel, stride, padding, dilation


def _convolution(
    input: Tensor,  # noqa: A002 - torch's own names, here and below
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | Sequence[int] = 1,
    padding: str | int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> list[Window]:
    kernel, dilations = weight.shape[2:], _two(dilation)
    if padding == "same":
        padding = [d * (k - 1) // 2 for d, k in zip(dilations, kernel, strict=True)]
    paddings = _two(0 if isinstance(padding, str) else padding)
    return list(zip(kernel, _two(stride), paddings, dilations, strict=True))


def _max_pooling(
    input: Tensor,  # noqa: A002
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    *_args: Any,
    **_kwargs: Any,
) -> list[Window]:
    kernel = _two(kernel_size)
    return list(zip(kernel, _two(stride or kernel), _two(padding), _two(dilation), strict=True))


def _average_pooling(
    input: Tensor,  # noqa: A002
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    *_args: Any,
    **_kwargs: Any,
) -> list[Window]:
    return _max_pooling(input, kernel_size, stride, padding)


_WINDOWS: dict[str, Callable[..., list[Window]]] = {
    "conv2d": _convolution,
    "max_pool2d": _max_pooling,
    "max_pool2d_with_indices": _max_pooling,
    "avg_pool2d": _average_pooling,
}


def _two(value: int | Sequence[int]) -> tuple[int, int]:
    """torch takes a number for both axes, a list of one, or of two."""
    values = [value] if isinstance(value, int) else value
    return values[0], values[-1]


def _union(fields: Sequence[Field], whole: Field) -> Field:
    """What is seen through any of the fields, where all move alike."""
    if len({field.jump for field in fields}) > 1:
        return whole
    start = min(field.start for field in fields)
    end = max(field.start + field.size for field in fields)
    return Field(end - start, fields[0].jump, start)


def _tensors(values: Sequence[Any]) -> Iterator[Tensor]:
    """The tensors among the values, and among the lists that these may be."""
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, list | tuple):
            yield from _tensors(value)
