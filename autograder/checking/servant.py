"""The student's side of a check: holds their objects, does what the judge asks, and answers in plain data.

It runs beside student code, so nothing here is secret and nothing here decides anything.
"""

import importlib
import inspect
import itertools
import linecache
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.checking import surroundings
from autograder.checking.effects import changes, shares
from autograder.checking.limits import Limit, TookTooLong, captured
from autograder.checking.values import Callback, Handle, Model, Rng, Tensor, describe_type, pack, unpack
from autograder.checking.watch import Watch, students_files

Ask = Callable[[bytes], bytes]

MAX_TEXT = 500


class Misfit(Exception):
    """What the student wrote cannot be used as the judge asks; `kind` picks the sentence."""

    def __init__(self, kind: str, text: str, count: int = 0) -> None:
        super().__init__(text)
        self.kind = kind
        self.count = count


class Servant:
    """Serves one check: `objects` are what the student handed to it."""

    def __init__(self, objects: Sequence[Any]) -> None:
        self._count = len(objects)
        self._held: dict[int, Any] = dict(enumerate(objects))
        self._numbers = itertools.count(self._count)
        self._is_students = students_files(objects)
        self._actions: dict[str, Callable[[dict[str, Any], _Desk], Any]] = {
            "call": self._call,
            "value": lambda request, desk: request["target"],
            "keep": lambda request, desk: self._keep(request["target"]),
            "source": lambda request, desk: _source(request["target"]),
            "arrays": lambda request, desk: _arrays_of(request["target"]),
            "load": lambda request, desk: load_in_order(request["target"], request["arrays"]),
            "tidy": lambda request, desk: self._tidy(),
        }

    def handle(self, data: bytes, ask: Ask) -> bytes:
        """The answer to one request. `ask` carries a call to one of the judge's functions."""
        asked = unpack(data)
        desk = _Desk(asked, ask, self._held)
        value, error = None, None
        started = time.perf_counter()
        with surroundings.kept(zlib.crc32(data)), captured() as printed:
            limit = Limit(asked["seconds"])
            try:
                with limit:
                    try:
                        request = unpack(data, resolve=desk.resolve)
                        value = self._actions[asked["do"]](request, desk)
                    except BaseException as raised:  # SystemExit too: it is the student's code that raises
                        error = self._describe_error(raised)
            except (TookTooLong, KeyboardInterrupt):
                pass  # `limit` knows, also where the student's code swallowed them
        if limit.interrupted:
            raise KeyboardInterrupt
        if limit.expired:
            value, error = None, {"type": "TookTooLong", "kind": "took too long"}
            desk.notes.pop("broke", None)  # the limit itself may have taken the watch's place
        seconds = time.perf_counter() - started
        return pack(desk.notes | {"value": value, "error": error, "printed": printed.kept, "seconds": seconds})

    def _call(self, request: dict[str, Any], desk: "_Desk") -> Any:
        function, args, kwargs = request["target"], request["args"], request["kwargs"]
        if not callable(function):
            raise Misfit("not callable", describe_type(function))
        watch = desk.watch = Watch(request["forbidden"], self._is_students, count_lines=request["count_lines"])
        try:
            with watch:
                result = function(*args, **kwargs)
        except TypeError as error:
            if self._frames(error):
                raise
            raise _unfit(function, args, kwargs) or error from None
        finally:
            changed = changes((desk.asked["args"], desk.asked["kwargs"]), (args, kwargs))
            desk.notes |= {"broke": sorted(watch.seen), "lines": watch.lines, "changed": changed}
            if changed:
                desk.notes["args"] = [_plain(value) for value in args]
        if inspect.iscoroutine(result):
            result.close()  # or Python warns that nobody awaited it
        desk.notes["shares"] = shares(result, (args, kwargs))
        return self._keep(result) if request["keep"] else result

    def _keep(self, value: Any) -> Handle:
        """What stays here, under a number."""
        number = next(self._numbers)
        self._held[number] = value
        return Handle(number)

    def _tidy(self) -> None:
        """Let go of all that was kept."""
        for number in [number for number in self._held if number >= self._count]:
            del self._held[number]

    def _describe_error(self, raised: BaseException) -> dict[str, Any]:
        """The error as a student wants to read it: only the frames in their own code, the last one last."""
        kind = {Misfit: getattr(raised, "kind", ""), RecursionError: "too deep", surroundings.AsksForInput: "input"}
        try:
            message = str(raised)[:MAX_TEXT]
        except (Exception, SystemExit):  # a student's own exception may fail to describe itself
            message = ""
        return {
            "type": type.__dict__["__name__"].__get__(type(raised)),
            "kind": kind.get(type(raised), "raised"),
            "message": message,
            "count": raised.count if type(raised) is Misfit else 0,
            "frames": self._frames(raised)[-3:],
        }

    def _frames(self, raised: BaseException) -> list[dict[str, Any]]:
        frames, trace = [], raised.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            if self._is_students(code.co_filename):
                source = linecache.getline(code.co_filename, trace.tb_lineno).strip()
                frames.append({"function": code.co_name, "line": trace.tb_lineno, "source": source[:MAX_TEXT]})
            trace = trace.tb_next
        return frames


@dataclass
class _Desk:
    """What one request needs at hand: what was asked, the way to ask back, and what is to be told beside the value."""

    asked: dict[str, Any]
    ask: Ask
    held: dict[int, Any]
    watch: Watch | None = None
    notes: dict[str, Any] = field(default_factory=dict)

    def resolve(self, value: Any) -> Any:
        if isinstance(value, Rng):
            return np.random.default_rng(value.seed)
        if isinstance(value, Handle):
            return self._reach(value)
        if isinstance(value, Callback):
            return self._stand_in(value.number)
        if isinstance(value, Tensor):
            return _as_tensor(value)
        if isinstance(value, Model):
            return _build(value)
        return value

    def _reach(self, handle: Handle) -> Any:
        if handle.number not in self.held:
            raise Misfit("missing", f"object {handle.number + 1}")
        found = self.held[handle.number]
        for step, name in handle.path:
            try:
                found = found[name] if step == "item" else getattr(found, name)
            except (LookupError, TypeError, AttributeError):
                raise Misfit("missing", str(name)) from None
        return found

    def _stand_in(self, number: int) -> Callable[..., Any]:
        def black_box(*args: Any, **kwargs: Any) -> Any:
            if self.watch is not None:
                self.watch.pause()
            try:
                reply = unpack(self.ask(pack({"ask": number, "args": list(args), "kwargs": kwargs})))
            finally:
                if self.watch is not None:
                    self.watch.resume()
            if "error" in reply:
                raise ValueError(reply["error"])
            return reply["value"]

        return black_box


def _unfit(function: Any, args: Any, kwargs: Any) -> Misfit | None:
    """What to say where a function does not take the arguments that it was given."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return None
    try:
        signature.bind(*args, **kwargs)
    except TypeError:
        name = getattr(function, "__name__", describe_type(function))
        return Misfit("parameters", f"{name}{signature}", len(args) + len(kwargs))
    return None


def _plain(value: Any) -> Any:
    """An argument as it is after a call, less what would not go back."""
    return None if callable(value) else value


def _source(thing: Any) -> str | None:
    try:
        return inspect.getsource(thing)
    except (OSError, TypeError):
        return None


def _arrays_of(model: Any) -> dict[str, np.ndarray]:
    """The parameters and buffers of a model, by name and in order."""
    if not hasattr(model, "state_dict"):
        raise Misfit("not a model", describe_type(model))
    return {name: tensor.detach().cpu().numpy() for name, tensor in model.state_dict().items()}


def load_in_order(model: Any, arrays: Sequence[np.ndarray]) -> None:
    """Put `arrays` into a torch model's parameters and buffers, in their order."""
    import torch

    state = model.state_dict()
    if [tuple(tensor.shape) for tensor in state.values()] != [array.shape for array in arrays]:
        raise ValueError("the shapes differ from those of the model")
    pairs = zip(state.items(), arrays, strict=True)
    model.load_state_dict({name: torch.as_tensor(array.copy()).to(tensor.dtype) for (name, tensor), array in pairs})


def _as_tensor(value: Tensor) -> Any:
    import torch

    tensor = torch.as_tensor(value.array.copy())
    return tensor.requires_grad_() if value.requires_grad else tensor


def _build(model: Model) -> Any:
    module_name, _, name = model.builder.partition(":")
    built = getattr(importlib.import_module(module_name), name)(**model.options)
    if model.arrays:
        load_in_order(built, model.arrays)
    return built
