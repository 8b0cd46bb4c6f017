"""ipykernel as a grading kernel runs it: what it does for people at a keyboard or a debugger is left out."""

import inspect
import os
import sys
from types import SimpleNamespace
from typing import Any

from ipykernel import ipkernel
from ipykernel.compiler import XCachingCompiler
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell


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
        ipkernel.sys = SimpleNamespace(modules={})  # type: ignore[assignment]
        try:
            super().__init__(**options)
        finally:
            ipkernel.sys = sys


class GradingApp(IPKernelApp):
    """A kernel's application that builds a command line's parser only where there is something to parse."""

    def parse_command_line(self, argv: list[str] | None = None) -> None:
        """Read what follows the connection file."""
        if argv:
            super().parse_command_line(argv)
