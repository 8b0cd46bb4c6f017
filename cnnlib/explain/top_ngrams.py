"""The phrases that a text filter answers to most: the windows of words for which it is highest."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from cnnlib.explain._model import Layer, as_indices, at_rest, capture, find_layer
from cnnlib.ops._arguments import Array, whole

PADDING = 0


class Ngram(NamedTuple):
    """A phrase of as many words as the filter is wide, and what the filter answers to it."""

    words: tuple[str, ...]
    activation: float


def top_ngrams(
    model: nn.Module, indices: Tensor | Array, layer: Layer, *, words: Sequence[str], count: int = 5
) -> list[list[Ngram]]:
    """For each filter of a Conv1d, the `count` different phrases of the sentences it is highest for, best first.

    indices (N, L) are sentences as places in `words`, filled up with 0, which the model takes; the layer is given
    their vectors. Phrases that reach into the padding do not count.
    """
    op = "top_ngrams"
    sentences = as_indices(op, indices, below=len(words))
    whole(op, "count", count, least=1)
    convolution = find_layer(op, model, layer)
    width = _width(op, convolution)
    with at_rest(model), torch.no_grad(), capture(op, convolution) as captured:
        model(sentences)
    answers = captured.only(op)  # (N, K, windows)
    if sentences.shape[1] < width:
        return [[] for _ in range(answers.shape[1])]
    windows = sentences.unfold(1, width, 1)  # (N, L - width + 1, width)
    whole_ones = (windows != PADDING).all(dim=2)
    phrases, which = windows[whole_ones].unique(dim=0, return_inverse=True)
    # (N, K, windows) -> (windows of words, K)
    found = answers[:, :, : windows.shape[1]].transpose(1, 2)[whole_ones]
    strongest = torch.full((len(phrases), found.shape[1]), -torch.inf, dtype=found.dtype)
    strongest = strongest.scatter_reduce(0, which[:, None].expand_as(found), found, "amax")
    return [_best(filter_answers, phrases, words, count) for filter_answers in strongest.T]


def _best(answers: Tensor, phrases: Tensor, words: Sequence[str], count: int) -> list[Ngram]:
    values, places = answers.sort(descending=True, stable=True)
    best = zip(values[:count].tolist(), phrases[places[:count]].tolist(), strict=True)
    return [Ngram(tuple(words[number] for number in phrase), value) for value, phrase in best]


def _width(op: str, layer: nn.Module) -> int:
    if not isinstance(layer, nn.Conv1d):
        raise TypeError(f"{op}: the layer is a {type(layer).__name__}; a Conv1d fits")
    if (layer.stride, layer.dilation, layer.padding) != ((1,), (1,), (0,)):
        raise ValueError(f"{op}: the layer is {layer}; one with a stride and dilation of 1 and no padding fits")
    return layer.kernel_size[0]
