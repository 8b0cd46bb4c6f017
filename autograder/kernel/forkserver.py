"""The process that imports once and forks a kernel whenever it is asked.

It reads nothing: a request is an open socket, which the fork reads. So it holds no secret, and no kernel finds an
earlier one's. It never has a second thread, which would be missing in its forks with its locks held.
"""

import gc
import importlib
import itertools
import json
import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Iterable
from contextlib import suppress
from types import ModuleType
from typing import NoReturn

from autograder.kernel import hugepages, keeper, messages, shell, warming
from autograder.kernel.sandbox.libc import name_process
from autograder.kernel.threads import ThreadStarted, require_one_thread

WHO = "the fork server"
FEW = 4  # kernels, for which larger pages would cost more than they save


class Unfit(RuntimeError):
    """A module cannot be imported before kernels are forked."""


def main() -> NoReturn:
    """Serve the socket whose number is the first argument; the second names the modules to import, as JSON.

    Whoever calls it has switched off the search for garbage: little of what is imported is ever given up.
    """
    try:
        with suppress(ConnectionError):  # nobody is left who wants kernels
            _import_and_serve(socket.socket(fileno=int(sys.argv[1])), json.loads(sys.argv[2]))
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(0)  # to take apart what was imported would take longer than to end some kernels


def _import_and_serve(server: socket.socket, preload: list[str]) -> None:
    sys.path.pop(0)
    name_process("fork-server")
    started = time.perf_counter()
    try:
        with warming.without_debugger():
            missing = import_all(preload)
        warming.warm_up()
        shell.note_modules()
        require_one_thread(WHO, "after warming up")
    except Exception as error:
        kind = "" if isinstance(error, Unfit | ThreadStarted) else f"{type(error).__name__}: "
        messages.send(server, {"failed": f"{kind}{error}"})
        return
    readable = outside_environment(preload)
    seconds = time.perf_counter() - started
    messages.send(server, {"missing": missing, "readable": readable, "seconds": seconds})
    gc.freeze()
    gc.enable()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system reaps the keepers
    serve(server, readable)


def import_all(names: Iterable[str]) -> list[str]:
    """Import modules; those that are not installed are given back. One that fails or starts a thread is refused."""
    missing = []
    for name in names:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or not name.startswith(error.name):
                raise Unfit(f"{name} cannot be imported: {error}; `preload` must not name it") from error
            missing.append(name)
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            raise Unfit(f"{name} fails when it is imported ({why}); `preload` must not name it") from error
        try:
            require_one_thread(WHO, f"after importing {name}")
        except ThreadStarted as error:
            raise Unfit(f"{error}; `preload` must not name what starts threads") from error
    return missing


def serve(server: socket.socket, readable: list[str]) -> None:
    """Fork a keeper for each socket that arrives, until nobody is left who could send one."""
    places: list[int] = []
    for number in itertools.count():
        if number == FEW:
            places = hugepages.places()
        while places and not _asked(server):
            hugepages.collapse(places.pop())
        _, files, _, _ = socket.recv_fds(server, 1, 1)
        if not files:
            return
        with socket.socket(fileno=files[0]) as connection:
            try:
                require_one_thread(WHO, "when a kernel was asked for")
            except ThreadStarted as error:
                messages.send(connection, {"failed": str(error)})
                continue
            parent = os.getpid()
            if os.fork() == 0:
                server.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                keeper.main(connection, parent, readable)


def _asked(server: socket.socket) -> bool:
    return bool(select.select([server], [], [], 0)[0])


def outside_environment(names: Iterable[str]) -> list[str]:
    """The folders of preloaded packages that lie outside the Python environment, as a checkout's do."""
    packages = {name.partition(".")[0] for name in names}
    folders = {folder for name in packages if (module := sys.modules.get(name)) for folder in _folders(module)}
    inside = (sys.prefix + os.sep, sys.base_prefix + os.sep)
    return sorted(folder for folder in folders if not folder.startswith(inside))


def _folders(module: ModuleType) -> list[str]:
    if hasattr(module, "__path__"):
        return [os.path.abspath(folder) for folder in module.__path__]
    return [os.path.abspath(module.__file__)] if module.__file__ else []
