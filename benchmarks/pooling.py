"""Pooling, forward and backward: cnnlib, a textbook version and torch, all float32 on two threads."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from numpy.lib.stride_tricks import sliding_window_view

from benchmarks.harness import Job, main
from cnnlib.ops.avg_pool2d import avg_pool2d_backward, avg_pool2d_forward
from cnnlib.ops.max_pool2d import max_pool2d_backward, max_pool2d_forward

Array = npt.NDArray[Any]

# N, C, H = W
SHAPES = [
    (64, 1, 28),
    (32, 3, 32),
    (32, 32, 32),
    (32, 64, 16),
    (8, 64, 56),
    (4, 3, 224),
    (16, 128, 14),
    (32, 64, 32),
]
# h = w, stride
WINDOWS = [(2, 2), (3, 2), (3, 1)]


def inputs(N: int, C: int, H: int, h: int, stride: int) -> tuple[Array, Array]:
    """x and an upstream gradient."""
    rng = np.random.default_rng(0)
    oh = (H - h) // stride + 1
    x, dy = (rng.standard_normal(shape, dtype=np.float32) for shape in ((N, C, H, H), (N, C, oh, oh)))
    return x, dy


def make_cnnlib(kind: str, N: int, C: int, H: int, h: int, stride: int) -> Job:
    x, dy = inputs(N, C, H, h, stride)

    def job_max() -> tuple[Array, Array]:
        y, cache = max_pool2d_forward(x, h, stride=stride)
        return y, max_pool2d_backward(dy, cache)

    def job_avg() -> tuple[Array, Array]:
        y, cache = avg_pool2d_forward(x, h, stride=stride)
        return y, avg_pool2d_backward(dy, cache)

    return job_max if kind == "max" else job_avg


def make_textbook(kind: str, N: int, C: int, H: int, h: int, stride: int) -> Job:
    """Every window copied out, argmax or mean over it, and the gradient added back place by place."""
    x, dy = inputs(N, C, H, h, stride)
    oh = dy.shape[2]

    def job() -> tuple[Array, Array]:
        windows = sliding_window_view(x, (h, h), axis=(2, 3))[:, :, ::stride, ::stride]
        columns = windows.reshape(N, C, oh, oh, h * h)
        if kind == "max":
            winners = columns.argmax(axis=-1)[..., None]
            y = np.take_along_axis(columns, winners, axis=-1)[..., 0]
            dcolumns = np.zeros_like(columns)
            np.put_along_axis(dcolumns, winners, dy[..., None], axis=-1)
        else:
            y = columns.mean(axis=-1)
            dcolumns = np.repeat(dy[..., None] / (h * h), h * h, axis=-1)
        dx = np.zeros_like(x)
        for i in range(h):
            for j in range(h):
                rows, columns_of = slice(i, i + stride * oh, stride), slice(j, j + stride * oh, stride)
                dx[:, :, rows, columns_of] += dcolumns[..., i * h + j]
        return y, dx

    return job


def make_torch(kind: str, N: int, C: int, H: int, h: int, stride: int) -> Job:
    x, dy = (torch.from_numpy(array) for array in inputs(N, C, H, h, stride))
    x.requires_grad_()
    pool = torch.nn.functional.max_pool2d if kind == "max" else torch.nn.functional.avg_pool2d

    def job() -> tuple[torch.Tensor, ...]:
        y = pool(x, h, stride)
        return y, *torch.autograd.grad(y, (x,), dy)

    return job


PEERS: dict[str, Callable[..., Job]] = {
    "cnnlib": make_cnnlib,
    "textbook": make_textbook,
    "torch": make_torch,
}
CASES = {
    f"{kind} {shape}, {h}/{stride}": (kind, *shape, h, stride)
    for kind in ("max", "avg")
    for h, stride in WINDOWS
    for shape in SHAPES
}

if __name__ == "__main__":
    main(__doc__, PEERS, CASES, against="torch", warm_up=("max", 1, 1, 8, 2, 2))
