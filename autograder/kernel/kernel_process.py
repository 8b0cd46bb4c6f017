"""The kernel itself: a fork that becomes what `ipykernel_launcher` would have become, but may do less."""

import json
import os
import random
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from traitlets.config import Config

from autograder.kernel import messages
from autograder.kernel.outstream import PER_CELL, BoundedOutStream
from autograder.kernel.protection import Attempts
from autograder.kernel.request import DESCRIPTOR, DESCRIPTOR_VARIABLE, Request
from autograder.kernel.sandbox import landlock, libc, mounts, rlimits, seccomp
from autograder.kernel.shell import GradingApp, GradingKernel

if TYPE_CHECKING:
    from autograder.kernel.first_process import Place

LANDLOCK_LAYERS = ("landlock", "landlock_scope")
SOCKETS = "s"  # the sockets are called s-1 to s-5


def main(
    keeper: socket.socket, parent: int, place: "Place", request: Request, attempts: Attempts, files: list[int]
) -> NoReturn:
    """Give up what a notebook does not need, start the kernel and serve it."""
    status = 1
    try:
        keeper = _keep_files(keeper, files)
        libc.name_process("kernel")
        os.setsid()
        _reset_signals()
        _move_in(place, request, inherits=bool(files))
        _become(place.owner)
        if attempts.wanted("user"):
            libc.drop_capabilities()
        # The change of user closed /proc/self to the kernel, and its memory to the keeper's watchdog.
        libc.prctl(libc.PR_SET_DUMPABLE, 1)
        libc.die_with_parent(signal.SIGKILL, parent)
        _restrict(place, attempts)
        messages.send(keeper, {"layers": attempts.states})
        _reseed()
        _serve(place, request, keeper)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException as error:
        try:
            messages.send(keeper, {"failed": f"{type(error).__name__}: {error}"})
        except OSError:
            traceback.print_exc()
    finally:
        os._exit(status)


def _keep_files(keeper: socket.socket, files: list[int]) -> socket.socket:
    """Nothing is open but three standard streams to nowhere, the one inherited file, and the socket to the keeper."""
    high = 64
    os.dup2(keeper.detach(), high, inheritable=False)
    if files:
        os.dup2(files[0], high + 1)
        os.dup2(high + 1, DESCRIPTOR)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(null, standard)
    os.closerange(DESCRIPTOR + 1 if files else DESCRIPTOR, high)
    os.closerange(high + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    return socket.socket(fileno=high)


def _reset_signals() -> None:
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, signal.SIGPIPE, signal.SIGXFSZ}:
        try:
            signal.signal(number, signal.SIG_DFL)
        except OSError:  # the C library keeps some for itself
            continue
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _move_in(place: "Place", request: Request, *, inherits: bool) -> None:
    os.chdir(place.scratch / "work")
    os.environ.clear()
    os.environ.update(_environment(place.scratch, request.environment))
    if inherits:
        os.environ[DESCRIPTOR_VARIABLE] = str(DESCRIPTOR)
    connection = place.scratch / "run/kernel.json"
    connection.write_text(json.dumps({**request.connection, "ip": str(place.channels / SOCKETS)}))
    if place.owner is not None:
        os.chown(connection, place.owner, place.owner)
    sys.argv[:] = ["ipykernel_launcher", "-f", str(connection), *request.arguments]


def _environment(scratch: Path, inherited: Mapping[str, str]) -> dict[str, str]:
    home = scratch / "home"
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {
        **threads,
        **inherited,
        "HOME": str(home),
        "TMPDIR": str(scratch),
        "IPYTHONDIR": str(home / ".ipython"),
        "JUPYTER_RUNTIME_DIR": str(scratch / "run"),
        "MPLCONFIGDIR": str(home / ".matplotlib"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }


def _become(owner: int | None) -> None:
    if owner is None:
        return
    os.setgroups([])
    os.setresgid(owner, owner, owner)
    os.setresuid(owner, owner, owner)


def _restrict(place: "Place", attempts: Attempts) -> None:
    own_network = attempts.on("net")  # reaches nobody but the kernel itself
    attempts.attempt("rlimits", lambda: rlimits.restrict(place.ceilings))
    attempts.attempt("no_new_privs", lambda: libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1))
    offered = [layer for layer in LANDLOCK_LAYERS if attempts.attempt(layer, lambda at=layer: _offered(at))]  # type: ignore[misc]
    if offered:
        try:
            landlock.restrict(
                offered,
                readable=place.readable,
                hidden=place.hidden,
                writable=(str(place.scratch), *mounts.DEVICES),
                channels=str(place.channels),
                tcp=own_network,
            )
        except OSError as error:
            attempts.states |= dict.fromkeys(offered, str(error))
    attempts.attempt("seccomp", lambda: seccomp.refuse_calls(internet=own_network))


def _offered(layer: str) -> None:
    if reason := landlock.missing(layer):
        raise OSError(reason)


def _reseed() -> None:
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if "torch" in sys.modules:
        sys.modules["torch"].default_generator.manual_seed(random.getrandbits(63))


def _serve(place: "Place", request: Request, keeper: socket.socket) -> None:
    BoundedOutStream.most = request.settings.limits.output_bytes // PER_CELL
    app: Any = GradingApp.instance(
        config=Config(
            {
                "HistoryManager": {"hist_file": ":memory:"},
                "IPKernelApp": {
                    "connection_file": sys.argv[2],
                    "kernel_class": GradingKernel,
                    "outstream_class": f"{BoundedOutStream.__module__}.{BoundedOutStream.__name__}",
                },
            }
        )
    )
    app.initialize(list(request.arguments))
    if "matplotlib.pyplot" in sys.modules:  # else importing it does this
        app.shell.enable_matplotlib("inline")
    messages.send(keeper, {"ready": True})
    keeper.close()
    app.start()
