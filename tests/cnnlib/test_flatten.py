"""Flattening keeps the order C, H, W, and undoes itself on the way back."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlib.ops.flatten import flatten_backward, flatten_forward


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=5))
def test_agrees_with_torch_and_undoes_itself(shape):
    if len(shape) > 1:
        shape[0] = max(shape[0], 1)  # torch cannot tell how wide nothing is
    x = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    y, cache = flatten_forward(x)
    expected = torch.flatten(torch.tensor(x), 1) if len(shape) > 1 else torch.tensor(x)[:, None]
    assert np.array_equal(y, expected.numpy())
    assert np.array_equal(flatten_backward(y, cache), x)


def test_an_empty_batch_keeps_its_width():
    assert flatten_forward(np.zeros((0, 2, 3, 4)))[0].shape == (0, 24)


def test_refuses_a_single_number():
    with pytest.raises(ValueError, match=r"^flatten: x has 0 axes but at least 1 fits"):
        flatten_forward(3.0)
