"""A layer trained without labels: it must let its input be brought back from what it makes of it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from cnnlib.init import xavier_normal
from cnnlib.network.layers import Function, Linear
from cnnlib.network.sequential import Network
from cnnlib.ops._arguments import Array, floats, generator, whole
from cnnlib.ops.activations import tanh_backward, tanh_forward
from cnnlib.optim import Adam, Optimizer


def fit_autoencoder(
    x: npt.ArrayLike,
    hidden: int,
    *,
    rng: np.random.Generator,
    activation: tuple[Callable[..., tuple[Array, Any]], Callable[..., Array]] = (tanh_forward, tanh_backward),
    optimizer: Optimizer | None = None,
    steps: int = 500,
    batch_size: int = 50,
) -> Network:
    """An encoder to `hidden` values, its activation and a linear decoder, trained to bring back x (N, n).

    The loss is the sum of squares, averaged over a batch; Adam with a rate of 0.01 unless told otherwise.
    """
    op = "fit_autoencoder"
    x = floats(op, "x", x, "Nn")
    N, n = x.shape
    whole(op, "hidden", hidden, least=1)
    encoder, decoder = Linear(n, hidden, rng=generator(op, rng)), Linear(hidden, n, rng=rng)
    for layer in (encoder, decoder):  # xavier, for an activation that is not ReLU
        layer.params["w"][...] = xavier_normal(layer.params["w"].shape, rng)
    network = Network([encoder, Function(*activation), decoder])
    optimizer = Adam(lr=0.01) if optimizer is None else optimizer
    for _ in range(whole(op, "steps", steps, least=0)):
        batch = x[rng.integers(N, size=whole(op, "batch_size", batch_size, least=1))]
        network.backward(2 * (network.forward(batch, training=True) - batch) / len(batch))
        optimizer.step(network.params, network.grads)
    return network
