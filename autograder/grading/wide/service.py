"""Grades for one Dask worker, in a process beside it that has the fork server.

Whoever wants something opens a connection to its socket, sends a request, and waits; to hang up is to want it no
longer. It ends when its stdin is closed, as it is when the worker is gone.
"""

import asyncio
import os
import sys
from contextlib import suppress
from functools import lru_cache
from typing import Any

from autograder.grading import bench
from autograder.grading.grader import grade_submission
from autograder.grading.wide import pack, versions
from autograder.grading.wide.blob import LENGTH, opened, seal
from autograder.kernel import doctor, folders
from autograder.kernel.sandbox import landlock
from autograder.kernel.settings import Settings

PATIENCE = 5  # times that the fork server may ask for more time, of a minute


def main() -> None:
    """Serve at the socket that the first argument names, until stdin is closed."""
    asyncio.run(_serve(sys.argv[1]))


async def _serve(path: str) -> None:
    listening = await asyncio.start_unix_server(_attend, path)
    print("ready", flush=True)
    os.dup2(2, 1)  # nobody reads stdout from here on
    await asyncio.to_thread(sys.stdin.buffer.read)
    listening.close()  # what is still at work is cancelled when the loop ends


async def _attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, asyncio.IncompleteReadError):
        parts = [await _frame(reader) for _ in range(int.from_bytes(await reader.readexactly(1)))]
        work = asyncio.create_task(_answer(parts))
        hung_up = asyncio.create_task(reader.read(1))
        try:
            await asyncio.wait([work, hung_up], return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                done, answer = work.result()
                writer.write(bytes([done]) + len(answer).to_bytes(LENGTH) + answer)
                await writer.drain()
        finally:
            for task in (work, hung_up):
                task.cancel()
            await asyncio.gather(work, hung_up, return_exceptions=True)
            writer.close()


async def _frame(reader: asyncio.StreamReader) -> bytes:
    return await reader.readexactly(int.from_bytes(await reader.readexactly(LENGTH)))


async def _answer(parts: list[bytes]) -> tuple[bool, bytes]:
    """One part asks what this machine is like; two are what submissions share, and one of them to grade."""
    try:
        if len(parts) == 2:
            return True, await _graded(*parts)
        about, _ = opened(parts[0])
        return True, seal(await _introduction(Settings.from_json(about["settings"]), tuple(about["lessons"])))
    except Exception as error:  # ours to mend, so it is told
        return False, f"{type(error).__name__}: {error}".encode(errors="replace")


async def _introduction(settings: Settings, lessons: tuple[str, ...]) -> dict[str, Any]:
    """What is installed here, and how a notebook is kept; meanwhile judges and kernels are prepared."""
    bench.preload(lessons)
    found = await asyncio.to_thread(_examination, settings)
    tcp = found.protection.is_on("landlock") and landlock.version() >= landlock.TCP_SINCE
    return {
        "versions": versions.present(lessons),
        "facts": found.facts,
        "layers": found.protection.layers,
        "hides": found.protection.hides,
        "off_network": found.protection.is_on("net") or tcp,
    }


@lru_cache
def _examination(settings: Settings) -> doctor.Examination:
    for _ in range(PATIENCE):
        with suppress(TimeoutError):  # of the fork server, whose imports come from a disk that others may use as well
            return doctor.examine(settings)
    raise TimeoutError("its libraries take too long to import")


async def _graded(shared_blob: bytes, submission: bytes) -> bytes:
    shared = pack.open_shared(shared_blob)
    about = await _introduction(shared.settings, tuple(shared.assignment.lessons))
    if versions.difference(shared.agreed, about["versions"]) or not about["off_network"]:
        return seal({"introduction": about})  # whoever asked decides what that means
    bench.work_ahead(shared.assignment, shared.seed)
    with folders.private() as folder:
        task = await asyncio.to_thread(pack.deliver, submission, shared, folder)
        graded = await grade_submission(task, shared.settings, shared.seed)
    return seal({"introduction": about, **pack.packed(graded)})
