"""What student code does while it runs: the calls that an exercise forbids, and how many lines it executes.

It watches what runs, not what is written, so an alias, a `getattr`, an import in disguise, a thread or a copy
made with `exec` of the same source is seen all the same.
"""

import importlib.util
import os
import sys
import sysconfig
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from importlib.machinery import ExtensionFileLoader, SourceFileLoader
from types import CodeType, FrameType, FunctionType, MethodType, ModuleType, TracebackType
from typing import Any

UNHOOKING = "sys.setprofile"

LIBRARIES = tuple({folder + os.sep for name, folder in sysconfig.get_paths().items() if name.endswith("lib")})
IMPORTS = frozenset(
    step.__code__
    for step in (SourceFileLoader.exec_module, ExtensionFileLoader.create_module, ExtensionFileLoader.exec_module)
)


class Watch:
    """While entered, notes which `forbidden` names are called and counts lines run in the student's files.

    A forbidden name is a module ("scipy.signal": all in it) or a function ("numpy.convolve"). What a library calls
    while it is imported does not count. Not seen: what calls nothing that Python knows of, such as an operator, a
    ufunc, or a type.
    """

    def __init__(self, forbidden: Iterable[str], is_students: Callable[[str], bool], *, count_lines: bool):
        self.seen: set[str] = set()
        self.lines = 0
        self._modules: list[str] = []
        self._functions: dict[str, list[tuple[CodeType, str]]] = {}  # its code's name -> (code, forbidden name)
        self._builtins: dict[tuple[Any, str], str] = {}  # (module or type, name) -> forbidden name
        self._cache: dict[int, tuple[CodeType, str | None]] = {}
        for name in forbidden:
            self._add(name)
        self._is_students = is_students
        self._calls = bool(self._modules or self._functions or self._builtins)
        self._count_lines = count_lines
        self._before: tuple[Any, Any, Any] = (None, None, None)

    def _add(self, name: str) -> None:
        found = _find(name)
        if found is None or isinstance(found, ModuleType):
            self._modules.append(getattr(found, "__name__", name))
            return
        function = getattr(found, "_implementation", found)  # numpy's dispatchers wrap the code
        code = getattr(function, "__code__", None)
        if code is not None:
            self._functions.setdefault(code.co_name, []).append((code, name))
            return
        short = name.rpartition(".")[2]
        for owner in (getattr(found, "__module__", None), getattr(found, "__objclass__", None)):
            self._builtins[owner, short] = name
        if function is not found:  # before numpy's compiled functions runs a dispatcher of the same name
            self._builtins["numpy._core.multiarray", short] = name

    def __enter__(self) -> "Watch":
        self._before = sys.getprofile(), sys.gettrace(), threading.getprofile()
        self.resume()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        ran_out_of_stack = kind is not None and issubclass(kind, RecursionError)  # then Python unhooks by itself
        if self._calls and sys.getprofile() != self._on_call and not ran_out_of_stack:
            self.seen.add(UNHOOKING)
        profile, tracing, threads = self._before
        sys.setprofile(profile)
        if self._count_lines:
            sys.settrace(tracing)
        threading.setprofile(threads)

    def resume(self) -> None:
        """Watch (again): after `pause`."""
        if self._count_lines:
            sys.settrace(self._on_frame)
        if self._calls:
            threading.setprofile(self._on_call)
            sys.setprofile(self._on_call)

    def pause(self) -> None:
        """Look away while code that is not the student's runs."""
        if self._calls:
            sys.setprofile(None)
            threading.setprofile(None)
        if self._count_lines:
            sys.settrace(None)

    def _on_call(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            name = self._of_code(frame.f_code, frame.f_globals)
        elif event == "c_call":
            name = self._of_builtin(argument, frame)
        else:
            return
        if name is not None and not _is_import(frame):
            self.seen.add(name)

    def _of_code(self, code: CodeType, names: dict[str, Any]) -> str | None:
        known = self._cache.get(id(code))
        if known is None or known[0] is not code:
            known = self._cache[id(code)] = code, self._look_up(code, names)
        return known[1]

    def _look_up(self, code: CodeType, names: dict[str, Any]) -> str | None:
        module = names.get("__name__")
        for forbidden, name in self._functions.get(code.co_name, ()):
            if _fingerprint(code) == _fingerprint(forbidden):
                return name
        found = self._builtins.get((module, code.co_name)) or self._module_of(module)
        return found or self._copied(code)

    def _copied(self, code: CodeType) -> str | None:
        """The forbidden module from which code was copied that is written in no cell and in no file."""
        for module in self._modules:
            origin = _origin(sys.modules.get(module))
            if origin and code.co_filename.startswith(origin):
                return module
        if not code.co_filename.startswith("<") or code.co_filename.startswith(("<ipython", "<frozen")):
            return None
        for module, content in list(sys.modules.items()):
            forbidden = self._module_of(module)
            original = getattr(vars(content).get(code.co_name), "__code__", None) if forbidden else None
            if original is not None and _fingerprint(original) == _fingerprint(code):
                return forbidden
        return None

    def _of_builtin(self, function: Any, frame: FrameType) -> str | None:
        if function is sys.setprofile or function is sys.settrace:
            return UNHOOKING if self._is_students(frame.f_code.co_filename) else None
        owner, name = getattr(function, "__self__", None), getattr(function, "__name__", "")
        module = getattr(function, "__module__", None)
        if not isinstance(module, str):  # a method: it belongs to a type
            kinds = type.__dict__["__mro__"].__get__(type(owner))
            found = next((self._builtins[kind, name] for kind in kinds if (kind, name) in self._builtins), None)
            return found or self._module_of(vars(type(owner)).get("__module__"))
        return self._builtins.get((module, name)) or self._module_of(module)

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
    constants = [repr(constant) for constant in code.co_consts if not isinstance(constant, CodeType)]
    return code.co_name, code.co_code, code.co_names, code.co_varnames, constants


def _is_import(frame: FrameType | None) -> bool:
    """Whether a frame runs because a library is being imported: nobody called it then, whoever asked for the import."""
    while frame is not None:
        code = frame.f_code
        if code in IMPORTS:
            path = getattr(frame.f_locals.get("self"), "path", None)
            return isinstance(path, str) and path.startswith(LIBRARIES)
        if not code.co_filename.startswith(("<frozen importlib", *LIBRARIES)):
            return False
        frame = frame.f_back
    return False


def _origin(module: ModuleType | None) -> str:
    """The folder or the file that a module is read from."""
    file = getattr(module, "__file__", None) or ""
    return os.path.dirname(file) + os.sep if "__init__" in file else file


def _find(name: str) -> Any:
    """What `name` stands for; None for a module that nobody has imported yet, which stays so."""
    module_name = name
    rest: list[str] = []
    while module_name and module_name not in sys.modules:
        module_name, _, last = module_name.rpartition(".")
        rest.insert(0, last)
    found: Any = sys.modules.get(module_name)
    if rest and _is_module(name):  # some libraries, scipy for one, import a part of theirs when asked for it
        return None
    for attribute in rest:
        found = getattr(found, attribute, None)
    return found


@cache
def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError, AttributeError):
        return False


def students_files(objects: Iterable[Any]) -> Callable[[str], bool]:
    """Tells the files that are the student's: where `objects` are written, and every notebook cell."""
    known = {code.co_filename for thing in objects for code in _codes_of(thing)}
    cells: dict[str, bool] = {}

    def is_students(filename: str) -> bool:
        if filename not in cells:
            is_cell = filename.startswith("<ipython-input") or (
                not filename.startswith("<") and not os.path.exists(filename)
            )
            cells[filename] = filename in known or is_cell
        return cells[filename]

    return is_students


def _codes_of(thing: Any, depth: int = 0) -> Iterator[CodeType]:
    """The code of a function, of a class's methods, of an object's class, of the items of a dict or list."""
    if depth > 4:
        return
    kind = type(thing)
    within: Iterable[Any]
    if kind is FunctionType:
        yield thing.__code__
        within = [vars(thing).get("__wrapped__")]
    elif kind in (MethodType, partial):
        within = [thing.__func__ if kind is MethodType else thing.func]
    elif kind in (staticmethod, classmethod):
        within = [thing.__func__]
    elif kind in (list, tuple):
        within = thing
    elif kind is dict:
        within = thing.values()
    elif issubclass(kind, type):
        within = list(type.__dict__["__dict__"].__get__(thing).values())
    elif thing is not None and kind.__module__ != "builtins" and not isinstance(thing, CodeType):
        within = [kind]
    else:
        return
    for part in within:
        yield from _codes_of(part, depth + 1)
