"""Other ways back through every ReLU of a model, those called as functions too."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

Rule = Callable[[Tensor, Tensor], Tensor]

_NEW = (torch.relu, Tensor.relu)
_IN_PLACE = (torch.relu_, Tensor.relu_)


class Rectifiers(TorchFunctionMode):
    """While the block lasts, the gradient passes each ReLU by `rule(dy, x)`.

    No hook is set: torch itself is asked, so that modules and functions, in place or not, are all seen.
    """

    def __init__(self, rule: Rule) -> None:
        super().__init__()
        self.rule = rule

    def __torch_function__(
        self, function: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        if function is functional.relu or function in _NEW:
            return self._rectify(*args, **(kwargs or {}))
        if function in _IN_PLACE:
            return self._rectify(args[0], inplace=True)
        return function(*args, **(kwargs or {}))

    def _rectify(self, input: Tensor, inplace: bool = False) -> Tensor:  # noqa: A002 - torch's own names
        y: Tensor = _Rectify.apply(input.clone(), self.rule)
        return input.copy_(y) if inplace else y


class _Rectify(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, x: Tensor, rule: Rule) -> Tensor:
        context.save_for_backward(x)
        context.rule = rule
        return x.clamp(min=0)

    @staticmethod
    def backward(context: Any, dy: Tensor) -> tuple[Tensor, None]:
        (x,) = context.saved_tensors
        return context.rule(dy, x), None


def require_all_seen(op: str, scores: Tensor) -> None:
    """Refuse a model with a ReLU that torch did not ask about, such as one in a compiled part."""
    waiting, seen = [scores.grad_fn], set()
    while waiting:
        node = waiting.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if node.name() == "ReluBackward0" or "DifferentiableGraph" in node.name():
            raise ValueError(f"{op}: the model calls a ReLU in a way that cannot be seen; nn.ReLU fits")
        waiting += [following for following, _ in node.next_functions]
