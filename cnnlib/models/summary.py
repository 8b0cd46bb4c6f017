"""`summary`: one image through a network, and a row of the ledger for everything that happens to it."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import groupby
from math import ceil
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from cnnlib.models import _reach
from cnnlib.models._operations import MATRIX_PRODUCTS, Operation, read, tensors_in
from cnnlib.models._reach import Reach
from cnnlib.models.ledger import Ledger, Row, Shape
from cnnlib.ops._arguments import whole

MEETINGS = {"add", "cat", "mul", "sub"}  # where two paths become one


def summary(
    model: nn.Module, input_size: Sequence[int], *, depth: int | None = None, dtype: torch.dtype | None = None
) -> Ledger:
    """The ledger of any network, for one input of that size, such as (3, 224, 224).

    With `depth`, layers that share so many parts of their name make one row: 1 for conv1, layer1, layer2 and so on.
    One image of zeros goes through the network in evaluation mode, on its device ("meta" computes nothing); of mode,
    gradients, parameters and running statistics all stay. `dtype` is that of the image; torch.long for words.
    """
    size = tuple(whole("summary", "input_size", side, least=1) for side in input_size)
    if depth is not None:
        whole("summary", "depth", depth, least=1)
    example = next((p for p in [*model.parameters(), *model.buffers()] if p.is_floating_point()), torch.empty(0))
    x = torch.zeros(1, *size, dtype=dtype or example.dtype, device=example.device)
    tracer = _Tracer(model, x)
    with ExitStack() as stack:
        stack.enter_context(_evaluating(model))
        stack.enter_context(_hooked(model, tracer))
        stack.enter_context(torch.no_grad())
        stack.enter_context(tracer)
        model(x)
    rows = tracer.rows if depth is None else _grouped(tracer.rows, depth, tracer.kinds)
    return Ledger(type(model).__name__, size, tuple(rows), _idle(model, tracer.called))


class _Tracer(TorchDispatchMode):
    """Sees every call of torch, and knows in which layer it happens."""

    def __init__(self, model: nn.Module, x: Tensor) -> None:
        super().__init__()
        self.names = {module: name for name, module in model.named_modules()}
        self.kinds = {name: type(module).__name__ for module, name in self.names.items()}
        self.called: set[nn.Module] = set()
        self.rows: list[Row] = []
        self._inside: list[nn.Module] = []
        self._operations: list[Operation] = []  # of the layer that runs
        self._counted: set[nn.Parameter] = set()
        # Tensors stay alive with what they see, or another might come to stand at their address.
        self._reach: dict[int, tuple[Tensor, Reach]] = {id(x): (x, _reach.start(x.shape))}

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = function(*args, **(kwargs or {}))
        operation = read(function, args, kwargs or {}, result)
        if operation is not None:
            self._follow(operation)
        return result

    def _follow(self, operation: Operation) -> None:
        tracked = [self._reach[id(x)][1] for x in operation.inputs if id(x) in self._reach]
        if not tracked:
            return
        reach = _reach.after(operation, tracked)
        for output in operation.outputs:
            self._reach[id(output)] = output, reach
        if self._inside and _is_layer(self._inside[-1]):
            self._operations.append(operation)
        elif operation.kernel or operation.name in MATRIX_PRODUCTS or (operation.name in MEETINGS and len(tracked) > 1):
            around = self.names[self._inside[-1]] if self._inside else ""
            name = operation.name.strip("_").removesuffix("_with_indices")
            self._write(f"{around}.{name}".lstrip("."), name, operation.outputs[0], [operation], 0)

    def enter(self, module: nn.Module, inputs: Any) -> None:
        self._inside.append(module)
        self.called.add(module)

    def leave(self, module: nn.Module, inputs: Any, output: Any) -> None:
        self._inside.pop()
        own = module.parameters() if _is_layer(module) else module.parameters(recurse=False)
        new = set(own) - self._counted
        self._counted |= new
        if _is_layer(module) or new:
            name, count = self.names[module], sum(parameter.numel() for parameter in new)
            self._write(name, type(module).__name__, output, self._operations, count)
            self._operations = []

    def _write(self, name: str, kind: str, output: Any, operations: list[Operation], parameters: int) -> None:
        y = next(iter(tensors_in(output)), torch.empty(0))
        reach = self._reach[id(y)][1] if id(y) in self._reach else None
        kernel, stride = _only_window(operations, axes=len(reach.field) if reach else 0)
        self.rows.append(
            Row(
                layer=name,
                kind=kind,
                output=tuple(y.shape[1:]),
                kernel=kernel,
                stride=stride,
                parameters=parameters,
                multiplications=sum(operation.multiplications for operation in operations),
                field=tuple(map(ceil, reach.field)) if reach else (),
            )
        )


def _only_window(operations: list[Operation], *, axes: int) -> tuple[Shape | None, Shape | None]:
    """Kernel and stride of the one operation that slides along the axes of the input, if it is one."""
    windows = [
        (operation.kernel[-axes:], operation.stride[-axes:])
        for operation in operations
        if axes and operation.kernel and operation.stride
        if operation.name == "convolution" or max(operation.kernel[-axes:]) > 1
    ]
    return windows[0] if len(windows) == 1 else (None, None)


def _is_layer(module: nn.Module) -> bool:
    """Whether it is made of no other modules."""
    return next(module.children(), None) is None


@contextmanager
def _hooked(model: nn.Module, tracer: _Tracer) -> Iterator[None]:
    hooks = []
    try:
        for module in model.modules():
            hooks.append(module.register_forward_pre_hook(tracer.enter))
            hooks.append(module.register_forward_hook(tracer.leave))
        yield
    finally:
        for hook in hooks:
            hook.remove()


@contextmanager
def _evaluating(model: nn.Module) -> Iterator[None]:
    modes = {module: module.training for module in model.modules()}
    try:
        model.eval()
        yield
    finally:
        for module, mode in modes.items():
            module.training = mode


def _idle(model: nn.Module, called: set[nn.Module]) -> dict[str, int]:
    """The outermost parts that did not run and learn something, with how much."""
    idle: dict[str, int] = {}
    for name, module in model.named_modules():
        count = sum(parameter.numel() for parameter in module.parameters())
        within = any(name.startswith(f"{other}.") for other in idle)
        if count and not within and not called & set(module.modules()):
            idle[name] = count
    return idle


def _grouped(rows: Sequence[Row], depth: int, kinds: dict[str, str]) -> list[Row]:
    """One row for neighbours whose names begin alike; a kernel where only one of them has one."""
    grouped = []
    for name, members in groupby(rows, key=lambda row: ".".join(row.layer.split(".")[:depth])):
        group = list(members)
        windows = [row for row in group if row.kernel]
        window = windows[0] if len(windows) == 1 else group[0]._replace(kernel=None, stride=None)
        grouped.append(
            group[-1]._replace(
                layer=name,
                kind=kinds.get(name, group[0].kind),
                kernel=window.kernel,
                stride=window.stride,
                parameters=sum(row.parameters for row in group),
                multiplications=sum(row.multiplications for row in group),
            )
        )
    return grouped
