"""L1 and L2, without a hidden half."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from cnnlib.ops import penalties

BOTH = {
    "l1_penalty": (penalties.l1_penalty_forward, penalties.l1_penalty_backward, torch.abs),
    "l2_penalty": (penalties.l2_penalty_forward, penalties.l2_penalty_backward, torch.square),
}


@pytest.mark.parametrize("name", BOTH)
@settings(deadline=None, max_examples=30)
@given(data=st.data(), dtype=st.sampled_from(["float32", "float64"]), strength=st.floats(0, 10))
def test_agrees_with_torch(by_torch, name, data, dtype, strength):
    shape = data.draw(array_shapes(min_dims=0, max_dims=4, max_side=4))
    w = data.draw(arrays(dtype, shape, elements=st.floats(-10, 10, width=32)))
    forward, backward, of_one = BOTH[name]
    penalty, cache = forward(w, strength)
    expected, (gradient,) = by_torch(lambda w: strength * of_one(w).sum(), w)
    dw = backward(1.0, cache)
    assert penalty.dtype == dw.dtype == dtype
    np.testing.assert_allclose(penalty, expected, rtol=1e-4, atol=1e-30)
    np.testing.assert_allclose(dw, gradient, rtol=1e-6)


def test_by_hand():
    w = [[3.0, -4.0], [0.0, 0.5]]
    l1, l1_cache = penalties.l1_penalty_forward(w, 0.1)
    l2, l2_cache = penalties.l2_penalty_forward(w, 0.1)
    assert l1 == pytest.approx(0.75)
    assert l2 == pytest.approx(2.525)
    np.testing.assert_allclose(penalties.l1_penalty_backward(1.0, l1_cache), [[0.1, -0.1], [0, 0.1]])
    np.testing.assert_allclose(penalties.l2_penalty_backward(1.0, l2_cache), [[0.6, -0.8], [0, 0.1]])


def test_one_step_of_l2_shrinks_every_weight_by_the_same_share():
    w = np.array([8.0, -2.0, 0.5])
    _, cache = penalties.l2_penalty_forward(w, 0.05)
    np.testing.assert_allclose(w - 0.1 * penalties.l2_penalty_backward(1.0, cache), (1 - 2 * 0.1 * 0.05) * w)


@pytest.mark.parametrize("name", BOTH)
def test_refuses_a_reward_for_large_weights(name):
    with pytest.raises(ValueError, match=rf"^{name}: strength is -0.1; 0 or more fits$"):
        BOTH[name][0](np.ones(3), -0.1)
