"""What torch does underneath its layers, read call by call: the windows that slide, and what they multiply."""

from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple

from torch import Tensor
from torch._ops import OpOverload

MATRIX_PRODUCTS = {"mm": ("self", "mat2"), "addmm": ("mat1", "mat2"), "bmm": ("self", "mat2")}
POOLS = {"max_pool2d_with_indices", "max_pool3d_with_indices", "avg_pool2d", "avg_pool3d", "max_pool2d", "avg_pool1d"}
ADAPTIVE_POOLS = {"_adaptive_avg_pool2d", "_adaptive_avg_pool3d", "adaptive_max_pool2d", "adaptive_max_pool3d"}
REDUCTIONS = {"mean", "sum", "amax", "max"}
UPSAMPLINGS = {  # how many neighbours along an axis a new value is made from
    "upsample_nearest1d": 1,
    "upsample_nearest2d": 1,
    "upsample_nearest3d": 1,
    "upsample_linear1d": 2,
    "upsample_bilinear2d": 2,
    "upsample_trilinear3d": 2,
    "upsample_bicubic2d": 4,
    "pixel_shuffle": 1,
}


class Operation(NamedTuple):
    """A call of torch: its name, its tensors, and what it slides over the input, if anything."""

    name: str
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    kernel: tuple[int, ...] | None = None
    stride: tuple[int, ...] | None = None
    dilation: tuple[int, ...] | None = None
    enlarges: bool = False  # the stride steps through the output: transposed convolution, upsampling
    multiplications: int = 0


def read(function: OpOverload, args: Sequence[Any], kwargs: dict[str, Any], result: Any) -> Operation | None:
    """The operation, or None where no tensor comes out."""
    outputs = tuple(tensors_in(result))
    if not outputs:
        return None
    given = _by_name(function, args, kwargs)
    name = function.overloadpacket.__name__.removesuffix("_")
    operation = Operation(name, tuple(tensors_in(given)), outputs)
    if name == "convolution":
        return _convolution(operation, given)
    if name in MATRIX_PRODUCTS:
        left, right = (given[side] for side in MATRIX_PRODUCTS[name])
        return operation._replace(multiplications=left.numel() * right.shape[-1])
    if name in POOLS:
        kernel = _tuple(given["kernel_size"])
        stride, dilation = _tuple(given["stride"]) or kernel, _tuple(given.get("dilation", 1))
        return operation._replace(kernel=kernel, stride=stride, dilation=_as_many(dilation, kernel))
    if name in ADAPTIVE_POOLS:
        return _adaptive_pool(operation, given["self"].shape, _tuple(given["output_size"]))
    if name in REDUCTIONS:
        return _reduction(operation, given["self"].shape, given.get("dim"))
    if name in UPSAMPLINGS:
        return _upsampling(operation, given["self"].shape)
    return operation


def _convolution(operation: Operation, given: dict[str, Any]) -> Operation:
    x, weight = given["input"], given["weight"]
    places = x if given["transposed"] else operation.outputs[0]  # where each weight is used once
    kernel = tuple(weight.shape[2:])
    return operation._replace(
        kernel=kernel,
        stride=_as_many(_tuple(given["stride"]), kernel),
        dilation=_as_many(_tuple(given["dilation"]), kernel),
        enlarges=given["transposed"],
        multiplications=weight.numel() * prod(places.shape[2:]),
    )


def _adaptive_pool(operation: Operation, before: Sequence[int], after: tuple[int, ...]) -> Operation:
    sides = list(zip(before[-len(after) :], after, strict=True))
    kernel = tuple(max(-(-(i + 1) * n // m) - i * n // m for i in range(m)) for n, m in sides)
    return operation._replace(kernel=kernel, stride=tuple(n // m for n, m in sides), dilation=(1,) * len(sides))


def _upsampling(operation: Operation, before: Sequence[int]) -> Operation:
    after = operation.outputs[0].shape[2:]
    stride = tuple(m // n for n, m in zip(before[2:], after, strict=True))
    neighbours = UPSAMPLINGS[operation.name]
    return operation._replace(kernel=tuple(neighbours * s for s in stride), stride=stride, enlarges=True)


def _reduction(operation: Operation, shape: Sequence[int], axes: Any) -> Operation:
    """A mean or a maximum over whole axes: a window as large as they are."""
    rank = len(shape)
    chosen = set(range(rank)) if axes is None else {axis % rank for axis in _tuple(axes)}
    kernel = tuple(shape[axis] if axis in chosen else 1 for axis in range(2, rank))
    return operation._replace(kernel=kernel, stride=kernel, dilation=(1,) * len(kernel))


def _by_name(function: OpOverload, args: Sequence[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    declared = function._schema.arguments
    given = {argument.name: argument.default_value for argument in declared if argument.has_default_value()}
    return given | dict(zip((argument.name for argument in declared), args, strict=False)) | kwargs


def tensors_in(value: Any) -> list[Tensor]:
    """Those that lie in lists, tuples and dicts, however deep."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [tensor for item in value for tensor in tensors_in(item)] if isinstance(value, list | tuple) else []


def _tuple(value: int | Sequence[int]) -> tuple[int, ...]:
    return (value,) if isinstance(value, int) else tuple(value)


def _as_many(values: tuple[int, ...], like: tuple[int, ...]) -> tuple[int, ...]:
    return values * len(like) if len(values) == 1 else values
