"""What may pass between a judge and a student's code: plain data, as JSON with npy blocks, never pickle.

Beyond plain data there are names for things that stay where they are: a random generator is its seed, a
judge's function and a student's object are numbers, a model is its builder's name with arrays.
"""

import io
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

MAX_REPR = 200


@dataclass(frozen=True)
class Rng:
    """A random generator, made afresh from its seed wherever it arrives."""

    seed: int


@dataclass(frozen=True)
class Function:
    """A function of the judge's: it arrives as a stand-in that calls back, so it cannot be opened."""

    function: Callable[..., Any]


@dataclass(frozen=True)
class Callback:
    """A Function on its way: the number under which the judge keeps it."""

    number: int


@dataclass(frozen=True)
class Model:
    """A torch model for the student's code: `builder` is "module:name"; `arrays` fill its state in order."""

    builder: str
    options: dict[str, Any] = field(default_factory=dict)
    arrays: tuple[np.ndarray, ...] = ()


@dataclass(frozen=True)
class Tensor:
    """A torch tensor, as the array that it holds."""

    array: np.ndarray
    requires_grad: bool = False


@dataclass(frozen=True)
class Handle:
    """An object of the student's that stays where it is."""

    number: int
    type_name: str = ""


@dataclass(frozen=True)
class Other:
    """Something that is not plain data: its type and the start of its repr."""

    type_name: str
    text: str


class BadMessage(Exception):
    """What came over the link is not a message."""


def pack(message: dict[str, Any], *, name: Callable[[Any], Any] | None = None) -> bytes:
    """`message` as bytes. `name` may put a stand-in (a Handle, say) for what is not plain data."""
    blocks: list[bytes] = []
    text = json.dumps(_encode(message, blocks, name or _describe), separators=(",", ":")).encode()
    lengths = [len(text), *map(len, blocks)]
    return struct.pack(f"<I{len(lengths)}Q", len(lengths), *lengths) + text + b"".join(blocks)


def unpack(data: bytes, *, resolve: Callable[[Any], Any] = lambda value: value) -> dict[str, Any]:
    """The message in `data`. `resolve` turns Rng, Function numbers, Model, Handle … into the real thing."""
    try:
        (count,) = struct.unpack_from("<I", data)
        lengths = struct.unpack_from(f"<{count}Q", data, 4)
        if 4 + 8 * count + sum(lengths) != len(data):
            raise BadMessage("the lengths do not add up")
        parts, start = [], 4 + 8 * count
        for length in lengths:
            parts.append(data[start : start + length])
            start += length
        message = _decode(json.loads(parts[0]), parts[1:], resolve)
    except (struct.error, ValueError, LookupError, TypeError, RecursionError, EOFError) as error:
        raise BadMessage(f"{type(error).__name__}: {error}") from None
    if not isinstance(message, dict):
        raise BadMessage("a message is a dict")
    return message


def describe_type(value: Any) -> str:
    """The type's name as a student knows it: `list`, `torch.Tensor`, `Network`."""
    kind = type(value)
    if kind.__module__.partition(".")[0] in ("torch", "numpy"):
        return f"{kind.__module__.partition('.')[0]}.{kind.__qualname__}"
    return kind.__qualname__


def _describe(value: Any) -> Other:
    try:
        text = repr(value)[:MAX_REPR]
    except Exception:  # a student's __repr__ may raise anything
        text = ""
    return Other(describe_type(value), text)


def _encode(value: Any, blocks: list[bytes], name: Callable[[Any], Any]) -> Any:
    kind = type(value)
    if value is None or kind in (bool, float, str):
        return value
    if kind is int:
        return value if abs(value) < 2**63 else {"": "int", "v": str(value) if abs(value) < 2**4096 else "0"}
    if kind is list:
        return [_encode(item, blocks, name) for item in value]
    if kind is tuple:
        return {"": "tuple", "v": [_encode(item, blocks, name) for item in value]}
    if kind is dict:
        pairs = [[_encode(k, blocks, name), _encode(v, blocks, name)] for k, v in value.items()]
        return {"": "dict", "v": pairs}
    if isinstance(value, np.ndarray | np.generic):
        return _encode_array(value, blocks, name)
    if kind in _PLAIN:
        return _PLAIN[kind](value, blocks, name)
    if kind.__module__.partition(".")[0] == "torch" and hasattr(value, "detach"):
        array = value.detach().cpu().numpy()
        return {"": "tensor", "v": _block(array, blocks), "grad": bool(value.requires_grad)}
    if isinstance(value, tuple) and hasattr(value, "_fields"):  # a NamedTuple is a tuple with names
        return _encode(tuple(value), blocks, name)
    return _encode(name(value), blocks, name)


def _encode_array(value: Any, blocks: list[bytes], name: Callable[[Any], Any]) -> Any:
    scalar = isinstance(value, np.generic)
    array = np.array(value, subok=False)  # a subclass may lie; its numbers can't
    if array.dtype.kind not in "biufcUS":
        return _encode(_describe(value), blocks, name)
    strided = not scalar and value.ndim > 0 and not value.flags.c_contiguous
    return {"": "scalar" if scalar else "array", "v": _block(array, blocks), "strided": strided}


def _block(array: np.ndarray, blocks: list[bytes]) -> int:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(array).reshape(array.shape), allow_pickle=False)
    blocks.append(buffer.getvalue())
    return len(blocks) - 1


_PLAIN: dict[type, Callable[[Any, list[bytes], Callable[[Any], Any]], Any]] = {
    Rng: lambda value, blocks, name: {"": "rng", "v": value.seed},
    Callback: lambda value, blocks, name: {"": "function", "v": value.number},
    Handle: lambda value, blocks, name: {"": "handle", "v": value.number, "type": value.type_name},
    Other: lambda value, blocks, name: {"": "other", "type": value.type_name, "v": value.text},
    Tensor: lambda value, blocks, name: {
        "": "tensor",
        "v": _block(value.array, blocks),
        "grad": value.requires_grad,
    },
    Model: lambda value, blocks, name: {
        "": "model",
        "v": value.builder,
        "options": _encode(value.options, blocks, name),
        "arrays": [_block(array, blocks) for array in value.arrays],
    },
}


def _decode(value: Any, blocks: list[bytes], resolve: Callable[[Any], Any]) -> Any:
    if isinstance(value, list):
        return [_decode(item, blocks, resolve) for item in value]
    if not isinstance(value, dict):
        return value
    kind, content = value[""], value["v"]
    if kind == "tuple":
        return tuple(_decode(item, blocks, resolve) for item in content)
    if kind == "dict":
        return {_key(_decode(k, blocks, resolve)): _decode(v, blocks, resolve) for k, v in content}
    if kind == "int":
        return int(content)
    if kind == "array":
        array = _read(blocks, content)
        return _spread(array) if value["strided"] else array
    if kind == "scalar":
        return _read(blocks, content)[()]
    if kind == "rng":
        return resolve(Rng(int(content)))
    if kind == "function":
        return resolve(Callback(int(content)))
    if kind == "handle":
        return resolve(Handle(int(content), str(value["type"])))
    if kind == "tensor":
        return resolve(Tensor(_read(blocks, content), bool(value["grad"])))
    if kind == "model":
        options = _decode(value["options"], blocks, resolve)
        return resolve(Model(str(content), options, tuple(_read(blocks, i) for i in value["arrays"])))
    if kind == "other":
        return Other(str(value["type"]), str(content)[:MAX_REPR])
    raise BadMessage(f"there is no kind {kind!r}")


def _key(key: Any) -> Any:
    return key if isinstance(key, str | int | float | bool | tuple | None) else str(key)


def _read(blocks: list[bytes], index: int) -> np.ndarray:
    return np.lib.format.read_array(io.BytesIO(blocks[index]), allow_pickle=False)


def _spread(array: np.ndarray) -> np.ndarray:
    """The same numbers with gaps between them in memory: what a slice of a larger array looks like."""
    room = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), dtype=array.dtype)
    room[..., ::2] = array
    return room[..., ::2]
