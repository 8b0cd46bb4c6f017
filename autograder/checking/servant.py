"""The student's side of a check: holds their objects, does what the judge asks, and answers in plain data.

It runs beside student code, so nothing here is secret and nothing here decides anything.
"""

import importlib
import inspect
import itertools
import linecache
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.checking.limits import TookTooLong, captured, time_limit
from autograder.checking.values import (
    Callback,
    Handle,
    Model,
    Rng,
    Tensor,
    describe_type,
    pack,
    unpack,
)
from autograder.checking.watch import Watch, students_files

Ask = Callable[[bytes], bytes]

MAX_TEXT = 500
DEFAULT_SECONDS = 10.0


class Servant:
    """Serves one check: `objects` are what the student handed to it."""

    def __init__(self, objects: Sequence[Any]) -> None:
        self._held: dict[int, Any] = dict(enumerate(objects))
        self._numbers = itertools.count(len(objects))
        self._is_students = students_files(objects)
        self._actions: dict[str, Callable[[dict[str, Any], _Desk], dict[str, Any]]] = {
            "call": self._call,
            "value": self._value,
            "source": self._source,
            "arrays": self._arrays,
            "load": self._load,
            "forget": self._forget,
        }

    def handle(self, data: bytes, ask: Ask) -> bytes:
        """The answer to one request. `ask` carries a call to one of the judge's functions."""
        desk = _Desk(data, ask, self._held)
        try:
            request = unpack(data, resolve=desk.resolve)
            return pack(self._actions[request["do"]](request, desk), name=self._keep_unknown)
        except Exception as raised:  # a model that will not load, an object that will not be described
            return pack({"failed": self._describe_error(raised)})

    def _keep_unknown(self, value: Any) -> Handle:
        """What is not plain data stays here, under a number."""
        number = next(self._numbers)
        self._held[number] = value
        return Handle(number, describe_type(value))

    def _call(self, request: dict[str, Any], desk: "_Desk") -> dict[str, Any]:
        target = self._held[request["target"]]
        args, kwargs = request["args"], request["kwargs"]
        watch = Watch(request["forbidden"], self._is_students, count_lines=request["count_lines"])
        desk.watch = watch
        started = time.perf_counter()
        result, error = None, None
        with captured() as printed:
            try:
                with time_limit(request["seconds"]):
                    function = getattr(target, request["method"]) if request["method"] else target
                    with watch:
                        result = function(*args, **kwargs)
            except TookTooLong:
                error = {"type": "TookTooLong", "message": "", "frames": []}
            except KeyboardInterrupt:
                raise
            except BaseException as raised:  # SystemExit too: it is the student's code that raises
                error = self._describe_error(raised)
        before = unpack(desk.data)
        return {
            "value": result,
            "error": error,
            "printed": printed.kept,
            "printed_length": printed.length,
            "changed": _changes((before["args"], before["kwargs"]), (args, kwargs)),
            "shares": _shares(result, (args, kwargs)),
            "broke": sorted(watch.seen),
            "lines": watch.lines,
            "seconds": time.perf_counter() - started,
        } | ({"value": self._keep_unknown(result)} if request["keep"] and error is None else {})

    def _describe_error(self, raised: BaseException) -> dict[str, Any]:
        """The error as a student wants to read it: only the frames in their own code, the last one last."""
        frames = []
        for frame, line in _walk(raised.__traceback__):
            filename = frame.f_code.co_filename
            if self._is_students(filename):
                source = linecache.getline(filename, line).strip()
                frames.append({"function": frame.f_code.co_name, "line": line, "source": source[:MAX_TEXT]})
        try:
            message = str(raised)[:MAX_TEXT]
        except Exception:  # a student's own exception may fail to describe itself
            message = ""
        return {"type": type(raised).__name__, "message": message, "frames": frames[-3:]}

    def _value(self, request: dict[str, Any], desk: "_Desk") -> dict[str, Any]:
        return {"value": self._held[request["target"]]}

    def _source(self, request: dict[str, Any], desk: "_Desk") -> dict[str, Any]:
        try:
            return {"value": inspect.getsource(self._held[request["target"]])}
        except (OSError, TypeError):
            return {"value": None}

    def _arrays(self, request: dict[str, Any], desk: "_Desk") -> dict[str, Any]:
        """The parameters and buffers of a model, by name and in order."""
        state = self._held[request["target"]].state_dict()
        return {"value": {name: tensor.detach().cpu().numpy() for name, tensor in state.items()}}

    def _load(self, request: dict[str, Any], desk: "_Desk") -> dict[str, Any]:
        load_in_order(self._held[request["target"]], request["arrays"])
        return {"value": None}

    def _forget(self, request: dict[str, Any], desk: "_Desk") -> dict[str, Any]:
        self._held.pop(request["target"], None)
        return {"value": None}


@dataclass
class _Desk:
    """What one request needs at hand: its own bytes, the way to ask back, and who is watching."""

    data: bytes
    ask: Ask
    held: dict[int, Any]
    watch: Watch | None = None

    def resolve(self, value: Any) -> Any:
        if isinstance(value, Rng):
            return np.random.default_rng(value.seed)
        if isinstance(value, Handle):
            return self.held[value.number]
        if isinstance(value, Callback):
            return self._stand_in(value.number)
        if isinstance(value, Tensor):
            return _as_tensor(value)
        if isinstance(value, Model):
            return _build(value)
        return value

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


def load_in_order(model: Any, arrays: Sequence[np.ndarray]) -> None:
    """Put `arrays` into a torch model's parameters and buffers, in their order."""
    import torch

    state = model.state_dict()
    if [tuple(tensor.shape) for tensor in state.values()] != [array.shape for array in arrays]:
        raise ValueError("the shapes differ from those of the model")
    pairs = zip(state, arrays, strict=True)
    model.load_state_dict({name: torch.as_tensor(array.copy()) for name, array in pairs})


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


def _walk(trace: Any) -> list[tuple[Any, int]]:
    frames = []
    while trace is not None:
        frames.append((trace.tb_frame, trace.tb_lineno))
        trace = trace.tb_next
    return frames


def _arrays_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], np.ndarray]]:
    """Every array in nested tuples, lists and dicts, with the way to it."""
    if isinstance(value, np.ndarray):
        return [(path, value)]
    if isinstance(value, dict):
        return [found for key, item in value.items() for found in _arrays_in(item, (*path, key))]
    if isinstance(value, list | tuple):
        return [found for i, item in enumerate(value) for found in _arrays_in(item, (*path, i))]
    return []


def _changes(before: Any, after: Any) -> list[tuple[list[Any], np.ndarray]]:
    """The arguments that the call changed: (way to it, what it holds now)."""
    now = _arrays_in(after)
    then = dict(_arrays_in(before))
    return [(list(path[1:]), array) for path, array in now if path in then and then[path].tobytes() != array.tobytes()]


def _shares(result: Any, given: Any) -> list[list[Any]]:
    """The arguments whose memory the result uses."""
    results = [array for _, array in _arrays_in(result)]
    return [
        list(path[1:]) for path, array in _arrays_in(given) if any(np.may_share_memory(array, one) for one in results)
    ]
