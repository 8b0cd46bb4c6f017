"""The judge's side of a check: the one narrow way in which it reaches student code.

`Answer` looks like the student's function. Behind it, a `Link` carries bytes to a `Servant`: in a notebook by
a plain call, in grading over a descriptor to another process.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from autograder.checking.servant import Servant
from autograder.checking.values import BadMessage, Callback, Function, Handle, Tensor, pack, unpack

NOT_WRITTEN = "NotImplementedError"  # what the released cells raise


class Link(Protocol):
    """Carries a request to the servant and its answer back; `ask` serves calls of the judge's functions."""

    def exchange(self, request: bytes, ask: Callable[[bytes], bytes]) -> bytes: ...


class LocalLink:
    """Student code in this very process."""

    def __init__(self, objects: Sequence[Any]) -> None:
        self._servant = Servant(objects)

    def exchange(self, request: bytes, ask: Callable[[bytes], bytes]) -> bytes:
        return self._servant.handle(request, ask)


@dataclass(frozen=True)
class StudentError:
    """What a student's code raised: the frames are theirs, the last one last."""

    type: str
    message: str
    frames: tuple[dict[str, Any], ...] = ()


class Raised(Exception):
    """The student's code raised, or ran too long, instead of answering."""

    def __init__(self, error: StudentError) -> None:
        super().__init__(f"{error.type}: {error.message}")
        self.error = error


class LinkLost(Exception):
    """The other side is gone, or answers nonsense."""


@dataclass(frozen=True)
class Change:
    """An argument that the call changed: the way to it, and what it holds now."""

    path: tuple[Any, ...]
    now: np.ndarray


@dataclass(frozen=True)
class Outcome:
    """All that one call of student code did."""

    value: Any
    changed: tuple[Change, ...] = ()
    shares: tuple[tuple[Any, ...], ...] = ()
    broke: tuple[str, ...] = ()
    lines: int = 0
    printed: str = ""
    seconds: float = 0.0


@dataclass
class Log:
    """What an answer did beside answering, over all calls since it was last emptied."""

    changed: set[tuple[Any, ...]] = field(default_factory=set)
    shares: set[tuple[Any, ...]] = field(default_factory=set)
    broke: set[str] = field(default_factory=set)
    printed: str = ""


@dataclass(frozen=True)
class Answer:
    """An object of the student's, or one of those that they handed to the check."""

    link: Link
    target: int = 0
    method: str | None = None
    forbidden: tuple[str, ...] = ()
    seconds: float = 10.0
    log: Log = field(default_factory=Log)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it, and give what it returned. Raises `Raised` where it raised."""
        return self.outcome(*args, **kwargs).value

    def __getitem__(self, position: int) -> "Answer":
        """The object at `position` among those handed to the check."""
        return replace(self, target=position, method=None)

    def __getattr__(self, name: str) -> "Answer":
        """A method of it."""
        if name.startswith("_"):
            raise AttributeError(name)
        return replace(self, method=name)

    def outcome(self, *args: Any, count_lines: bool = False, keep: bool = False, **kwargs: Any) -> Outcome:
        """Call it, and tell all that the call did."""
        functions: list[Function] = []
        reply = self._exchange(
            {
                "do": "call",
                "target": self.target,
                "method": self.method,
                "args": list(args),
                "kwargs": kwargs,
                "forbidden": list(self.forbidden),
                "count_lines": count_lines,
                "seconds": self.seconds,
                "keep": keep,
            },
            functions,
        )
        try:
            outcome = Outcome(
                value=reply["value"],
                changed=tuple(Change(tuple(path), now) for path, now in reply["changed"]),
                shares=tuple(map(tuple, reply["shares"])),
                broke=tuple(map(str, reply["broke"])),
                lines=int(reply["lines"]),
                printed=str(reply["printed"]),
                seconds=float(reply["seconds"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise LinkLost(f"an answer that makes no sense: {error}") from None
        self.log.changed |= {change.path for change in outcome.changed}
        self.log.shares |= set(outcome.shares)
        self.log.broke |= set(outcome.broke)
        self.log.printed = self.log.printed or outcome.printed
        if reply["error"] is not None:
            raise Raised(_student_error(reply["error"]))
        return outcome

    def make(self, *args: Any, **kwargs: Any) -> "Answer":
        """Call it and keep what it returns on the student's side: an object, a network."""
        handle = self.outcome(*args, keep=True, **kwargs).value
        if not isinstance(handle, Handle):
            raise LinkLost("a kept object has no number")
        return replace(self, target=handle.number, method=None)

    def value(self) -> Any:
        """The object itself, where it is plain data: a prediction, say."""
        return self._exchange({"do": "value", "target": self.target}, [])["value"]

    def source(self) -> str | None:
        """How it is written, where that can be told."""
        source = self._exchange({"do": "source", "target": self.target}, [])["value"]
        return source if isinstance(source, str) else None

    def arrays(self) -> dict[str, np.ndarray]:
        """A model's parameters and buffers, by name, in order."""
        arrays = self._exchange({"do": "arrays", "target": self.target}, [])["value"]
        if not isinstance(arrays, dict) or not all(isinstance(a, np.ndarray) for a in arrays.values()):
            raise LinkLost("a model's arrays are not arrays")
        return arrays

    def load(self, arrays: Sequence[np.ndarray]) -> None:
        """Put arrays into a model's parameters and buffers, in order."""
        self._exchange({"do": "load", "target": self.target, "arrays": list(arrays)}, [])

    def forget(self) -> None:
        """Let the student's side drop it."""
        self._exchange({"do": "forget", "target": self.target}, [])

    def _exchange(self, request: dict[str, Any], functions: list[Function]) -> dict[str, Any]:
        def name(value: Any) -> Any:
            if isinstance(value, Function):
                functions.append(value)
                return Callback(len(functions) - 1)
            if isinstance(value, Answer):
                return Handle(value.target)
            raise TypeError(f"a judge sends plain data, not {type(value).__name__}")

        def ask(data: bytes) -> bytes:
            try:
                question = unpack(data)
                function = functions[question["ask"]].function
                return pack({"value": function(*question["args"], **question["kwargs"])})
            except (BadMessage, KeyError, IndexError, TypeError, ValueError) as error:
                return pack({"error": str(error)[:500]})

        try:
            reply = unpack(self.link.exchange(pack(request, name=name), ask))
        except BadMessage as error:
            raise LinkLost(str(error)) from None
        if "failed" in reply:
            raise Raised(_student_error(reply["failed"]))
        return reply


def _student_error(error: Any) -> StudentError:
    if not isinstance(error, dict):
        raise LinkLost("an error that is none")
    frames = error.get("frames", [])
    return StudentError(
        str(error.get("type")), str(error.get("message")), tuple(f for f in frames if isinstance(f, dict))
    )


def local_answer(*objects: Any, **options: Any) -> Answer:
    """An answer whose code runs in this process."""
    return Answer(LocalLink(objects), **options)


def as_arrays(value: Any) -> Any:
    """`value` with its tensors as arrays."""
    if isinstance(value, Tensor):
        return value.array
    if isinstance(value, list | tuple):
        return type(value)(as_arrays(item) for item in value)
    return value
