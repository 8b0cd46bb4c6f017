"""How far a run is, and how long it will still take: a bar on a terminal, now and then a line elsewhere."""

import sys
import time
from types import TracebackType

from tqdm import tqdm

SECONDS_BETWEEN_LINES = 10.0


class Progress:
    """Counts what is done; speaks on stderr, so that a table or JSON on stdout stays whole."""

    def __init__(self, total: int, unit: str = "submission", verb: str = "graded") -> None:
        self._total, self._done, self._verb = total, 0, verb
        self._started = self._spoke = time.monotonic()
        self._bar = tqdm(total=total, unit=unit, file=sys.stderr) if sys.stderr.isatty() else None

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def step(self) -> None:
        """One more is done."""
        self._done += 1
        if self._bar is not None:
            self._bar.update()
        elif time.monotonic() - self._spoke > SECONDS_BETWEEN_LINES and self._done < self._total:
            self._spoke = time.monotonic()
            print(self.line(self._spoke - self._started), file=sys.stderr, flush=True)

    def line(self, seconds: float) -> str:
        """How far the run is after so many seconds."""
        left = seconds / self._done * (self._total - self._done)
        return f"{self._done} of {self._total} {self._verb}, about {left:.0f} s left"
