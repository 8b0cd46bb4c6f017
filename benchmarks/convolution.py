"""Convolution, forward and backward: cnnlib, a textbook im2col and torch, all float32 on two threads."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from numpy.lib.stride_tricks import sliding_window_view

from benchmarks.harness import Job, main
from cnnlib.ops.conv2d import conv2d_backward, conv2d_forward

Array = npt.NDArray[Any]

# N, C, H = W, K, h = w, stride, padding
SHAPES = [
    (64, 1, 28, 8, 5, 1, 2),
    (32, 3, 32, 32, 3, 1, 1),
    (32, 32, 32, 64, 3, 1, 1),
    (32, 64, 16, 128, 3, 1, 1),
    (8, 64, 56, 64, 3, 1, 1),
    (4, 3, 224, 64, 7, 2, 3),
    (16, 128, 14, 256, 5, 1, 2),
    (32, 64, 32, 64, 1, 1, 0),
]


def inputs(N: int, C: int, H: int, K: int, h: int, stride: int, padding: int) -> tuple[Array, Array, Array, Array]:
    """x, w, b and an upstream gradient."""
    rng = np.random.default_rng(0)
    oh = (H + 2 * padding - h) // stride + 1
    shapes = (N, C, H, H), (K, C, h, h), (K,), (N, K, oh, oh)
    x, w, b, dy = (rng.standard_normal(shape, dtype=np.float32) for shape in shapes)
    return x, w, b, dy


def make_cnnlib(N: int, C: int, H: int, K: int, h: int, stride: int, padding: int) -> Job:
    x, w, b, dy = inputs(N, C, H, K, h, stride, padding)

    def job() -> tuple[Array, ...]:
        y, cache = conv2d_forward(x, w, b, stride=stride, padding=padding)
        return y, *conv2d_backward(dy, cache)

    return job


def make_textbook(N: int, C: int, H: int, K: int, h: int, stride: int, padding: int) -> Job:
    """im2col of the whole batch, one matrix product each, and col2im."""
    x, w, b, dy = inputs(N, C, H, K, h, stride, padding)
    oh, ow = dy.shape[2:]

    def job() -> tuple[Array, ...]:
        padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
        windows = sliding_window_view(padded, (h, h), axis=(2, 3))[:, :, ::stride, ::stride]
        columns = windows.transpose(0, 2, 3, 1, 4, 5).reshape(N * oh * ow, C * h * h)
        flat_w = w.reshape(K, C * h * h)
        y = (columns @ flat_w.T + b).reshape(N, oh, ow, K).transpose(0, 3, 1, 2)
        flat_dy = dy.transpose(0, 2, 3, 1).reshape(N * oh * ow, K)
        dw = (flat_dy.T @ columns).reshape(w.shape)
        db = flat_dy.sum(axis=0)
        dcolumns = (flat_dy @ flat_w).reshape(N, oh, ow, C, h, h)
        dpadded = np.zeros_like(padded)
        for i in range(h):
            for j in range(h):
                rows, columns_of = slice(i, i + stride * oh, stride), slice(j, j + stride * ow, stride)
                dpadded[:, :, rows, columns_of] += dcolumns[..., i, j].transpose(0, 3, 1, 2)
        dx = dpadded[:, :, padding : padding + H, padding : padding + H]
        return np.ascontiguousarray(y), dx, dw, db

    return job


def make_torch(N: int, C: int, H: int, K: int, h: int, stride: int, padding: int) -> Job:
    x, w, b, dy = (torch.from_numpy(array) for array in inputs(N, C, H, K, h, stride, padding))
    for leaf in (x, w, b):
        leaf.requires_grad_()

    def job() -> tuple[torch.Tensor, ...]:
        y = torch.nn.functional.conv2d(x, w, b, stride=stride, padding=padding)
        return y, *torch.autograd.grad(y, (x, w, b), dy)

    return job


PEERS: dict[str, Callable[..., Job]] = {
    "cnnlib": make_cnnlib,
    "textbook": make_textbook,
    "torch": make_torch,
}
CASES = {f"{shape}": shape for shape in SHAPES}

if __name__ == "__main__":
    main(__doc__, PEERS, CASES, against="torch", warm_up=(1, 1, 8, 1, 3, 1, 1))
