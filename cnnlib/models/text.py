"""A small convolutional network for sentences, after Kim (2014): filters of several widths find phrases."""

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

PADDING = 0  # the number of the word that fills up short sentences


class TextNetwork(nn.Module):
    """Embedding, filters of several widths side by side, ReLU, maximum over time, and a linear classifier.

    Takes the numbers of words (N, L), filled up with 0, and gives scores (N, classes). How much a sentence is filled
    up changes nothing: only windows of real words count. A sentence shorter than a filter is one window, the rest of
    it zeros; in an empty one, no filter finds anything.
    """

    def __init__(self, words: int, classes: int, *, size: int, filters: int, widths: Sequence[int]) -> None:
        super().__init__()
        self.embedding = nn.Embedding(words, size, padding_idx=PADDING)
        self.convolutions = nn.ModuleList(nn.Conv1d(size, filters, width) for width in widths)
        self.classifier = nn.Linear(filters * len(widths), classes)

    def forward(self, indices: Tensor) -> Tensor:
        return self.classifier(self.features(indices))

    def features(self, indices: Tensor) -> Tensor:
        """How clearly each filter found its phrase: (N, L) -> (N, filters of all widths)."""
        lengths = (indices != PADDING).sum(dim=1)
        x = self.embedding(indices).transpose(1, 2)  # (N, size, L)
        filters = [cast(nn.Conv1d, convolution) for convolution in self.convolutions]
        return torch.cat([_strongest(one, x, lengths) for one in filters], dim=1)


def _strongest(convolution: nn.Conv1d, x: Tensor, lengths: Tensor) -> Tensor:
    """The largest answer of each filter to a window of real words: (N, size, L) -> (N, filters)."""
    (width,) = convolution.kernel_size
    answers = functional.relu(convolution(functional.pad(x, (0, max(width - x.shape[2], 0)))))  # (N, filters, windows)
    windows = torch.where(lengths > 0, (lengths - width + 1).clamp(min=1), 0)
    real = torch.arange(answers.shape[2], device=x.device) < windows[:, None]  # (N, windows)
    return (answers * real[:, None]).amax(dim=2)  # after a ReLU, zero is the least there is


def text_network(
    words: int, classes: int = 2, *, size: int = 16, filters: int = 8, widths: Sequence[int] = (2, 3, 4)
) -> TextNetwork:
    """For a vocabulary of so many words: vectors of `size` numbers, and so many filters of each width."""
    if not widths or min(widths) < 1:
        raise ValueError(f"text_network: widths is {tuple(widths)}; one or more of 1 or more fit")
    return TextNetwork(words, classes, size=size, filters=filters, widths=widths)
