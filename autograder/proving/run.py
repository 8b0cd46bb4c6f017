"""Runs a notebook from top to bottom in a fresh kernel, past cells that fail."""

import asyncio
import copy
import os
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from traitlets.config import Config

from autograder.errors import UserError

# One thread, and sets in one order: what a notebook earns must not depend on the machine.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONHASHSEED": "0", "TERM": "dumb"}
TOOK_TOO_LONG, KERNEL_DIED = "TookTooLong", "KernelDied"


def run_notebook(notebook: NotebookNode, *, seconds: int, folder: Path | None = None) -> NotebookNode:
    """A copy with fresh outputs. A cell that ends its kernel says so, and the others run without it."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    deadly: set[int] = set()
    while (died := asyncio.run(_run(notebook, deadly, seconds, folder))) is not None:
        deadly.add(died)
    return notebook


def error_of(cell: NotebookNode) -> tuple[str, str] | None:
    """What a cell raised, as (name, message)."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            return output.ename, output.evalue
    return None


async def _run(notebook: NotebookNode, deadly: set[int], seconds: int, folder: Path | None) -> int | None:
    """Execute every cell that is not deadly; the number of one that turns out to be."""
    with tempfile.TemporaryDirectory() as own:
        # Sockets on the disk: no port to collide with another run's.
        sockets = {"transport": "ipc", "ip": f"{own}/ipc", "connection_file": f"{own}/kernel.json"}
        client = NotebookClient(
            notebook,
            timeout=seconds,
            allow_errors=True,
            interrupt_on_timeout=True,
            kernel_name="python3",
            record_timing=False,
            resources={"metadata": {"path": str(folder or own)}},
            config=Config({"KernelManager": sockets, "NotebookClient": {"log_level": "CRITICAL"}}),
        )
        client.log.setLevel("CRITICAL")  # what went wrong stands in the cells
        async with AsyncExitStack() as kernel:
            try:
                await kernel.enter_async_context(client.async_setup_kernel(env={**os.environ, **ENVIRONMENT}))
            except RuntimeError as error:
                raise UserError(f"no kernel could be started ({error}): close other programs, and try again") from None
            for number, cell in enumerate(notebook.cells):
                if cell.cell_type != "code" or number in deadly:
                    continue
                try:
                    await client.async_execute_cell(cell, number)
                except (DeadKernelError, CellTimeoutError, RuntimeError) as error:
                    _mark(cell, TOOK_TOO_LONG if isinstance(error, CellTimeoutError) else KERNEL_DIED)
                    return number
                if (error_of(cell) or ("", ""))[0] == "KeyboardInterrupt":  # nbclient's, when the time was over
                    _mark(cell, TOOK_TOO_LONG)
    return None


def _mark(cell: NotebookNode, why: str) -> None:
    cell.outputs = [new_output("error", ename=why, evalue="", traceback=[])]
