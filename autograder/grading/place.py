"""Where submissions are graded: on this machine, or on the workers of a cluster."""

import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

from autograder.errors import UserError
from autograder.grading import bench
from autograder.grading.grader import Graded, Task, grade_submission
from autograder.grading.master import Seed
from autograder.grading.wide.options import Scheduler
from autograder.imports import import_command
from autograder.kernel import server
from autograder.kernel.settings import Settings

MANY = 4  # submissions of an assignment; fewer are graded before what was done ahead would help

GradeOne = Callable[[Task], Awaitable[Graded]]
Place = Callable[[Settings, Seed, Sequence[Task]], AbstractAsyncContextManager[GradeOne]]


def place(scheduler: Scheduler | None) -> Place:
    """This machine, or a cluster where one was asked for."""
    if scheduler is None:
        return this_machine
    try:
        return partial(import_command("autograder.grading.wide.cluster").cluster, scheduler)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("dask", "distributed"):
            raise
        install = f'{sys.executable} -m pip install "cnn-course[cluster]" -c constraints.txt'
        raise UserError(f"--scheduler needs Dask, which is not installed here: {install}") from None


@asynccontextmanager
async def this_machine(settings: Settings, seed: Seed, tasks: Sequence[Task]) -> AsyncIterator[GradeOne]:
    """Grade here: judges and kernels are forked from processes that import what these tasks need."""
    bench.preload(sorted({lesson for task in tasks for lesson in task.assignment.lessons}))
    counts = Counter(task.assignment.name for task in tasks)
    for assignment in {task.assignment.name: task.assignment for task in tasks}.values():
        if counts[assignment.name] >= MANY:
            bench.work_ahead(assignment, seed)
    if server.missing() is None:
        server.fork_server(settings.preload)
    yield lambda task: grade_submission(task, settings, seed)
