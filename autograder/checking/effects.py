"""What a call did to its arguments: which of them it changed, and whose memory its result uses."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder.checking.values import Tensor, is_tensor

Way = tuple[Any, ...]


def changes(before: Any, after: Any) -> list[list[Any]]:
    """The ways to the arguments that differ: `before` and `after` are (args, kwargs)."""
    return [list(way[1:]) for way in dict.fromkeys(_differences(before, after, ()))]


def shares(result: Any, given: Any) -> list[list[Any]]:
    """The ways to the arguments whose memory the result uses."""
    results = [array for _, array in _arrays(result, ())]
    return [
        list(way[1:]) for way, array in _arrays(given, ()) if any(np.may_share_memory(array, one) for one in results)
    ]


def _differences(before: Any, after: Any, way: Way) -> Iterator[Way]:
    kind = type(after)
    array = _as_array(after)
    if isinstance(before, np.ndarray | Tensor):
        then = before.array if isinstance(before, Tensor) else before
        if array is None or array.shape != then.shape or array.tobytes() != then.tobytes():
            yield way
    elif isinstance(before, dict):
        if kind is not dict or list(before) != list(after):
            yield way
        else:
            for key, value in before.items():
                yield from _differences(value, after[key], (*way, key))
    elif isinstance(before, list | tuple):
        if kind is not type(before) or len(before) != len(after):
            yield way
        else:
            for i, (one, other) in enumerate(zip(before, after, strict=True)):
                yield from _differences(one, other, (*way, i))
    elif isinstance(before, int | float | str | None) and (kind is not type(before) or not _same(before, after)):
        yield way


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) or (one != one and other != other)


def _arrays(value: Any, way: Way) -> Iterator[tuple[Way, np.ndarray]]:
    """Every array and tensor in nested tuples, lists and dicts, with the way to it."""
    kind = type(value)
    array = _as_array(value)
    if array is not None:
        yield way, array
    elif issubclass(kind, dict):
        for key, item in list(dict.items(value))[:MOST]:
            yield from _arrays(item, (*way, key)) if len(way) < DEEPEST else ()
    elif issubclass(kind, list | tuple):
        items = list.__iter__(value) if issubclass(kind, list) else tuple.__iter__(value)
        for i, item in zip(range(MOST), items, strict=False):
            yield from _arrays(item, (*way, i)) if len(way) < DEEPEST else ()


MOST = 10_000  # items looked at in one container
DEEPEST = 8


def _as_array(value: Any) -> np.ndarray | None:
    kind = type(value)
    if issubclass(kind, np.ndarray):
        return np.ndarray.view(value, np.ndarray)
    if is_tensor(kind):
        import torch

        tensor = torch.Tensor.detach(value)
        return tensor.cpu().numpy() if tensor.layout == torch.strided and tensor.dtype != torch.bfloat16 else None
    return None
