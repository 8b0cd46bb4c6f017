"""What student code does while it runs: the calls that an exercise forbids, and how many lines it executes.

It watches what runs, not what is written, so an alias, a `getattr`, an import in disguise or a copy made with
`exec` of the same source is seen all the same.
"""

import os
import sys
from collections.abc import Callable, Iterable
from types import CodeType, FrameType, ModuleType, TracebackType
from typing import Any


class Watch:
    """While entered, notes which `forbidden` names are called and counts lines run in the student's files.

    A forbidden name is a module ("scipy.signal": all in it) or a function ("numpy.convolve").
    """

    def __init__(self, forbidden: Iterable[str], is_students: Callable[[str], bool], *, count_lines: bool):
        self.seen: set[str] = set()
        self.lines = 0
        self._modules: list[str] = []
        self._functions: dict[Any, str] = {}
        for name in forbidden:
            self._add(name)
        self._is_students = is_students
        self._count_lines = count_lines
        self._before: tuple[Any, Any] = (None, None)

    def _add(self, name: str) -> None:
        found = _find(name)
        if found is None:  # not imported: nothing but its name is known
            self._modules.append(name)
        elif isinstance(found, ModuleType):
            self._modules.append(found.__name__)
        else:
            function = getattr(found, "_implementation", found)  # numpy's dispatchers wrap the Python code
            code = getattr(function, "__code__", None)
            self._functions[_fingerprint(code) if code else id(found)] = name

    def __enter__(self) -> "Watch":
        self._before = sys.getprofile(), sys.gettrace()
        self.resume()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.setprofile(self._before[0])
        sys.settrace(self._before[1])

    def resume(self) -> None:
        """Watch (again): after `pause`, or after code that unset the hooks."""
        if self._modules or self._functions:
            sys.setprofile(self._on_call)
        if self._count_lines:
            sys.settrace(self._on_frame)

    def pause(self) -> None:
        """Look away while code that is not the student's runs."""
        sys.setprofile(None)
        if self._count_lines:
            sys.settrace(None)

    def _on_call(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            name = self._functions.get(_fingerprint(frame.f_code))
            if name is None:
                name = self._module_of(frame.f_globals.get("__name__"))
        elif event == "c_call":
            name = self._functions.get(id(argument)) or self._module_of(getattr(argument, "__module__", None))
        else:
            return
        if name is not None:
            self.seen.add(name)

    def _module_of(self, module: Any) -> str | None:
        if not isinstance(module, str):
            return None
        return next((m for m in self._modules if module == m or module.startswith(m + ".")), None)

    def _on_frame(self, frame: FrameType, event: str, argument: Any) -> Any:
        if not self._is_students(frame.f_code.co_filename):
            return None
        self.lines += 1
        return self._on_line

    def _on_line(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            self.lines += 1
        return self._on_line


def _fingerprint(code: CodeType) -> Any:
    """The same for a function and for a copy of it made from its source."""
    return code.co_name, code.co_code


def _find(name: str) -> Any:
    """What `name` stands for, without importing anything."""
    module_name = name
    rest: list[str] = []
    while module_name and module_name not in sys.modules:
        module_name, _, last = module_name.rpartition(".")
        rest.insert(0, last)
    found: Any = sys.modules.get(module_name)
    for attribute in rest:
        found = getattr(found, attribute, None)
    return found


def students_files(objects: Iterable[Any]) -> Callable[[str], bool]:
    """Tells the files that are the student's: where `objects` are written, and every notebook cell."""
    known = {code.co_filename for code in map(_code_of, objects) if code is not None}
    cells: dict[str, bool] = {}

    def is_students(filename: str) -> bool:
        if filename not in cells:
            is_cell = filename.startswith("<ipython-input") or (
                not filename.startswith("<") and not os.path.exists(filename)
            )
            cells[filename] = filename in known or is_cell
        return cells[filename]

    return is_students


def _code_of(thing: Any) -> CodeType | None:
    """The code of a function, of a class's first method, or of an object's class."""
    if isinstance(thing, type):
        return next(filter(None, (getattr(part, "__code__", None) for part in vars(thing).values())), None)
    code = getattr(getattr(thing, "__wrapped__", thing), "__code__", None)
    return code if isinstance(code, CodeType) else None
