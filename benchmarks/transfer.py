"""How many labels transfer saves: handwritten digits on a cluttered canvas, from letters drawn by machine.

For each number of labels a class, and for several draws of which digits are labelled, three networks of the same
architecture learn from the same images, changed at random in the same way:

- from scratch: all weights drawn anew, and more than twice the steps;
- frozen: the body of `pretrained("letters")` as it is, and a new head;
- fine-tuned: the same, but the body learns too, more slowly.

Each is tested on digits of the held-back 40 %. `python -m benchmarks.transfer` prints the table in a few minutes.
With `--new-canvases` each clean digit is pasted on another canvas at each step, which helps most from scratch.
"""

import argparse
import statistics
from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from cnnlib.data import Labelled, paste_on_clutter, split_digits
from cnnlib.models.glyph_reader import glyph_reader
from cnnlib.models.pretrained import pretrained

Strategy = Literal["from scratch", "frozen", "fine-tuned"]
STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)
LABELS = (1, 2, 5, 10, 20, 50)
CLASSES = 10
STEPS: dict[Strategy, int] = {"from scratch": 700, "frozen": 300, "fine-tuned": 300}  # batches of BATCH images
BATCH = 32
HEAD_RATE, BODY_RATE = 3e-3, 1e-3  # from scratch, all learn at the rate of the head


def main() -> None:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=5, help="how often the labelled digits are drawn")
    parser.add_argument("--labels", type=int, nargs="+", default=LABELS, help="labels a class")
    parser.add_argument("--new-canvases", action="store_true", help="paste the digits anew at each step")
    options = parser.parse_args()
    torch.set_num_threads(1)
    found: dict[tuple[Strategy, int], list[float]] = {(how, k): [] for how in STRATEGIES for k in options.labels}
    runs = [(seed, k, how) for seed in range(options.draws) for k in options.labels for how in STRATEGIES]
    for seed, k, how in tqdm(runs):
        rng = np.random.default_rng(seed)
        digits, test = draw_task(k, rng=rng)
        network = learn(how, digits, seed=seed, rng=rng, new_canvases=options.new_canvases)
        found[how, k].append(100 * accuracy(network, test))
    print(table(found, options.labels))


def draw_task(labels: int, *, rng: np.random.Generator) -> tuple[Labelled, Labelled]:
    """So many clean digits of each class to learn from, and 40 % of all, on canvases, to be tested on."""
    split = split_digits(rng=rng)
    held_back = [np.concatenate(both) for both in zip(split.validation, split.test, strict=True)]
    test = Labelled(paste_on_clutter(held_back[0], rng=rng), held_back[1])
    rows = np.concatenate([np.flatnonzero(split.train.labels == digit)[:labels] for digit in range(CLASSES)])
    return Labelled(split.train.images[rows], split.train.labels[rows]), test


def learn(
    how: Strategy, digits: Labelled, *, seed: int, rng: np.random.Generator, new_canvases: bool = False
) -> nn.Module:
    """A network that has learnt by one of the strategies from digits that `rng` pastes on canvases."""
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    network = prepared(how)
    body_rate = HEAD_RATE if how == "from scratch" else BODY_RATE
    groups = [{"params": network.classifier.parameters(), "lr": HEAD_RATE}]
    if how != "frozen":
        groups.append({"params": network.features.parameters(), "lr": body_rate})
    optimizer = torch.optim.AdamW(groups, weight_decay=1e-4)
    rates = [group["lr"] for group in groups]
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rates, total_steps=STEPS[how])
    images, labels = torch.from_numpy(paste_on_clutter(digits.images, rng=rng)), torch.from_numpy(digits.labels)
    network.train()
    network.features.train(how != "frozen")  # or the statistics of batch normalisation would move
    for _ in range(STEPS[how]):
        rows = torch.randint(len(images), (BATCH,), generator=generator)
        x = torch.from_numpy(paste_on_clutter(digits.images[rows], rng=rng)) if new_canvases else images[rows]
        loss = functional.cross_entropy(network(augmented(x, generator)), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return network.eval()


def prepared(how: Strategy) -> nn.Module:
    """The network to start from, with a head for ten digits."""
    if how == "from scratch":
        return glyph_reader(classes=CLASSES)
    network = pretrained("letters")
    network.classifier = nn.Linear(network.classifier.in_features, CLASSES)
    network.features.requires_grad_(how == "fine-tuned")
    return network


def augmented(images: Tensor, generator: torch.Generator) -> Tensor:
    """Turned by up to 15°, scaled and shifted; half of them as negatives; brighter or darker, with noise."""
    N, _, _, W = images.shape

    def between(low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(N, *shape, generator=generator)

    angle, scale, shift = between(-0.26, 0.26), between(0.85, 1.15), between(-4 / W, 4 / W, 2)
    first_row = torch.stack([scale * angle.cos(), -scale * angle.sin(), shift[:, 0]], dim=1)
    second_row = torch.stack([scale * angle.sin(), scale * angle.cos(), shift[:, 1]], dim=1)
    grid = functional.affine_grid(torch.stack([first_row, second_row], dim=1), list(images.shape), align_corners=False)
    moved = functional.grid_sample(images, grid, align_corners=False, padding_mode="border") - 0.5
    sign = torch.where(between(0, 1, 1, 1, 1) < 0.5, 1.0, -1.0)
    light = 0.08 * torch.randn(N, 1, 1, 1, generator=generator)
    noise = 0.04 * torch.randn(images.shape, generator=generator)
    return 0.5 + sign * between(0.7, 1.3, 1, 1, 1) * moved + light + noise


def accuracy(network: nn.Module, data: Labelled) -> float:
    """The share of the images that the network reads right."""
    with torch.no_grad():
        said = network(torch.from_numpy(data.images)).argmax(dim=1)
    return (said.numpy() == data.labels).mean().item()


def table(found: dict[tuple[Strategy, int], list[float]], labels: Sequence[int]) -> str:
    """Mean accuracy in per cent, a row a strategy, with the standard deviation over the draws."""
    lines = [
        "| labels a class | " + " | ".join(map(str, labels)) + " |",
        "|---|" + "---:|" * len(labels),
    ]
    for how in STRATEGIES:
        cells = [f"{statistics.fmean(found[how, k]):.1f} ± {statistics.pstdev(found[how, k]):.1f}" for k in labels]
        lines.append(f"| {how} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
