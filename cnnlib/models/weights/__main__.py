"""Train a network anew that comes with the package: `python -m cnnlib.models.weights letters`."""

import argparse
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save

from cnnlib.models.weights import letters

SEED = 0
TEST_SEED = 1
TEST_COUNT = 8_400


def main() -> None:
    """Draw, train, save, and say how well it reads letters that it has not seen."""
    parser = argparse.ArgumentParser(prog="python -m cnnlib.models.weights", description=__doc__)
    parser.add_argument("name", choices=["letters"])
    parser.add_argument("--to", type=Path, default=Path(__file__).parent, help="the folder to write to")
    parser.add_argument("--count", type=int, default=letters.COUNT, help="how many letters to draw")
    options = parser.parse_args()

    torch.set_num_threads(1)  # sums are then added in one order
    rng = np.random.default_rng(SEED)
    network = letters.train(letters.draw_letters(options.count, rng=rng), rng=rng)
    path = options.to / f"{options.name}.safetensors"
    made_with = f"{options.count} letters, seed {SEED}, torch {version('torch')}, numpy {version('numpy')}"
    metadata = {"made with": made_with}  # one entry: several would have no fixed order
    path.write_bytes(save(network.state_dict(), metadata))
    unseen = letters.draw_letters(TEST_COUNT, rng=np.random.default_rng(TEST_SEED))
    print(f"{path}: {letters.accuracy(network, unseen):.1%} of {TEST_COUNT:,} unseen letters")


if __name__ == "__main__":
    main()
