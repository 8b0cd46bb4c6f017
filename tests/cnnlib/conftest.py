"""What torch says, forward and backward, in arrays."""

import pytest
import torch


def _by_torch(function, *arrays, dy=None):
    """y and the gradient of each array, where the upstream gradient is dy, or 1 for a loss."""
    tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
    y = function(*tensors)
    y.backward(None if dy is None else torch.tensor(dy))
    return y.detach().numpy(), [tensor.grad.numpy() for tensor in tensors]


@pytest.fixture(scope="session")
def by_torch():
    return _by_torch
