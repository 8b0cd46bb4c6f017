"""Words to numbers: a vocabulary, and batches of sentences filled up to one length."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from cnnlib.ops._arguments import Array, whole_numbers

PADDING, UNKNOWN = 0, 1  # the places of what fills up, and of words that the vocabulary lacks
NO_WORD, NO_SUCH_WORD = "·", "?"  # how these two are written


@dataclass(frozen=True)
class Vocabulary:
    """Words in the order of their numbers: "·" for padding, "?" for whatever is not there, then the words."""

    words: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.words)

    def encode(self, sentences: Iterable[Sequence[str]]) -> Array:
        """Numbers (N, L), int64, of sentences of words; the shorter ones are filled up at their ends."""
        numbers = {word: number for number, word in enumerate(self.words)}
        rows = [[numbers.get(word, UNKNOWN) for word in _words(sentence)] for sentence in sentences]
        indices = np.full((len(rows), max(map(len, rows), default=0)), PADDING, dtype=np.int64)
        for row, found in zip(indices, rows, strict=True):
            row[: len(found)] = found
        return indices

    def decode(self, indices: Array) -> tuple[str, ...]:
        """The words of one sentence (L,), without its padding."""
        known = whole_numbers("decode", "indices", indices, below=len(self))
        return tuple(self.words[number] for number in known if number != PADDING)


def vocabulary_of(sentences: Iterable[Sequence[str]]) -> Vocabulary:
    """All words of the sentences, in the order of the alphabet."""
    words = {word for sentence in sentences for word in _words(sentence)}
    return Vocabulary((NO_WORD, NO_SUCH_WORD, *sorted(words - {NO_WORD, NO_SUCH_WORD})))


def _words(sentence: Sequence[str]) -> Sequence[str]:
    if isinstance(sentence, str):
        raise TypeError(f"vocabulary: {sentence!r} is one text; a sequence of words fits, such as text.split()")
    return sentence
