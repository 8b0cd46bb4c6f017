"""LeNet-5 (LeCun, Bottou, Bengio and Haffner 1998, figure 2), as it is built today and as it was.

32x32      C1 6@5x5    S2 half    C3 16@5x5    S4 half    C5 120@5x5    F6 84    10
"""

from collections import OrderedDict

import torch
from torch import Tensor, nn

TABLE_I = (  # for each map of C3, the maps of S2 that it looks at
    *((0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5)),
    *((0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5)),
    *((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5)),
    (0, 1, 2, 3, 4, 5),
)


def lenet5(classes: int = 10, *, channels: int = 1) -> nn.Sequential:
    """LeNet-5 as it is built today, for images (N, channels, 32, 32), such as digits of 28x28 padded by 2."""
    return nn.Sequential(
        OrderedDict(
            c1=nn.Conv2d(channels, 6, kernel_size=5),
            tanh1=nn.Tanh(),
            s2=nn.AvgPool2d(2),
            c3=nn.Conv2d(6, 16, kernel_size=5),
            tanh3=nn.Tanh(),
            s4=nn.AvgPool2d(2),
            c5=nn.Conv2d(16, 120, kernel_size=5),
            tanh5=nn.Tanh(),
            flatten=nn.Flatten(),
            f6=nn.Linear(120, 84),
            tanh6=nn.Tanh(),
            output=nn.Linear(84, classes),
        )
    )


def lenet5_1998() -> nn.Sequential:
    """LeNet-5 as the paper has it: subsampling that learns, a sparse C3, fixed outputs; 60,000 parameters exactly."""
    return nn.Sequential(
        OrderedDict(
            c1=nn.Conv2d(1, 6, kernel_size=5),
            squash1=Squash(),
            s2=Subsampling(6),
            squash2=Squash(),
            c3=SparseConv(TABLE_I, kernel_size=5),
            squash3=Squash(),
            s4=Subsampling(16),
            squash4=Squash(),
            c5=nn.Conv2d(16, 120, kernel_size=5),
            squash5=Squash(),
            flatten=nn.Flatten(),
            f6=nn.Linear(120, 84),
            squash6=Squash(),
            output=RadialBasis(84, 10),
        )
    )


class Squash(nn.Module):
    """Equation 6: A tanh(S a), which is 1 at 1."""

    def forward(self, a: Tensor) -> Tensor:
        return 1.7159 * torch.tanh(a * 2 / 3)


class Subsampling(nn.Module):
    """The sum of each 2x2 times one coefficient a map, plus one bias a map."""

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.coefficient = nn.Parameter(torch.full((maps, 1, 1), 0.25))
        self.bias = nn.Parameter(torch.zeros(maps, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        """(N, maps, H, W) -> (N, maps, H / 2, W / 2)."""
        return 4 * nn.functional.avg_pool2d(x, 2) * self.coefficient + self.bias


class SparseConv(nn.Module):
    """A convolution whose filters look at some of the maps only, as a table says."""

    def __init__(self, table: tuple[tuple[int, ...], ...], *, kernel_size: int) -> None:
        super().__init__()
        self.table = table
        self.filters = nn.ModuleList(nn.Conv2d(len(maps), 1, kernel_size) for maps in table)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, len(table), H', W')."""
        return torch.cat([conv(x[:, maps]) for conv, maps in zip(self.filters, self.table, strict=True)], dim=1)


class RadialBasis(nn.Module):
    """Equation 7, negated so that the largest wins: how far each image is from a fixed pattern of -1 and 1 a class.

    The paper draws its patterns as small characters and says that chance would do; here they are chance's.
    """

    centres: Tensor

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(0)
        drawn = torch.randint(2, (classes, inputs), generator=generator, device="cpu")
        self.register_buffer("centres", 2.0 * drawn - 1)

    def forward(self, x: Tensor) -> Tensor:
        """Scores (N, classes) of x (N, inputs)."""
        return -(x[:, None, :] - self.centres).square().sum(dim=2)
