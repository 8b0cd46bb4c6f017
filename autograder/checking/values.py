"""What may pass between a judge and a student's code: plain data, as JSON with blocks of numbers, never pickle.

Beyond plain data there are names for things that stay where they are: a random generator is its seed, a
judge's function and a student's object are numbers, a model is its builder's name with arrays. Whatever is
something else, or too large, is told by its type alone.

Packing runs no code of a student's, and unpacking trusts nothing that it reads.
"""

import json
import re
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

MAX_BYTES = 64 * 2**20  # of the numbers in one message
MAX_JSON_BYTES = 16 * 2**20
MAX_ITEMS = 200_000  # of the lists and dicts in one message
MAX_BLOCKS = 20_000
MAX_DEPTH = 40
MAX_CHARACTERS = 20_000
MAX_BITS = 4096  # of a whole number
MAX_NAME = 100

DTYPE = re.compile(r"[<>|=]?[biufcSU][0-9]{1,5}")


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
    """An object of the student's that stays where it is; `path` leads on from it, to a method or an item."""

    number: int
    path: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Other:
    """Something that is not plain data: its type."""

    type_name: str


@dataclass(frozen=True)
class Large:
    """Something too large to pass: its type and its shape, or its length."""

    type_name: str
    shape: tuple[int, ...]


class BadMessage(Exception):
    """What came over the link is not a message."""


class _Unresolved(Exception):
    """What a name stands for could not be had."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error


def pack(message: dict[str, Any], *, name: Callable[[Any], Any] | None = None) -> bytes:
    """`message` as bytes. `name` may put a stand-in (a Handle, say) for what is not plain data."""
    encoder = _Encoder(name or (lambda value: Other(describe_type(value))))
    text = json.dumps(encoder.encode(message), separators=(",", ":")).encode()
    lengths = [len(text), *map(len, encoder.blocks)]
    return struct.pack(f"<I{len(lengths)}Q", len(lengths), *lengths) + text + b"".join(encoder.blocks)


def unpack(data: bytes, *, resolve: Callable[[Any], Any] = lambda value: value) -> dict[str, Any]:
    """The message in `data`. `resolve` turns Rng, Callback, Model, Handle … into the real thing.

    Raises BadMessage, or what `resolve` raises.
    """
    blocks, content = _parts(data)
    try:
        message = _Decoder(blocks, resolve).decode(content)
    except _Unresolved as failed:
        raise failed.error from None
    except (LookupError, TypeError, ValueError, ArithmeticError, RecursionError, AttributeError) as error:
        raise BadMessage(f"{type(error).__name__}: {error}"[:200]) from None
    if not isinstance(message, dict):
        raise BadMessage("a message is a dict")
    return message


def describe_type(value: Any) -> str:
    """The type's name as a student knows it: `list`, `torch.Tensor`, `Network`."""
    kind = type(value)
    name = str(type.__dict__["__qualname__"].__get__(kind))[:MAX_NAME]
    if _is_array(kind) and kind is np.ndarray:
        return f"numpy.ndarray of {value.dtype}"[:MAX_NAME]
    told = kind.__dict__.get("__module__")
    package = told if type(told) is str else ""
    top = package.partition(".")[0]
    if top in ("torch", "numpy"):
        return f"{top}.ma.{name}" if package.startswith("numpy.ma") else f"{top}.{name}"
    return name.rpartition("<locals>.")[2]


def is_tensor(kind: type) -> bool:
    """Whether `kind` is torch's Tensor or made from it, told without importing torch."""
    torch = sys.modules.get("torch")
    tensor = getattr(torch, "Tensor", None)
    return isinstance(tensor, type) and issubclass(kind, tensor)


def _is_array(kind: type) -> bool:
    return issubclass(kind, np.ndarray) and not issubclass(kind, np.ma.MaskedArray)


@dataclass
class _Encoder:
    """Turns values into JSON and blocks. It asks a value's real type alone: `__class__` and methods may lie."""

    name: Callable[[Any], Any]
    blocks: list[bytes] = field(default_factory=list)
    items_left: int = MAX_ITEMS
    bytes_left: int = MAX_BYTES

    def encode(self, value: Any, depth: int = 0) -> Any:
        kind = type(value)
        if value is None or kind is bool:
            return value
        if issubclass(kind, np.generic):
            return self._numbers("scalar", np.array(value), value)
        if issubclass(kind, float):
            return float.__pos__(value)
        if issubclass(kind, complex):
            return self._numbers("scalar", np.array(complex.__pos__(value)), value)
        if issubclass(kind, int):
            return self._whole(int.__pos__(value))
        if issubclass(kind, str):
            text = str.__str__(value)
            return text if len(text) <= MAX_CHARACTERS else self.encode(Large("str", (len(text),)))
        if issubclass(kind, list | tuple | dict):
            return self._container(value, kind, depth)
        if _is_array(kind):
            return self._array(np.ndarray.view(value, np.ndarray))
        if kind in _NAMED:
            return _NAMED[kind](self, value)
        if is_tensor(kind):
            return self._tensor(value)
        return self.encode(self.name(value), depth)

    def block(self, array: np.ndarray) -> dict[str, Any]:
        """Put an array's numbers aside, and say what they are."""
        self.bytes_left -= array.nbytes
        if self.bytes_left < 0 or len(self.blocks) >= MAX_BLOCKS:
            raise BadMessage(f"more than {MAX_BYTES} bytes of numbers, or more than {MAX_BLOCKS} arrays")
        self.blocks.append(array.tobytes())
        return {"dtype": array.dtype.str, "shape": array.shape, "block": len(self.blocks) - 1}

    def _fits(self, array: np.ndarray) -> bool:
        return array.nbytes <= self.bytes_left and len(self.blocks) < MAX_BLOCKS

    def _numbers(self, label: str, array: np.ndarray, value: Any, **more: Any) -> Any:
        if not DTYPE.fullmatch(array.dtype.str):
            return self.encode(Other(describe_type(value)))
        if not self._fits(array):
            return self.encode(Large("numpy.ndarray", array.shape))
        return {"": label, "v": self.block(array), **more}

    def _array(self, array: np.ndarray) -> Any:
        strided = array.ndim > 0 and not array.flags.c_contiguous
        return self._numbers("array", array, array, strided=strided)

    def _tensor(self, value: Any) -> Any:
        import torch

        try:
            with torch._C.DisableTorchFunctionSubclass():
                array = torch.Tensor.detach(value).cpu().resolve_conj().resolve_neg().numpy()
        except (RuntimeError, TypeError):  # sparse, quantised, bfloat16 …
            return self.encode(Other("torch.Tensor"))
        if not self._fits(array):
            return self.encode(Large("torch.Tensor", array.shape))
        return {
            "": "tensor",
            "v": self.block(array),
            "grad": bool(vars(torch._C.TensorBase)["requires_grad"].__get__(value)),
        }

    def _whole(self, value: int) -> Any:
        if abs(value) < 2**63:
            return value
        if value.bit_length() > MAX_BITS:
            return self.encode(Large("int", (value.bit_length(),)))
        return {"": "int", "v": str(value)}

    def _container(self, value: Any, kind: type, depth: int) -> Any:
        base = next(base for base in (list, tuple, dict) if issubclass(kind, base))
        length = base.__len__(value)
        if length > self.items_left or depth > MAX_DEPTH:
            return self.encode(Large(base.__name__, (length,)))
        self.items_left -= length
        if base is list:
            return [self.encode(item, depth + 1) for item in list.__iter__(value)]
        if base is tuple:
            return {"": "tuple", "v": [self.encode(item, depth + 1) for item in tuple.__iter__(value)]}
        pairs = [[self.encode(k, depth + 1), self.encode(v, depth + 1)] for k, v in dict.items(value)]
        return {"": "dict", "v": pairs}


_NAMED: dict[type, Callable[[_Encoder, Any], Any]] = {
    Rng: lambda encoder, value: {"": "rng", "v": value.seed},
    Callback: lambda encoder, value: {"": "function", "v": value.number},
    Handle: lambda encoder, value: {"": "handle", "v": value.number, "path": encoder.encode(value.path)},
    Other: lambda encoder, value: {"": "other", "v": value.type_name},
    Large: lambda encoder, value: {"": "large", "v": value.type_name, "shape": list(value.shape)},
    Tensor: lambda encoder, value: {"": "tensor", "v": encoder.block(value.array), "grad": value.requires_grad},
    Model: lambda encoder, value: {
        "": "model",
        "v": value.builder,
        "options": encoder.encode(value.options),
        "arrays": [encoder.block(array) for array in value.arrays],
    },
}


def _parts(data: bytes) -> tuple[list[bytes], Any]:
    """The blocks of a message, and its JSON read."""
    try:
        (count,) = struct.unpack_from("<I", data)
        if not 1 <= count <= MAX_BLOCKS + 1:
            raise BadMessage(f"{count} blocks")
        lengths = struct.unpack_from(f"<{count}Q", data, 4)
    except struct.error as error:
        raise BadMessage(str(error)) from None
    start = 4 + 8 * count
    if start + sum(lengths) != len(data) or lengths[0] > MAX_JSON_BYTES:
        raise BadMessage("the lengths do not add up")
    parts = []
    for length in lengths:
        parts.append(data[start : start + length])
        start += length
    try:
        return parts[1:], json.loads(parts[0])
    except (ValueError, RecursionError) as error:
        raise BadMessage(f"{type(error).__name__}: {error}") from None


@dataclass
class _Decoder:
    blocks: list[bytes]
    resolve: Callable[[Any], Any]

    def decode(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.decode(item) for item in value]
        if not isinstance(value, dict):
            return value
        if value[""] in _CONTAINERS:
            return self._plain(value[""], value["v"], value)
        named = _READ[value[""]](self, value)
        try:
            return self.resolve(named)
        except BaseException as error:  # the student's own, kept apart from what is wrong with the message
            raise _Unresolved(error) from None

    def _plain(self, kind: str, content: Any, value: dict[str, Any]) -> Any:
        if kind == "tuple":
            return tuple(self._each(content))
        if kind == "dict":
            return {_key(k): v for k, v in map(self._each, content)}
        if kind == "int":
            return int(str(content))
        if kind == "scalar":
            return self.read(content)[()]
        array = self.read(content)
        return _spread(array) if value["strided"] else array

    def _each(self, items: Any) -> list[Any]:
        if not isinstance(items, list):
            raise BadMessage("not a list")
        return [self.decode(item) for item in items]

    def read(self, told: dict[str, Any]) -> np.ndarray:
        """The array whose numbers lie in a block."""
        shape = tuple(told["shape"])
        if not DTYPE.fullmatch(told["dtype"]) or not all(type(n) is int and n >= 0 for n in shape):
            raise BadMessage("not an array")
        return np.frombuffer(self.blocks[told["block"]], dtype=told["dtype"]).reshape(shape).copy()


_CONTAINERS = frozenset({"tuple", "dict", "int", "scalar", "array"})

_READ: dict[str, Callable[[_Decoder, dict[str, Any]], Any]] = {
    "rng": lambda decoder, value: Rng(int(value["v"])),
    "function": lambda decoder, value: Callback(int(value["v"])),
    "handle": lambda decoder, value: Handle(int(value["v"]), decoder.decode(value["path"])),
    "tensor": lambda decoder, value: Tensor(decoder.read(value["v"]), bool(value["grad"])),
    "model": lambda decoder, value: Model(
        str(value["v"]), decoder.decode(value["options"]), tuple(map(decoder.read, value["arrays"]))
    ),
    "other": lambda decoder, value: Other(str(value["v"])[:MAX_NAME]),
    "large": lambda decoder, value: Large(str(value["v"])[:MAX_NAME], tuple(int(n) for n in value["shape"][:32])),
}


def _key(key: Any) -> Any:
    return key if isinstance(key, str | int | float | bool | tuple | np.generic | None) else str(key)


def _spread(array: np.ndarray) -> np.ndarray:
    """The same numbers with gaps between them in memory: what a slice of a larger array looks like."""
    room = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), dtype=array.dtype)
    room[..., ::2] = array
    return room[..., ::2]
