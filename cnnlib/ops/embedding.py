"""Words to vectors: row i of a table stands for word i."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cnnlib.ops._arguments import Array, floats, upstream, whole_numbers


class EmbeddingCache(NamedTuple):
    indices: Array
    table_shape: tuple[int, ...]


def embedding_forward(indices: npt.ArrayLike, table: npt.ArrayLike) -> tuple[Array, EmbeddingCache]:
    """y (..., size), the rows of table (vocabulary, size) that `indices` (...) name."""
    table = floats("embedding", "table", table, "VD")
    indices = whole_numbers("embedding", "indices", indices, below=len(table))
    return table[indices], EmbeddingCache(indices, table.shape)


def embedding_backward(dy: npt.ArrayLike, cache: EmbeddingCache) -> Array:
    """dtable (vocabulary, size): a word that came twice collects both its gradients."""
    indices, (vocabulary, size) = cache
    dy = upstream("embedding", dy, (*indices.shape, size))
    dtable = np.zeros((vocabulary, size), dtype=dy.dtype)
    np.add.at(dtable, indices, dy)
    return dtable
