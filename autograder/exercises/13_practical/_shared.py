"""What several exercises of lesson 13 need: networks and optimisers that stay on the student's side."""

import numpy as np
import torch

from autograder.checking.exercise import Rule
from autograder.checking.values import Model, Tensor
from cnnlib.ops.softmax import softmax_forward

LR, MOMENTUM = 0.5, 0.5
SECONDS = 60.0  # for a call: torch loads much of itself at the first optimiser

torch.optim.SGD([torch.zeros(1)], lr=LR)  # so that it is not at the first call

# Whatever trains, or measures, a network by itself.
READY_MADE = Rule(calls=("cnnlib.network", "cnnlib.optim", "sklearn", "cnnlib.data"))


def linear(answer, w):
    """A network without a bias, on the student's side: scores x @ w.T, for w (classes, n)."""
    classes, n = w.shape
    return answer.give(Model("torch.nn:Linear", {"in_features": n, "out_features": classes, "bias": False}, (w,)))


def normalising(answer, mean, var):
    """A network that gives its inputs (N, C) back as scores, normalised: by `mean` and `var` when it evaluates."""
    C = len(mean)
    arrays = (np.ones(C), np.zeros(C), np.asarray(mean), np.asarray(var), np.array(0))
    arrays = tuple(array.astype(np.float32) if array.ndim else array for array in arrays)
    return answer.give(Model("torch.nn:BatchNorm1d", {"num_features": C}, arrays))


def descent(answer, network):
    """Gradient descent with momentum on a network's parameters: what one batch does shows in the steps that follow."""
    return answer.give(Model("torch.optim:SGD", {"params": network.parameters.make(), "lr": LR, "momentum": MOMENTUM}))


def one_pixel_each(n):
    """Images of which each has a pixel of its own: with them, an image moves its own column of weights alone."""
    return Tensor(np.eye(n, dtype=np.float32))


def wanted_moves(w, labels):
    """How each image would move its column of w (classes, n) if it were a batch of its own: (classes, n)."""
    shares, _ = softmax_forward(w.T.astype(np.float64))
    return (np.eye(len(w))[labels] - shares).T


def moves(before, after, labels):
    """What each image has done to its column of weights: how strongly, and whether along the gradient of its label.

    One that was used once, in a batch of b, does 1 / b at once, and more by momentum in each later step.
    """
    wanted = wanted_moves(before, labels)
    done = (after.astype(np.float64) - before) / LR
    strength = (done * wanted).sum(axis=0) / (wanted**2).sum(axis=0)
    rest = np.abs(done - strength * wanted).max(axis=0)
    return strength, bool(np.all(rest < 1e-3))
