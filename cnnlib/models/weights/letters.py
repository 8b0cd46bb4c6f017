"""The recipe of letters.safetensors: a small network learns to read letters on a cluttered canvas."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from cnnlib.data.clutter import paste_on_clutter
from cnnlib.data.glyphs import LETTERS, draw_glyphs
from cnnlib.data.labelled import Labelled
from cnnlib.models.glyph_reader import glyph_reader

COUNT = 80_000
BATCH = 64
LEARNING_RATE = 1e-2


def draw_letters(n: int, *, rng: np.random.Generator) -> Labelled:
    """n letters, each on its own canvas (n, 1, 16, 16)."""
    letters = draw_glyphs(n, rng=rng)
    return Labelled(paste_on_clutter(letters.images, rng=rng), letters.labels)


def train(data: Labelled, *, rng: np.random.Generator) -> nn.Module:
    """A network that has seen each image once: AdamW, the learning rate up to its most and down to nothing."""
    images, labels = torch.from_numpy(data.images), torch.from_numpy(data.labels)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(rng.integers(2**31)))
        network = glyph_reader(classes=len(LETTERS))
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=1e-4)
    batches = torch.from_numpy(rng.permutation(len(images))).split(BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=len(batches))
    network.train()
    for rows in tqdm(batches, desc="batches", leave=False):
        loss = functional.cross_entropy(network(images[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return network.eval()


def accuracy(network: nn.Module, data: Labelled) -> float:
    """The share of the images that a network reads right."""
    with torch.no_grad():
        scores: Tensor = network(torch.from_numpy(data.images))
    return (scores.argmax(dim=1).numpy() == data.labels).mean().item()
