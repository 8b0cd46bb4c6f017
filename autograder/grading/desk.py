"""The grader's side of a judge: has one forked, says which check is due, and hears how it went."""

import asyncio
import json
import socket
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from autograder.grading import bench
from autograder.grading.judging import Check

ANSWER_SECONDS = 20.0  # to come to an end, once the cell has
START_SECONDS = 60.0
GRACE_SECONDS = 20.0  # beyond the time of a check, for the judge's own part in it
LONGEST_LINE = 64 * 2**20


class JudgeLost(Exception):
    """The judge did not answer: a fault of ours, not of the student's. `died` if its process is gone."""

    def __init__(self, why: str, *, died: bool = False) -> None:
        super().__init__(why)
        self.died = died


class Desk:
    """A judge at work for one kernel of one notebook. `for_kernel` is the end of the link that the kernel inherits."""

    def __init__(self) -> None:
        self.judge: bench.Judge
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter
        self.for_kernel: socket.socket
        self.is_clean = True

    @classmethod
    async def open(cls, lesson: str, language: str) -> "Desk":
        desk = cls()
        ours, judges = socket.socketpair()
        desk.for_kernel, notebook = socket.socketpair()
        try:
            with judges, notebook:
                desk.judge = await asyncio.to_thread(bench.start_judge, lesson, language, judges, notebook)
        except BaseException:
            ours.close()
            desk.for_kernel.close()
            raise
        desk._reader, desk._writer = await asyncio.open_connection(sock=ours, limit=LONGEST_LINE)
        return desk

    async def begin(self, check: Check) -> None:
        """From here on the kernel may ask for this check."""
        self._order({"check": asdict(check)})
        await self._hear("ready", START_SECONDS)

    async def end(self) -> dict[str, Any]:
        """The check's cell has ended: its outcome, as the judge found it."""
        self._order({"over": True})
        outcome: dict[str, Any] = {"state": "not asked for"}
        while "over" not in (said := await self._hear(None, ANSWER_SECONDS)):
            outcome = said.get("outcome", outcome)
        self.is_clean = "shown" in outcome or outcome["state"] in ("not asked for", "another exercise")
        return outcome

    async def close(self) -> None:
        self.for_kernel.close()
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()
        self.judge.end()

    def _order(self, order: dict[str, Any]) -> None:
        self._writer.write(json.dumps(order).encode() + b"\n")

    async def _hear(self, expected: str | None, seconds: float) -> dict[str, Any]:
        try:
            line = await asyncio.wait_for(self._reader.readline(), seconds)
            said: dict[str, Any] = json.loads(line)
        except (TimeoutError, ValueError, OSError) as error:
            self.is_clean = False
            late = isinstance(error, TimeoutError)
            raise JudgeLost("the judge takes too long" if late else "the judge died", died=not late) from None
        if expected is not None and expected not in said:
            self.is_clean = False
            raise JudgeLost("the judge answers out of turn")
        return said
