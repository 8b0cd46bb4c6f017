"""ipykernel as a grading kernel runs it: what it does for people at a keyboard or a debugger is left out."""

import inspect
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import zmq
from ipykernel import ipkernel
from ipykernel.compiler import XCachingCompiler
from ipykernel.control import ControlThread
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core import shellapp


class CellCompiler(XCachingCompiler):
    """Tells `inspect` which module a cell belongs to, for which it would look through every module there is."""

    def get_code_name(self, raw_code: str, code: str, number: int) -> str:
        """The name of a cell's file."""
        name = str(super().get_code_name(raw_code, code, number))
        inspect.modulesbyfile[os.path.normcase(os.path.abspath(name))] = "__main__"
        return name


class GradingShell(ZMQInteractiveShell):
    """Draws an error once, for the notebook: this kernel has no history in which it would stand a second time."""

    def _format_exception_for_storage(self, exception: BaseException, *_: Any, **__: Any) -> dict[str, Any]:
        return {"ename": type(exception).__name__, "evalue": str(exception), "traceback": []}


class GradingKernel(IPythonKernel):
    """A kernel that makes no list of all modules for a debugger: to look at each copies the page it lies on."""

    shell_class = GradingShell
    compiler_class = CellCompiler

    def __init__(self, **options: Any) -> None:
        with _without_modules(ipkernel):
            super().__init__(**options)


class GradingApp(IPKernelApp):
    """A kernel's application without what nobody uses here: a second shell, a debugger's, a log, an empty command line.

    It makes no list of all modules either, for `%reset -s aggressive`: that of `note_modules` will do.
    """

    modules: frozenset[str] = frozenset()

    def parse_command_line(self, argv: list[str] | None = None) -> None:
        """Read what follows the connection file."""
        if argv:
            super().parse_command_line(argv)

    def init_control(self, context: zmq.Context[Any]) -> None:
        """Open the control channel. Cells reach the main thread without going through one for subshells."""
        self.control_socket = context.socket(zmq.ROUTER)
        self.control_socket.linger = 1000
        self.control_port = self._bind_socket(self.control_socket, self.control_port)
        self.control_socket.router_handover = 1
        self.control_thread = ControlThread(daemon=True)
        self.debugpy_socket = context.socket(zmq.STREAM)  # is asked for, and stays unconnected

    def init_code(self) -> None:
        """Run what runs before the first cell."""
        with _without_modules(shellapp):
            super().init_code()
        shell: Any = self.shell
        shell._sys_modules_keys = self.modules

    def _configure_logging(self) -> None:
        logging.getLogger(type(self).__name__).addHandler(logging.NullHandler())


def note_modules() -> None:
    """List the modules that kernels find imported, once for all of them."""
    GradingApp.modules = frozenset(sys.modules)


class _NoModules:
    """`sys`, as if no module were loaded."""

    modules: Mapping[str, ModuleType] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


@contextmanager
def _without_modules(module: Any) -> Iterator[None]:
    module.sys = _NoModules()
    try:
        yield
    finally:
        module.sys = sys
