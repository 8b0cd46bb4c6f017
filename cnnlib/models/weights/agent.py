"""The recipe of agent.safetensors: a network learns to act in pixel worlds by double Q-learning."""

import copy

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from cnnlib.data.pixel_world import MOVES, PixelWorlds
from cnnlib.models.pixel_agent import PixelAgent

UPDATES = 1_800
WORLDS = 64
BATCH = 128
MEMORY = 20_000  # steps that are kept to learn from
DISCOUNT = 0.9
LEARNING_RATE = 5e-3
LEAST_CHANCE = 0.3  # of a random move
RENEWED = 40  # updates after which the target network becomes what the online network is

Step = tuple[Tensor, ...]  # images, moves, rewards, the images after them, and whether the episode was over


def train(updates: int, *, rng: np.random.Generator) -> nn.Module:
    """A network that has learnt from its own steps: one step in each world, then one update, again and again."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(rng.integers(2**31)))
        online = PixelAgent()
    target = copy.deepcopy(online)
    optimizer = torch.optim.Adam(online.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=updates, pct_start=0.1)
    worlds = PixelWorlds(WORLDS, rng=rng)
    memory: Step = (torch.zeros(MEMORY, 3, 6, 6), torch.zeros(MEMORY, dtype=torch.int64), torch.zeros(MEMORY))
    memory += (torch.zeros(MEMORY, 3, 6, 6), torch.zeros(MEMORY))
    for update in tqdm(range(updates), desc="updates", leave=False):
        rows = torch.arange(update * WORLDS, (update + 1) * WORLDS) % MEMORY
        chance = max(LEAST_CHANCE, 1 - 1.4 * update / updates)
        for kept, new in zip(memory, _one_step(online, worlds, chance, rng), strict=True):
            kept[rows] = new
        drawn = torch.from_numpy(rng.integers(0, min((update + 1) * WORLDS, MEMORY), BATCH))
        x, moves, rewards, after, over = (kept[drawn] for kept in memory)
        with torch.no_grad():
            best = online(after).argmax(dim=1, keepdim=True)
            wanted = rewards + DISCOUNT * (1 - over) * target(after).gather(1, best)[:, 0]
        loss = functional.mse_loss(online(x).gather(1, moves[:, None])[:, 0], wanted)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(online.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if update % RENEWED == 0:
            target.load_state_dict(online.state_dict())
    return online.eval()


def _one_step(online: nn.Module, worlds: PixelWorlds, chance: float, rng: np.random.Generator) -> Step:
    """One move in each world, at random by that chance; worlds that are over get a new map."""
    before = torch.from_numpy(worlds.images())
    with torch.no_grad():
        best = online(before).argmax(dim=1).numpy()
    moves = np.where(rng.random(WORLDS) < chance, rng.integers(0, len(MOVES), WORLDS), best)
    reward, done, late = worlds.step(moves)
    after = torch.from_numpy(worlds.images())
    worlds.restart(done | late)
    return before, torch.from_numpy(moves), torch.from_numpy(reward), after, torch.from_numpy(done).float()


def success(network: nn.Module, episodes: int, *, rng: np.random.Generator) -> float:
    """The share of fresh episodes in which it reaches the goal."""
    worlds = PixelWorlds(episodes, rng=rng)
    playing, reached = np.ones(episodes, bool), np.zeros(episodes, bool)
    for _ in range(worlds.limit):
        with torch.no_grad():
            moves = network(torch.from_numpy(worlds.images())).argmax(dim=1).numpy()
        reward, done, _ = worlds.step(moves)
        reached |= playing & (reward > 0)
        playing &= ~done
    return reached.mean().item()
