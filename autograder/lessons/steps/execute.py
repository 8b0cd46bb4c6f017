"""Runs the instructor's copy in a fresh kernel, with one thread, in an empty folder."""

import asyncio
import copy
import os
import tempfile
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from traitlets.config import Config

from autograder.errors import UserError
from autograder.lessons.edition import Edition

SECONDS_A_CELL = 120
# One thread, and sets in one order: what a cell prints must not depend on the machine.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONHASHSEED": "0", "TERM": "dumb"}


def execute(notebook: NotebookNode, edition: Edition) -> NotebookNode:
    """The notebook with its outputs; a cell that fails names itself, whatever its tags allow."""
    before = notebook.metadata
    notebook = copy.deepcopy(notebook)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder, "work")
        work.mkdir()
        # Sockets on the disk: no port to collide with another build's.
        sockets = {"transport": "ipc", "ip": f"{folder}/ipc", "connection_file": f"{folder}/kernel.json"}
        client = NotebookClient(
            notebook,
            timeout=SECONDS_A_CELL,
            kernel_name="python3",
            record_timing=False,
            resources={"metadata": {"path": str(work)}},
            config=Config({"KernelManager": sockets}),
        )
        try:
            asyncio.run(client.async_execute(env={**os.environ, **ENVIRONMENT}))
        except CellExecutionError:
            pass  # told below, from the cell's own output
        except (CellTimeoutError, DeadKernelError, RuntimeError) as error:
            raise UserError(f"{edition.lesson.id}: {str(error).splitlines()[0]}") from None
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                told = f"{output.ename}: {output.evalue}"
                raise UserError(f"{edition.lesson.id}, cell {cell.id}: {told}\n{_excerpt(cell.source)}")
    notebook.metadata = copy.deepcopy(before)  # without the version of the Python that ran it
    return notebook


def _excerpt(source: str) -> str:
    lines = source.splitlines()
    shown = [f"    {line}" for line in lines[:5]]
    return "\n".join([*shown, "    …"] if len(lines) > 5 else shown)
