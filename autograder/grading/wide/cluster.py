"""A Dask cluster that grades: each submission is a task, named by the digest of what its result depends on."""

import asyncio
import hashlib
import logging
import time
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import dask
from distributed import Client, Future, KilledWorker
from distributed.client import FutureCancelledError
from distributed.security import Security

from autograder.errors import Stopped, UserError
from autograder.grading.grader import Graded, Task
from autograder.grading.master import Seed
from autograder.grading.plan import key_of
from autograder.grading.wide import pack, remote, versions
from autograder.grading.wide.beside import GraderFailed
from autograder.grading.wide.blob import opened, seal
from autograder.grading.wide.options import Scheduler
from autograder.grading.wide.room import Room
from autograder.kernel.settings import Settings

CONNECT_SECONDS = 10
WORKER_SECONDS = 60.0  # for a first worker, or for another when all are gone
LOOK_SECONDS = 2.0  # between two looks at how many there are
EACH = 4  # submissions on their way, for each that a worker grades at the same time
RETRIES = 2  # of what failed by a fault of ours, such as a full disk
KEPT = "What was graded is kept, and the same command goes on with the rest."


@asynccontextmanager
async def cluster(
    scheduler: Scheduler, settings: Settings, secret: Seed, tasks: Sequence[Task]
) -> AsyncIterator[Callable[[Task], Awaitable[Graded]]]:
    """What grades a submission on the workers of a scheduler; they must all be as this machine is."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is said by the errors raised here
    assignments = {task.assignment.name: task.assignment for task in tasks}
    lessons = sorted({lesson for one in assignments.values() for lesson in one.lessons})
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"}):  # for an assignment's files
        async with _connected(scheduler) as client:
            await _meet(client, scheduler, settings, lessons)
            shared = {}
            for name, assignment in assignments.items():
                blob = pack.shared(assignment, settings, secret, versions.present(assignment.lessons))
                key = f"autograder-shared-{hashlib.sha256(blob).hexdigest()}"
                shared[name] = client.submit(remote.keep, blob, key=key)
            ours = _Cluster(client, scheduler, shared)
            watch = asyncio.create_task(ours.watch())
            try:
                yield ours.grade
            finally:
                watch.cancel()
                await asyncio.gather(watch, return_exceptions=True)


@asynccontextmanager
async def _connected(scheduler: Scheduler) -> AsyncIterator[Any]:  # Dask's types are those of its blocking calls
    try:
        client = _client(scheduler)
    except (OSError, ValueError, TypeError) as error:
        raise _unreachable(scheduler, error) from None
    try:
        await _reach(client, scheduler)
        yield client
    finally:
        await client.close()  # with it goes all that we had asked for


def _client(scheduler: Scheduler) -> Client:
    names = {"tls_ca_file": "tls_ca_file", "tls_cert": "tls_client_cert", "tls_key": "tls_client_key"}
    return Client(
        scheduler.address,
        security=Security(**{names[name]: path for name, path in scheduler.tls.items()}),
        timeout=CONNECT_SECONDS,
        asynchronous=True,
        direct_to_workers=False,  # results come by way of the scheduler, whatever network the workers are on
        set_as_default=False,
        name="autograder",
    )


async def _reach(client: Any, scheduler: Scheduler) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of versions of Dask; what a grade depends on is compared in _meet
            await client
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise _unreachable(scheduler, error) from None


def _unreachable(scheduler: Scheduler, error: Exception) -> UserError:
    reason = str(error).strip().partition("\n")[0] or type(error).__name__
    return UserError(f"the scheduler at {scheduler.address} cannot be reached: {reason}")


async def _meet(client: Any, scheduler: Scheduler, settings: Settings, lessons: Sequence[str]) -> None:
    """Have every worker say what it is like, which also prepares it; a stranger among them ends the run."""
    try:
        await client.wait_for_workers(1, timeout=WORKER_SECONDS)
    except TimeoutError:
        waited = f"{WORKER_SECONDS:.0f} s"
        raise UserError(f"the scheduler at {scheduler.address} has had no worker for {waited}; start one") from None
    request = seal({"settings": settings.as_json(), "lessons": lessons})
    try:
        said: Mapping[str, Any] = await client.run(remote.introduce, request, on_error="return")
    except Exception as error:  # a worker left meanwhile, or answers what Dask cannot read
        what = f"{type(error).__name__}: {error}"
        raise UserError(f"not all workers of {scheduler.address} said what they have ({what}); try again") from None
    for address, answer in said.items():
        if isinstance(answer, ImportError):
            raise UserError(f"the worker at {address} lacks this autograder ({answer}); install it there")
        if not isinstance(answer, bytes):
            raise UserError(f"the worker at {address} cannot grade: {answer}")
        introduction, _ = opened(answer)
        if refusal := _refusal(versions.present(lessons), introduction, address):
            raise UserError(refusal)


def _refusal(agreed: dict[str, Any], introduction: dict[str, Any], address: str) -> str | None:
    """Why nothing is graded by a worker of which this was said, if nothing is."""
    if differs := versions.difference(agreed, introduction["versions"]):
        return f"the worker at {address} {differs}; install the same on both, and restart the worker"
    if not introduction["off_network"] and not (address.startswith("tls://") and introduction["hides"]):
        return (
            f"the worker at {address} cannot keep notebooks from the network, so one could give orders to the whole "
            "cluster; grade on machines where autograder doctor finds the layer net on, or Landlock 4"
        )
    return None


class _Cluster:
    def __init__(self, client: Any, scheduler: Scheduler, shared: Mapping[str, Future]) -> None:
        self._client, self._address, self._shared = client, scheduler.address, shared
        self._room, self._alone = Room(EACH), asyncio.Lock()
        self._stop: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def watch(self) -> None:
        """Have as many submissions on their way as suits the workers; stop where there has long been none."""
        seen = time.monotonic()
        while not self._stop.done():
            threads = 0
            with suppress(OSError, TimeoutError, RuntimeError):  # the scheduler may be gone, which the tasks notice
                threads = sum((await asyncio.wait_for(self._client.nthreads(), WORKER_SECONDS)).values())
            if threads:
                self._room.resize(EACH * threads)
                seen = time.monotonic()
            elif time.monotonic() - seen > WORKER_SECONDS:
                self._stop.set_result(f"has had no worker for {WORKER_SECONDS:.0f} s")
            await asyncio.sleep(LOOK_SECONDS)

    async def grade(self, task: Task) -> Graded:
        """Grade a submission on whichever worker is free."""
        key = f"autograder-{key_of(task)}"
        async with self._room.place():
            submission = await asyncio.to_thread(pack.submission, task)
            try:
                worker, answer = await self._answer(key, task, submission)
            except KilledWorker:
                worker, answer = await self._by_itself(key, task, submission)
        about, _ = opened(answer)
        if "result" not in about:
            agreed = versions.present(task.assignment.lessons)
            raise self._stopped(_refusal(agreed, about["introduction"], worker) or f"the worker at {worker} refused")
        return pack.open_graded(about, task, worker)

    async def _by_itself(self, key: str, task: Task, submission: bytes) -> tuple[str, bytes]:
        """Once more, and no other like it meanwhile: of those that ran together, one may have ended all the workers."""
        async with self._alone:
            try:
                return await self._answer(f"{key}-alone", task, submission)
            except KilledWorker as killed:
                times = 2 * (killed.allowed_failures + 1)
                raise UserError(f"it has ended {times} workers that were to grade it; see their logs") from None

    async def _answer(self, key: str, task: Task, submission: bytes) -> tuple[str, bytes]:
        """The worker that graded it, and what it said."""
        shared = self._shared[task.assignment.name]
        future = self._client.submit(remote.grade, shared, submission, key=key, retries=RETRIES)
        result = asyncio.ensure_future(future.result())
        try:
            await asyncio.wait([result, self._stop], return_when=asyncio.FIRST_COMPLETED)
            if not result.done():
                raise self._stopped(f"the scheduler at {self._address} {self._stop.result()}")
            answer: tuple[str, bytes] = result.result()
            return answer
        except FutureCancelledError:
            raise self._stopped(f"the scheduler at {self._address} is gone, or gave up this work") from None
        except GraderFailed as error:
            raise UserError(str(error)) from None
        except ImportError as error:
            raise self._stopped(f"a worker that joined lacks this autograder ({error})") from None
        finally:
            result.cancel()
            future.release()

    @staticmethod
    def _stopped(why: str) -> Stopped:
        return Stopped(f"{why}. {KEPT}")
