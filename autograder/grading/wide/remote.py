"""What is called on a Dask worker: it asks the grader beside the worker. Light, since the scheduler imports it too."""

import asyncio
from functools import partial
from typing import Any

from distributed import Reschedule, get_worker
from distributed.worker import Worker

from autograder.grading.wide.beside import Beside, GraderFailed, GraderLost

CLOSED = ("closing", "closed", "failed")
NOT_WANTED = ("cancelled", "released", "forgotten")

_beside = Beside()


def keep(blob: bytes) -> bytes:
    """What many tasks share, as a task of its own: sent to a worker once, and again where all that had it are gone."""
    return blob


async def introduce(request: bytes) -> bytes | str:
    """What this worker is like, and what is installed there, or why it cannot grade; its grader is started."""
    try:
        return await asyncio.to_thread(_beside.ask, [request])
    except (OSError, GraderLost, GraderFailed) as error:
        return str(error)


def grade(shared: bytes, submission: bytes) -> tuple[str, bytes]:
    """Grade a submission; not to its end where nobody wants that any longer. Also says which worker this is."""
    worker = get_worker()
    answer = _beside.ask([shared, submission], partial(_is_wanted, worker, worker.get_current_task()))
    if not answer:
        raise Reschedule
    return worker.address, answer


def _is_wanted(worker: Worker, key: Any) -> bool:
    task = worker.state.tasks.get(key)
    return worker.status.name not in CLOSED and task is not None and task.state not in NOT_WANTED
