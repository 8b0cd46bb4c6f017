"""Where an answer first differs from the one expected, and in which way."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograder.checking.values import Handle, Large, Other, Tensor

MOST = 1e300  # whole numbers beyond are no floats

Path = tuple[int | str, ...]


@dataclass(frozen=True)
class Difference:
    """How `got` differs from `expected`: `kind` picks the sentence, `path` leads there through containers."""

    kind: str
    got: Any = None
    expected: Any = None
    path: Path = ()
    index: tuple[int, ...] = ()
    count: int = 0
    size: int = 0


Compare = Callable[[Any, Any], Difference | None]


@dataclass(frozen=True)
class Close:
    """Numbers within `tolerance` of the largest magnitude expected; types and shapes as expected.

    The tolerance lets float32 arithmetic pass. `loose` takes lists, tuples and integers where arrays are
    expected: for predictions, which are typed by hand.
    """

    tolerance: float = 1e-5
    least: float = 1.0  # the smallest magnitude that the tolerance is taken of
    loose: bool = False
    keep_dtype: bool = False

    def __call__(self, got: Any, expected: Any) -> Difference | None:
        if self.loose and isinstance(expected, np.ndarray) and isinstance(got, list | tuple):
            got = _loosely(got)
        if got is None and expected is not None:
            return Difference("none")
        if isinstance(expected, Tensor):
            return self._tensors(got, expected)
        if isinstance(expected, np.ndarray):
            return self._arrays(got, expected)
        if isinstance(expected, dict):
            return self._dicts(got, expected)
        if isinstance(expected, list | tuple):
            return self._sequences(got, expected)
        if isinstance(expected, Handle | Other | Large):
            same = type_label(got) == type_label(expected)
            return None if same else Difference("type", type_label(got), type_label(expected))
        if isinstance(expected, bool | np.bool_ | str | None):
            return self._exactly(got, expected)
        return self._numbers(got, expected)

    def _tensors(self, got: Any, expected: Tensor) -> Difference | None:
        if isinstance(got, Tensor):
            return self._arrays(got.array, expected.array)
        if isinstance(got, Large) and got.type_name == "torch.Tensor":
            return self._arrays(got, expected.array)
        return Difference("type", type_label(got), "torch.Tensor")

    def _arrays(self, got: Any, expected: np.ndarray) -> Difference | None:
        if isinstance(got, Large) and got.type_name in ("numpy.ndarray", "torch.Tensor"):
            return Difference("shape", got.shape, expected.shape)
        if not isinstance(got, np.ndarray):
            scalar = isinstance(got, int | float | np.generic) and not isinstance(got, bool)
            if not (scalar and expected.ndim == 0):
                return Difference("type", type_label(got), "numpy.ndarray")
            got = np.asarray(got)
        if got.dtype.kind not in "biufc":
            return Difference("type", f"numpy.ndarray ({got.dtype})", "numpy.ndarray")
        if got.shape != expected.shape:
            return Difference("shape", got.shape, expected.shape)
        if self.keep_dtype and got.dtype != expected.dtype:
            return Difference("dtype", str(got.dtype), str(expected.dtype))
        return self._values(got, expected)

    def _values(self, got: np.ndarray, expected: np.ndarray) -> Difference | None:
        if not expected.size:
            return None
        got, expected = got.astype(np.complex128), expected.astype(np.complex128)
        finite = np.isfinite(expected)
        scale = max(self.least, float(np.abs(expected[finite]).max(initial=0.0)))
        with np.errstate(all="ignore"):
            same = np.abs(got - expected) <= self.tolerance * scale
        same = np.where(finite, same, (got == expected) | (np.isnan(got) & np.isnan(expected)))
        if same.all():
            return None
        index = tuple(int(i) for i in np.argwhere(~same)[0])
        mine, theirs = got[index], expected[index]
        mine, theirs = (value if np.iscomplex(value) else value.real for value in (mine, theirs))
        kind = "nan" if np.isnan(mine) else "value"
        return Difference(kind, mine, theirs, index=index, count=int((~same).sum()), size=same.size)

    def _dicts(self, got: Any, expected: dict[Any, Any]) -> Difference | None:
        if not isinstance(got, dict):
            return Difference("type", type_label(got), "dict")
        if set(got) != set(expected):
            return Difference("keys", sorted(map(str, got)), sorted(map(str, expected)))
        return self._first((key, self(got[key], expected[key])) for key in expected)

    def _sequences(self, got: Any, expected: list[Any] | tuple[Any, ...]) -> Difference | None:
        if not isinstance(got, list | tuple):
            return Difference("type", type_label(got), type(expected).__name__)
        if len(got) != len(expected):
            return Difference("length", len(got), len(expected))
        pairs = enumerate(zip(got, expected, strict=True))
        return self._first((i, self(mine, theirs)) for i, (mine, theirs) in pairs)

    @staticmethod
    def _first(differences: Any) -> Difference | None:
        for step, difference in differences:
            if difference is not None:
                return replace(difference, path=(step, *difference.path))
        return None

    def _exactly(self, got: Any, expected: Any) -> Difference | None:
        if isinstance(expected, bool | np.bool_):
            if not isinstance(got, bool | np.bool_):
                return Difference("type", type_label(got), "bool")
        elif type(got) is not type(expected):
            return Difference("type", type_label(got), type_label(expected))
        return None if got == expected else Difference("value", got, expected)

    def _numbers(self, got: Any, expected: Any) -> Difference | None:
        if isinstance(got, np.ndarray) and got.ndim == 0:
            got = got[()]
        if isinstance(got, bool | np.bool_) or not isinstance(got, int | float | complex | np.number):
            return Difference("type", type_label(got), "number")
        if isinstance(got, int) and abs(got) > MOST:
            return Difference("value", got, expected)
        difference = self._values(np.asarray(got), np.asarray(expected))
        if difference is None:
            return None
        return Difference(difference.kind, got, expected)


def _loosely(value: list[Any] | tuple[Any, ...]) -> Any:
    try:
        array = np.array(value, dtype=np.float64)
    except (TypeError, ValueError):
        return value
    return array


def type_label(value: Any) -> str:
    """A value's type as a student writes it."""
    if isinstance(value, Tensor):
        return "torch.Tensor"
    if isinstance(value, Other | Large):
        return value.type_name
    if isinstance(value, Handle):
        return "object"
    if isinstance(value, np.ndarray | np.generic):
        return f"numpy.{type(value).__name__}"
    return type(value).__name__
