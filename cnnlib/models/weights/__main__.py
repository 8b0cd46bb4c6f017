"""Train a network anew that comes with the package: `python -m cnnlib.models.weights NAME`."""

import argparse
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save
from torch import nn

from cnnlib.models.weights import agent, letters

SEED = 0
TEST_SEED = 1
TEST_COUNT = 8_400
EPISODES = 2_000


def main() -> None:
    """Train, save, and say how well the network does on what it has not seen."""
    parser = argparse.ArgumentParser(prog="python -m cnnlib.models.weights", description=__doc__)
    parser.add_argument("name", choices=["letters", "agent"])
    parser.add_argument("--to", type=Path, default=Path(__file__).parent, help="the folder to write to")
    parser.add_argument("--count", type=int, help="how many letters to draw, or updates to make")
    options = parser.parse_args()

    torch.set_num_threads(1)  # sums are then added in one order
    rng = np.random.default_rng(SEED)
    path = options.to / f"{options.name}.safetensors"
    unseen = np.random.default_rng(TEST_SEED)
    if options.name == "letters":
        count = options.count or letters.COUNT
        network = letters.train(letters.draw_letters(count, rng=rng), rng=rng)
        _save(network, path, f"{count} letters")
        share = letters.accuracy(network, letters.draw_letters(TEST_COUNT, rng=unseen))
        print(f"{path}: {share:.1%} of {TEST_COUNT:,} unseen letters")
    else:
        count = options.count or agent.UPDATES
        network = agent.train(count, rng=rng)
        _save(network, path, f"{count} updates")
        print(f"{path}: {agent.success(network, EPISODES, rng=unseen):.1%} of {EPISODES:,} fresh episodes")


def _save(network: nn.Module, path: Path, made_of: str) -> None:
    made_with = f"{made_of}, seed {SEED}, torch {version('torch')}, numpy {version('numpy')}"
    metadata = {"made with": made_with}  # one entry: several would have no fixed order
    path.write_bytes(save(network.state_dict(), metadata))


if __name__ == "__main__":
    main()
