"""A network that values the four moves in a pixel world: the same convolution again and again, as news spreads."""

import torch
from torch import Tensor, nn
from torch.nn import functional


class PixelAgent(nn.Module):
    """Images (N, 3, H, W) to the values (N, 4) of the moves.

    Each round of `spread` carries what is known of a cell to its neighbours. Then the cell is read where the agent
    stands, which is where the image is blue.
    """

    def __init__(self, width: int = 16, rounds: int = 6) -> None:
        super().__init__()
        self.see = nn.Conv2d(3, width, 3, padding=1)
        self.spread = nn.Conv2d(width, width, 3, padding=1)
        nn.init.xavier_normal_(self.spread.weight)  # what is spread neither fades nor grows
        self.value = nn.Linear(width, 4)
        self.rounds = rounds

    def forward(self, x: Tensor) -> Tensor:
        seen = self.see(x)
        maps = functional.relu(seen)
        for _ in range(self.rounds):
            maps = functional.relu(seen + self.spread(maps))
        here = torch.einsum("nchw,nhw->nc", maps, x[:, 2])
        values: Tensor = self.value(here)
        return values
