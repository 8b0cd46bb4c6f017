"""One sandboxed kernel, driven cell by cell with nbclient."""

import asyncio
import copy
import logging
import math
import os
import queue
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import zmq.asyncio
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.kernel.kernelspec import PROVISIONER
from autograder.kernel.settings import Settings

START_SECONDS = 60
KEEPER_DIED = "its keeper died"  # as the kernel's ending says it
SILENT = logging.getLogger("autograder.grading.kernel")
SILENT.addHandler(logging.NullHandler())
SILENT.propagate = False


@dataclass
class CellRun:
    """How one cell went: `state` is "ok", "error", "timeout", "died" or "not run"."""

    state: str = "not run"
    outputs: list[NotebookNode] = field(default_factory=list)
    count: int | None = None
    seconds: float = 0.0
    reason: str | None = None
    by_a_stranger: bool = False  # the kernel was ended by something that is neither the notebook nor a limit


class KernelLost(RuntimeError):
    """A kernel ended by no fault of the notebook in it."""


class _OnlySpec(KernelSpecManager):
    """Knows one kernel, whatever it is asked for."""

    def __init__(self, spec: KernelSpec) -> None:
        super().__init__()
        self._spec = spec

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return self._spec


class Kernel:
    """A running kernel."""

    def __init__(self, manager: AsyncKernelManager, client: NotebookClient) -> None:
        self._manager, self._client = manager, client
        self._reply: dict[str, Any] = {}
        client.on_cell_executed = self._note_reply

    @property
    def protection(self) -> dict[str, str]:
        """The state of each layer round it."""
        protection = getattr(self._manager.provisioner, "protection", None)
        return dict(protection.layers) if protection else {}

    async def run(self, source: str, seconds: float) -> CellRun:
        """Run a cell. After "died" the kernel is gone."""
        cell = NotebookNode(cell_type="code", source=source, metadata=NotebookNode(), outputs=[], execution_count=None)
        self._client.nb.cells.append(cell)
        self._client.timeout = max(math.ceil(seconds), 1)
        self._reply = {}
        started = time.monotonic()
        run = CellRun()
        try:
            await self._client.async_execute_cell(cell, len(self._client.nb.cells) - 1)
            run.state = self._state()
        except DeadKernelError:
            if _is_cancelled():  # which nbclient takes for the kernel's death
                raise asyncio.CancelledError from None
            run.state = "died"
            run.reason, run.by_a_stranger = self._why_dead()
        except CellTimeoutError:
            run.state, run.reason = "died", "it could not be interrupted"
        except (OSError, RuntimeError, ValueError, KeyError, TypeError) as error:  # messages that make no sense
            run.state, run.reason = "died", f"it sent nonsense ({type(error).__name__})"
        run.seconds = time.monotonic() - started
        run.outputs = copy.deepcopy(cell.outputs)
        run.count = cell.execution_count
        self._add_error(run)
        return run

    def _note_reply(self, cell: NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:
        self._reply = execute_reply["content"]

    def _state(self) -> str:
        if self._reply.get("status") == "ok":
            return "ok"
        return "timeout" if self._reply.get("ename") == "CellTimeoutError" else "error"

    def _why_dead(self) -> tuple[str, bool]:
        """Why, in words; and whether it may have been somebody from outside, as those who sweep out memory are."""
        ending = getattr(self._manager.provisioner, "ending", None)
        if ending is None:
            return "its kernel died", False
        if ending.reason == KEEPER_DIED:
            return "its kernel was lost with its keeper", True
        if ending.reason:
            return f"its kernel was ended: {ending.reason}", False
        return f"its kernel exited ({ending.status})", ending.status in (-signal.SIGKILL, -signal.SIGTERM)

    def _add_error(self, run: CellRun) -> None:
        """As nbgrader does: an error that left no output is put there, so that people and rules see it."""
        names = {"died": "DeadKernelError", "timeout": "CellTimeoutError"}
        name = names.get(run.state) or str(self._reply.get("ename"))
        shown = any(output.output_type == "error" and output.ename == name for output in run.outputs)
        if run.state != "ok" and not shown:
            text = run.reason or str(self._reply.get("evalue", ""))
            trace = [str(line) for line in self._reply.get("traceback") or [f"{name}: {text}"]]
            run.outputs.append(new_output("error", ename=name, evalue=text, traceback=trace))


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


@asynccontextmanager
async def started(settings: Settings, work: Path, descriptor: int | None) -> AsyncIterator[Kernel]:
    """A kernel with a copy of the folder `work`, which inherits an open file; it is gone when the block is left."""
    manager = AsyncKernelManager(
        kernel_name="python3", kernel_spec_manager=_OnlySpec(_spec(settings)), context=_context(), log=SILENT
    )
    client = NotebookClient(
        NotebookNode(nbformat=4, nbformat_minor=5, metadata=NotebookNode(), cells=[]),
        km=manager,
        log=SILENT,
        allow_errors=True,
        interrupt_on_timeout=True,
        error_on_timeout={"ename": "CellTimeoutError", "evalue": "it took too long", "traceback": []},
        raise_on_iopub_timeout=True,
        record_timing=False,
        store_widget_state=False,
        skip_cells_with_tag="",
        startup_timeout=START_SECONDS,
    )
    environment = {**os.environ, "NBGRADER_EXECUTION": "autograde"}
    options: dict[str, Any] = {"cwd": str(work), "env": environment}
    if descriptor is not None:
        options["descriptor"] = descriptor
    try:
        await manager.start_kernel(**options)
        await _connect(manager, client)
        yield Kernel(manager, client)
    finally:
        await _end(manager, client)


@cache
def _context() -> zmq.asyncio.Context:
    """What moves the messages of all kernels of this process."""
    return zmq.asyncio.Context()


async def _connect(manager: AsyncKernelManager, client: NotebookClient) -> None:
    """Wait until the kernel's outputs arrive here: it says so itself, and what it is asked until then is not lost."""
    client.kc = kc = manager.client(context=_context())
    # Nobody answers questions; its keeper passes on signals, ends it, and says when it has died.
    kc.start_channels(stdin=False, hb=False, control=False)
    kc.allow_stdin = False
    ends_at = time.monotonic() + START_SECONDS
    welcome = False
    while not welcome:
        if time.monotonic() > ends_at or not await manager.is_alive():
            raise KernelLost("the kernel died, or said nothing, before its first cell")
        with suppress(queue.Empty):
            said = await kc.get_iopub_msg(timeout=1)
            welcome = said["header"]["msg_type"] == "iopub_welcome"


def _spec(settings: Settings) -> KernelSpec:
    return KernelSpec(
        argv=["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        display_name="Python 3",
        language="python",
        interrupt_mode="signal",
        metadata={"kernel_provisioner": {"provisioner_name": PROVISIONER, "config": {"settings": settings.as_json()}}},
    )


async def _end(manager: AsyncKernelManager, client: NotebookClient) -> None:
    if client.kc is not None:
        for channel in (client.kc.shell_channel, client.kc.iopub_channel):  # stop_channels would open the others first
            channel.stop()
    try:
        if manager.has_kernel:
            await asyncio.wait_for(manager.shutdown_kernel(now=True), START_SECONDS)
    finally:
        await manager.cleanup_resources()
