"""Runs one restored notebook: cell by cell, its checks heard by a judge, in as many kernels as it kills."""

import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autograder.grading.demonstrations import sources_to_run
from autograder.grading.desk import GRACE_SECONDS, Desk, JudgeLost
from autograder.grading.judging import Check
from autograder.grading.kernel import CellRun, Kernel, KernelLost, started
from autograder.grading.master import Master, MasterCell, Seed
from autograder.grading.restore import Restored
from autograder.grading.written import written_for
from autograder.kernel.settings import Settings

MOST_KERNELS = 4


@dataclass
class Ran:
    """How every cell went, what the judge found, by position, and how the kernels were kept."""

    cells: list[CellRun]
    outcomes: dict[int, dict[str, Any]] = field(default_factory=dict)
    protection: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


async def run_notebook(restored: Restored, master: Master, settings: Settings, work: Path, seed: Seed) -> Ran:
    """Run a notebook in a copy of the folder `work`; once more if a stranger may have ended a kernel or its judge.

    What a notebook does to itself it does again, so nothing is lost and nothing gained by that.
    """
    for attempt in range(2):
        run = _Run(restored, master, settings, work, seed)
        begun = time.monotonic()
        await run.to_the_end()
        run.ran.seconds = time.monotonic() - begun
        disturbed = [cell.reason for cell in run.ran.cells if cell.by_a_stranger]
        if not disturbed and not run.judge_died:
            break
        if attempt and run.judge_died:
            raise KernelLost("the judge died twice while this notebook ran")
        if attempt and any("keeper" in str(reason) for reason in disturbed):
            raise KernelLost("the fork server died twice while this notebook ran")
    return run.ran


class _Run:
    def __init__(self, restored: Restored, master: Master, settings: Settings, work: Path, seed: Seed) -> None:
        self.restored, self.master, self.settings, self.work, self.seed = restored, master, settings, work, seed
        self.sources = sources_to_run(restored.notebook, master.demonstrations)
        self.ran = Ran([CellRun() for _ in self.sources])
        self.ends_at = time.monotonic() + settings.limits.notebook_seconds
        self.fatal: set[int] = set()
        self.judge_died = False

    async def to_the_end(self) -> None:
        """Run all cells; one that kills its kernel is left out by the next."""
        position = 0
        for _ in range(MOST_KERNELS):
            position = await self._with_one_kernel(position)
            if position == len(self.sources) or self._seconds_left() <= 0:
                break
        for number in range(position, len(self.sources)):
            late = self._seconds_left() <= 0
            self.ran.cells[number].reason = "the notebook's time was up" if late else "too many kernels had died"

    async def _with_one_kernel(self, position: int) -> int:
        """Run cells from `position` on; the position of the first that is left."""
        async with AsyncExitStack() as stack:
            desk = None
            if self.master.lesson is not None:
                desk = await Desk.open(self.master.lesson, self.master.language)
                stack.push_async_callback(desk.close)
            limits = replace(self.settings.limits, notebook_seconds=max(self._seconds_left(), 1.0))
            descriptor = desk.for_kernel.fileno() if desk else None
            kernel = await stack.enter_async_context(
                started(replace(self.settings, limits=limits), self.work, descriptor)
            )
            if desk is not None:
                desk.for_kernel.close()  # so that the judge notices when the kernel is gone
            self.ran.protection = kernel.protection
            if not await self._catch_up(kernel, position):
                return position
            for number in range(position, len(self.sources)):
                if self._seconds_left() <= 0:
                    return number
                if not await self._run_cell(kernel, desk, number):
                    self.fatal.add(number)
                    return number + 1
        return len(self.sources)

    async def _catch_up(self, kernel: Kernel, position: int) -> bool:
        """In a fresh kernel, run again what came before, but for what is graded and what killed a kernel."""
        for number in range(position):
            master = self.restored.masters.get(number)
            if number in self.fatal or (master is not None and master.is_test) or not self.sources[number].strip():
                continue
            again = await kernel.run(self.sources[number], self._cell_seconds())
            if again.state == "died":
                self.fatal.add(number)
                return False
        return True

    async def _run_cell(self, kernel: Kernel, desk: Desk | None, number: int) -> bool:
        """Run a cell and keep what came of it; whether the kernel is fit for the next."""
        if not self.sources[number].strip():
            return True
        master = self.restored.masters.get(number)
        exercise = self.master.exercise(master) if master is not None else None
        if desk is None or master is None or exercise is None:
            self.ran.cells[number] = await kernel.run(self.sources[number], self._cell_seconds())
            return self.ran.cells[number].state != "died"
        try:
            await desk.begin(self._check(exercise, master))
            self.ran.cells[number] = await kernel.run(self.sources[number], self._cell_seconds() + GRACE_SECONDS)
            self.ran.outcomes[number] = await desk.end()
        except JudgeLost as lost:
            self.ran.outcomes[number] = {"state": "failed", "reason": str(lost)}
            self.judge_died |= lost.died
        return self.ran.cells[number].state != "died" and desk.is_clean

    def _check(self, exercise: str, master: MasterCell) -> Check:
        return Check(
            exercise,
            master.points,
            self.master.language,
            self.seed(str(self.master.lesson), exercise),
            written_for(master.source, self.restored.notebook, self.restored.masters),
            self._cell_seconds(),
        )

    def _cell_seconds(self) -> float:
        return min(self.settings.limits.cell_seconds, self._seconds_left())

    def _seconds_left(self) -> float:
        return self.ends_at - time.monotonic()
