"""Training lesson 13's network on handwritten digits: cnnlib's numpy and torch, float32.

A job is an epoch of 1,078 images: batches, forward, cross-entropy, backward and Adam, the same orders for both.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from benchmarks.harness import Job, main
from cnnlib import network, optim
from cnnlib.data import load_digits

CLASSES, LEARNING_RATE = 10, 1e-3

# images, batch, width of the first block
CASES = {
    "width 16, batches of 64": (1078, 64, 16),
    "width 24, batches of 64": (1078, 64, 24),
    "width 24, batches of 16": (1078, 16, 24),
    "width 48, batches of 64": (1078, 64, 48),
}


def make_cnnlib(N: int, batch_size: int, width: int) -> Job:
    rng = np.random.default_rng(0)
    data = load_digits()
    images, labels = data.images[:N], data.labels[:N]

    def block(before: int, after: int) -> list[network.Layer]:
        convolution = network.Conv2d(before, after, 3, padding=1, bias=False, rng=rng, dtype=np.float32)
        return [convolution, network.BatchNorm2d(after, dtype=np.float32), network.ReLU()]

    layers = [*block(1, width), *block(width, width), network.MaxPool2d(2)]
    layers += [*block(width, 2 * width), *block(2 * width, 2 * width), network.GlobalAvgPool2d()]
    net = network.Network([*layers, network.Linear(2 * width, CLASSES, rng=rng, dtype=np.float32)])
    adam = optim.Adam(LEARNING_RATE)

    def job() -> network.Curves:
        return network.fit(
            net, images, labels, optimizer=adam, epochs=1, batch_size=batch_size, rng=rng, progress=False
        )

    return job


def make_torch(N: int, batch_size: int, width: int) -> Job:
    rng = np.random.default_rng(0)
    data = load_digits()
    images, labels = torch.from_numpy(data.images[:N]), torch.from_numpy(data.labels[:N])

    def block(before: int, after: int) -> list[nn.Module]:
        return [nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]

    layers = [*block(1, width), *block(width, width), nn.MaxPool2d(2)]
    layers += [*block(width, 2 * width), *block(2 * width, 2 * width), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    net = nn.Sequential(*layers, nn.Linear(2 * width, CLASSES))
    adam = torch.optim.Adam(net.parameters(), lr=LEARNING_RATE)

    def job() -> float:
        total = 0.0
        for rows in torch.from_numpy(rng.permutation(N)).split(batch_size):
            loss = nn.functional.cross_entropy(net(images[rows]), labels[rows])
            adam.zero_grad()
            loss.backward()
            adam.step()
            total += loss.item() * len(rows)
        return total / N

    return job


PEERS: dict[str, Callable[..., Job]] = {"cnnlib": make_cnnlib, "torch": make_torch}

if __name__ == "__main__":
    main(__doc__, PEERS, CASES, against="torch", warm_up=(8, 8, 2))
