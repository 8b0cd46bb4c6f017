"""A network that knows all digits by heart: what trained_network is measured against costs no training."""

import torch
from torch import nn

from cnnlib.data import load_digits


class MatchedFilter(nn.Module):
    """Every digit is a kernel of its own; the answer is the class of the kernel that is nearest to the image.

    Images come standardised, by a mean and a deviation that are about those of all digits.
    """

    def __init__(self):
        super().__init__()
        digits = load_digits()
        self.mean, self.std = float(digits.images.mean()), float(digits.images.std())
        self.labels = torch.from_numpy(digits.labels)
        self.compare = nn.Conv2d(1, len(digits.labels), digits.images.shape[2:])
        with torch.no_grad():
            self.compare.weight.copy_(torch.from_numpy(digits.images))
            self.compare.bias.copy_(torch.from_numpy(-0.5 * (digits.images**2).sum(axis=(1, 2, 3))))

    def forward(self, x):
        nearness = self.compare(x * self.std + self.mean).flatten(1)
        return torch.stack([nearness[:, self.labels == digit].amax(dim=1) for digit in range(10)], dim=1)
