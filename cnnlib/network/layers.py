"""The operations as layers: each holds what it learns, and what its backward needs from its forward."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlib.init import he_normal, zeros
from cnnlib.ops._arguments import Array, generator, number, pair, whole
from cnnlib.ops._windows import Padding
from cnnlib.ops.activations import relu_backward, relu_forward
from cnnlib.ops.batch_norm import (
    batch_norm_infer,
    batch_norm_train_backward,
    batch_norm_train_forward,
    update_running,
)
from cnnlib.ops.conv2d import conv2d_backward, conv2d_forward
from cnnlib.ops.dropout import dropout_backward, dropout_forward
from cnnlib.ops.flatten import flatten_backward, flatten_forward
from cnnlib.ops.global_avg_pool2d import global_avg_pool2d_backward, global_avg_pool2d_forward
from cnnlib.ops.linear import linear_backward, linear_forward
from cnnlib.ops.max_pool2d import max_pool2d_backward, max_pool2d_forward


class Layer(ABC):
    """An operation with the arrays it learns (`params`), their gradients, and what it collects (`running`)."""

    def __init__(self) -> None:
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}
        self.running: dict[str, Array] = {}
        self._cache: Any = None

    def forward(self, x: npt.ArrayLike, *, training: bool = False) -> Array:
        """y; with `training`, what `backward` needs is remembered."""
        y, cache = self._forward(x, training)
        self._cache = cache if training else None
        return y

    def backward(self, dy: npt.ArrayLike) -> Array:
        """dx, once after each forward with `training`; the gradients of `params` are then in `grads`."""
        cache, self._cache = self._cache, None
        if cache is None:
            raise ValueError(f"{type(self).__name__}: backward needs a forward with training=True before it")
        return self._backward(dy, cache)

    @abstractmethod
    def _forward(self, x: npt.ArrayLike, training: bool) -> tuple[Array, Any]:
        """(y, cache)."""

    @abstractmethod
    def _backward(self, dy: npt.ArrayLike, cache: Any) -> Array:
        """dx, having set `grads`."""


class Conv2d(Layer):
    """A convolution of x (N, channels, H, W) with `filters` kernels, drawn as He et al. advise."""

    def __init__(
        self,
        channels: int,
        filters: int,
        kernel: int | Sequence[int],
        *,
        stride: int | Sequence[int] = 1,
        padding: Padding = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
        bias: bool = True,
        rng: np.random.Generator,
        dtype: npt.DTypeLike = np.float64,
    ) -> None:
        super().__init__()
        channels = whole("Conv2d", "channels", channels, least=1)
        groups = whole("Conv2d", "groups", groups, least=1)
        if channels % groups:
            raise ValueError(f"Conv2d: groups is {groups} but channels is {channels}; a divisor fits")
        shape = (filters, channels // groups, *pair("Conv2d", "kernel", kernel, least=1))
        self.params["w"] = he_normal(shape, rng, dtype=dtype)
        if bias:
            self.params["b"] = zeros((filters,), dtype=dtype)
        self._convolve = partial(conv2d_forward, stride=stride, padding=padding, dilation=dilation, groups=groups)

    def _forward(self, x: npt.ArrayLike, training: bool) -> tuple[Array, Any]:
        return self._convolve(x, self.params["w"], self.params.get("b"))

    def _backward(self, dy: npt.ArrayLike, cache: Any) -> Array:
        dx, dw, db = conv2d_backward(dy, cache)
        self.grads = {"w": dw} if db is None else {"w": dw, "b": db}
        return dx


class Linear(Layer):
    """A fully connected layer on x (N, inputs), drawn as He et al. advise."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        bias: bool = True,
        rng: np.random.Generator,
        dtype: npt.DTypeLike = np.float64,
    ) -> None:
        super().__init__()
        self.params["w"] = he_normal((outputs, inputs), rng, dtype=dtype)
        if bias:
            self.params["b"] = zeros((outputs,), dtype=dtype)

    def _forward(self, x: npt.ArrayLike, training: bool) -> tuple[Array, Any]:
        return linear_forward(x, self.params["w"], self.params.get("b"))

    def _backward(self, dy: npt.ArrayLike, cache: Any) -> Array:
        dx, dw, db = linear_backward(dy, cache)
        self.grads = {"w": dw} if db is None else {"w": dw, "b": db}
        return dx


class BatchNorm2d(Layer):
    """Batch normalisation of x (N, channels, H, W); what it collects while training serves afterwards."""

    def __init__(
        self,
        channels: int,
        *,
        momentum: float = 0.1,
        eps: float = 1e-5,
        dtype: npt.DTypeLike = np.float64,
    ) -> None:
        super().__init__()
        C = whole("BatchNorm2d", "channels", channels, least=1)
        self.params = {"gamma": zeros((C,), dtype=dtype) + 1, "beta": zeros((C,), dtype=dtype)}
        self.running = {"mean": zeros((C,), dtype=dtype), "var": zeros((C,), dtype=dtype) + 1}
        self.momentum = number("BatchNorm2d", "momentum", momentum, least=0, most=1)
        self.eps = number("BatchNorm2d", "eps", eps, least=0)

    def _forward(self, x: npt.ArrayLike, training: bool) -> tuple[Array, Any]:
        if not training:
            return batch_norm_infer(x, **self.params, **self.running, eps=self.eps), None
        y, cache = batch_norm_train_forward(x, **self.params, eps=self.eps)
        for name, batch in (("mean", cache.mean), ("var", cache.unbiased_var)):
            running = self.running[name]
            running[...] = update_running(running, batch, self.momentum)
        return y, cache

    def _backward(self, dy: npt.ArrayLike, cache: Any) -> Array:
        dx, dgamma, dbeta = batch_norm_train_backward(dy, cache)
        self.grads = {"gamma": dgamma, "beta": dbeta}
        return dx


class Dropout(Layer):
    """Drops each value with probability p while training."""

    def __init__(self, p: float, *, rng: np.random.Generator) -> None:
        super().__init__()
        self.p = number("Dropout", "p", p, least=0, most=1)
        self._rng = generator("Dropout", rng)

    def _forward(self, x: npt.ArrayLike, training: bool) -> tuple[Array, Any]:
        return dropout_forward(x, self.p, rng=self._rng, training=training)

    def _backward(self, dy: npt.ArrayLike, cache: Any) -> Array:
        return dropout_backward(dy, cache)


class Function(Layer):
    """Any operation that learns nothing, as in `Function(tanh_forward, tanh_backward)`."""

    def __init__(self, forward: Callable[..., tuple[Array, Any]], backward: Callable[..., Array]) -> None:
        super().__init__()
        self._functions = forward, backward

    def _forward(self, x: npt.ArrayLike, training: bool) -> tuple[Array, Any]:
        forward, _ = self._functions
        return forward(x)

    def _backward(self, dy: npt.ArrayLike, cache: Any) -> Array:
        _, backward = self._functions
        return backward(dy, cache)


class ReLU(Function):
    """Nothing below 0."""

    def __init__(self) -> None:
        super().__init__(relu_forward, relu_backward)


class MaxPool2d(Function):
    """The largest value of each window of x (N, C, H, W)."""

    def __init__(
        self,
        size: int | Sequence[int],
        *,
        stride: int | Sequence[int] | None = None,
        padding: Padding = 0,
    ) -> None:
        super().__init__(partial(max_pool2d_forward, size=size, stride=stride, padding=padding), max_pool2d_backward)


class GlobalAvgPool2d(Function):
    """The mean of each channel: x (N, C, H, W) as (N, C)."""

    def __init__(self) -> None:
        super().__init__(global_avg_pool2d_forward, global_avg_pool2d_backward)


class Flatten(Function):
    """x (N, ...) as (N, all the rest)."""

    def __init__(self) -> None:
        super().__init__(flatten_forward, flatten_backward)
