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

# How student code may fail to answer; each has its sentence.
ERRORS = ("raised", "took too long", "too deep", "input", "not callable", "parameters", "missing", "not a model")

Way = tuple[Any, ...]


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
    """What a student's code raised: the frames are theirs, the last one last. `kind` picks the sentence."""

    type: str
    message: str = ""
    frames: tuple[dict[str, Any], ...] = ()
    kind: str = "raised"
    count: int = 0


class Raised(Exception):
    """The student's code raised, or ran too long, instead of answering."""

    def __init__(self, error: StudentError) -> None:
        super().__init__(f"{error.type}: {error.message}")
        self.error = error


class LinkLost(Exception):
    """The other side is gone, or answers nonsense."""


@dataclass(frozen=True)
class Outcome:
    """All that one call of student code did. `args` are its arguments as they were when it ended."""

    value: Any
    args: tuple[Any, ...] = ()
    changed: tuple[Way, ...] = ()
    shares: tuple[Way, ...] = ()
    broke: tuple[str, ...] = ()
    lines: int = 0
    printed: str = ""
    seconds: float = 0.0

    def updated(self, position: int = 0) -> Any:
        """What it returned, or else what it made of an argument: an update may be written either way."""
        return self.args[position] if self.value is None else self.value


@dataclass
class Log:
    """What an answer did beside answering, over all calls since it was last emptied."""

    changed: set[Way] = field(default_factory=set)
    shares: set[Way] = field(default_factory=set)
    broke: set[str] = field(default_factory=set)
    printed: str = ""
    kept: bool = False


@dataclass(frozen=True)
class Answer:
    """An object of the student's: one of those that they handed to the check, or one that was made of it.

    Call it as if it were theirs. `answer[1]` is the second object handed in, `answer.step` its method,
    `answer.item("relu")` what it holds under a key.
    """

    link: Link
    target: Handle = field(default_factory=lambda: Handle(0))
    forbidden: tuple[str, ...] = ()
    seconds: float = 10.0
    log: Log = field(default_factory=Log)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it, and give what it returned. Raises `Raised` where it raised."""
        return self.outcome(*args, **kwargs).value

    def __getitem__(self, position: int) -> "Answer":
        """The object at `position` among those handed to the check."""
        return replace(self, target=Handle(position))

    def __getattr__(self, name: str) -> "Answer":
        """A method of it."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self.method(name)

    def method(self, name: str) -> "Answer":
        """A method of it, of any name."""
        return replace(self, target=Handle(self.target.number, (*self.target.path, ("attribute", name))))

    def item(self, key: Any) -> "Answer":
        """What it holds under a key, or at a place."""
        return replace(self, target=Handle(self.target.number, (*self.target.path, ("item", key))))

    def outcome(self, *args: Any, count_lines: bool = False, keep: bool = False, **kwargs: Any) -> Outcome:
        """Call it, and tell all that the call did."""
        request = {
            "do": "call",
            "target": self.target,
            "args": list(args),
            "kwargs": kwargs,
            "forbidden": list(self.forbidden),
            "count_lines": count_lines,
            "keep": keep,
        }
        reply = self._exchange(request)
        try:
            outcome = Outcome(
                value=reply["value"],
                args=tuple(reply.get("args") or args),
                changed=tuple(map(tuple, reply.get("changed", ()))),
                shares=tuple(map(tuple, reply.get("shares", ()))),
                broke=tuple(map(str, reply.get("broke", ()))),
                lines=int(reply.get("lines", 0)),
                printed=str(reply["printed"]),
                seconds=float(reply["seconds"]),
            )
            self.log.changed |= set(outcome.changed)
            self.log.shares |= set(outcome.shares)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise LinkLost(f"an answer that makes no sense: {error}") from None
        self.log.broke |= set(outcome.broke)
        self.log.printed = self.log.printed or outcome.printed
        self._require_no_error(reply)
        return outcome

    def make(self, *args: Any, **kwargs: Any) -> "Answer":
        """Call it and keep what it returns on the student's side: an object, a network, a function."""
        return self._kept(self.outcome(*args, keep=True, **kwargs).value)

    def give(self, value: Any) -> "Answer":
        """Send a value, a Model say, and keep it on the student's side, for several calls to work on."""
        return self._kept(self._ask("keep", target=value))

    def value(self) -> Any:
        """The object itself, where it is plain data: a prediction, say."""
        return self._ask("value")

    def source(self) -> str | None:
        """How it is written, where that can be told."""
        source = self._ask("source")
        return source if isinstance(source, str) else None

    def arrays(self) -> dict[str, np.ndarray]:
        """A model's parameters and buffers, by name, in order."""
        arrays = self._ask("arrays")
        if not isinstance(arrays, dict) or not all(isinstance(a, np.ndarray) for a in arrays.values()):
            raise LinkLost("a model's arrays are not arrays")
        return arrays

    def load(self, arrays: Sequence[np.ndarray]) -> None:
        """Put arrays into a model's parameters and buffers, in order."""
        self._ask("load", arrays=list(arrays))

    def tidy(self) -> None:
        """Let the student's side drop all that was kept."""
        if self.log.kept:
            self._ask("tidy", target=None)

    def _kept(self, handle: Any) -> "Answer":
        if not isinstance(handle, Handle):
            raise LinkLost("a kept object has no number")
        self.log.kept = True
        return replace(self, target=handle)

    def _ask(self, action: str, **more: Any) -> Any:
        reply = self._exchange({"do": action, "target": self.target} | more)
        self._require_no_error(reply)
        return reply.get("value")

    def _exchange(self, request: dict[str, Any]) -> dict[str, Any]:
        functions: list[Function] = []

        def name(value: Any) -> Any:
            if isinstance(value, Function):
                functions.append(value)
                return Callback(len(functions) - 1)
            if isinstance(value, Answer):
                return value.target
            raise TypeError(f"a judge sends plain data, not {type(value).__name__}")

        def ask(data: bytes) -> bytes:
            try:
                question = unpack(data)
                function = functions[question["ask"]].function
                return pack({"value": function(*question["args"], **question["kwargs"])})
            except Exception as error:  # a judge's function may choke in any way on what a student gives it
                return pack({"error": f"{type(error).__name__}: {error}"[:500]})

        try:
            return unpack(self.link.exchange(pack(request | {"seconds": self.seconds}, name=name), ask))
        except BadMessage as error:
            raise LinkLost(str(error)) from None

    @staticmethod
    def _require_no_error(reply: dict[str, Any]) -> None:
        if reply.get("error") is not None:
            raise Raised(_student_error(reply["error"]))


def _student_error(error: Any) -> StudentError:
    if not isinstance(error, dict):
        raise LinkLost("an error that is none")
    frames, kind, count = error.get("frames"), error.get("kind"), error.get("count")
    return StudentError(
        str(error.get("type"))[:100],
        str(error.get("message", ""))[:500],
        tuple(frame for frame in frames[-3:] if isinstance(frame, dict)) if isinstance(frames, list) else (),
        kind if kind in ERRORS else "raised",
        count if isinstance(count, int) else 0,
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
    if isinstance(value, dict):
        return {key: as_arrays(item) for key, item in value.items()}
    return value
