"""How long student code may run and how much it may print, as far as a notebook can hold it.

What a notebook cannot stop: one long call into compiled code (a matrix product, say) is interrupted only
when it returns, and code that resets the timer runs on. In grading the kernel itself is ended.
"""

import _thread
import contextlib
import io
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any


class TookTooLong(BaseException):
    """Student code ran past its limit. Not an Exception, so that `except Exception` lets it through."""


AGAIN_AFTER = 0.1  # seconds between interrupts, for code that catches the first
# And for code that goes on catching, so many that some arrive just where it catches none.
OFTEN_AFTER = 2e-4
PATIENT = 3
LAST_MOMENT = 1.0  # seconds more for code that has not had the processor, since the machine may have stood still
HERE = os.path.dirname(__file__) + os.sep


class Limit:
    """While entered, raises TookTooLong in the body once `seconds` have passed, and again until it gives up.

    `expired` tells whether it had to, `interrupted` whether the user pressed the stop button meanwhile. Signals
    reach the main thread alone; elsewhere there is no limit.
    """

    def __init__(self, seconds: float) -> None:
        self.times = 0
        self._is_last = False
        self.interrupted = False
        self._seconds = seconds
        self._handlers: dict[int, Any] = {}
        self._nagger: _Nagger | None = None

    @property
    def expired(self) -> bool:
        return self.times > 0

    def __enter__(self) -> "Limit":
        if threading.current_thread() is not threading.main_thread():
            return self
        self._started, self._worked = time.monotonic(), time.thread_time()
        self._trace, self._profile = sys.gettrace(), sys.getprofile()
        self._handlers[signal.SIGINT] = signal.signal(signal.SIGINT, self._on_stop_button)
        if hasattr(signal, "setitimer"):
            self._handlers[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._on_time)
            self._timer = signal.setitimer(signal.ITIMER_REAL, self._seconds, AGAIN_AFTER)
        else:  # Windows
            self._nagger = _Nagger(self._seconds)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._handlers:
            return
        if self._nagger is not None:
            self._nagger.done.set()
        else:
            left, interval = self._timer
            elapsed = time.monotonic() - self._started
            signal.setitimer(signal.ITIMER_REAL, max(left - elapsed, 0.01) if left else 0.0, interval)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        if self.expired:
            sys.settrace(self._trace)
            sys.setprofile(self._profile)

    def _on_stop_button(self, number: int, frame: FrameType | None) -> None:
        if self._nagger is not None and self._nagger.asked:
            self._on_time(number, frame)
            return
        self.interrupted = True
        before = self._handlers[signal.SIGINT]
        if callable(before):
            before(number, frame)

    def _on_time(self, number: int, frame: FrameType | None) -> None:
        if frame is None or _is_ours(frame):
            if self._nagger is None:  # our own code is at work, and finishes: try again soon
                signal.setitimer(signal.ITIMER_REAL, OFTEN_AFTER, AGAIN_AFTER)
            return
        if not self._is_last and self._nagger is None and time.thread_time() - self._worked < self._seconds / 2:
            self._is_last = True
            signal.setitimer(signal.ITIMER_REAL, min(LAST_MOMENT, self._seconds), AGAIN_AFTER)
            return
        if self.expired:
            _raise_on_from(frame)  # it caught the first: raise in what catches, too
        self.times += 1
        if self.times == PATIENT and self._nagger is None:
            signal.setitimer(signal.ITIMER_REAL, OFTEN_AFTER, OFTEN_AFTER)
        raise TookTooLong


def _is_ours(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(HERE)


def _raise_on_from(frame: FrameType | None) -> None:
    """Raise at the next line of the student's frames, and again in each that the one before returns to."""
    while frame is not None and not _is_ours(frame):
        frame.f_trace = _raise_at_line
        frame = frame.f_back
    sys.settrace(_raise_at_line)
    sys.setprofile(_raise_after_return)


def _raise_at_line(frame: FrameType, event: str, argument: Any) -> Any:
    if event == "call":
        return None
    if event == "line":
        raise TookTooLong  # which ends the tracing
    return _raise_at_line


def _raise_after_return(frame: FrameType, event: str, argument: Any) -> None:
    if event != "return" or _is_ours(frame):
        return
    if frame.f_back is None or _is_ours(frame.f_back):
        sys.settrace(None)
        sys.setprofile(None)
    else:
        _raise_on_from(frame.f_back)


class _Nagger:
    """Without timers (Windows): a thread asks the main thread to stop."""

    def __init__(self, seconds: float) -> None:
        self.done = threading.Event()
        self.asked = False
        threading.Thread(target=self._nag, args=(seconds,), daemon=True).start()

    def _nag(self, seconds: float) -> None:
        while not self.done.wait(seconds):
            self.asked = True
            _thread.interrupt_main()
            seconds = AGAIN_AFTER


class Printed(io.TextIOBase):
    """Where student code prints while it is checked: the beginning is kept, the rest let go."""

    encoding = "utf-8"
    errors = "strict"

    def __init__(self, keep: int = 2000) -> None:
        self.keep = keep
        self.kept = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if len(self.kept) < self.keep:
            self.kept += text[: self.keep - len(self.kept)]
        return len(text)


@contextlib.contextmanager
def captured() -> Iterator[Printed]:
    """Keep what the body prints, on stdout and stderr, away from the notebook."""
    printed = Printed()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        yield printed
