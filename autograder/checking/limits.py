"""How long student code may run and how much it may print, as far as a notebook can hold it.

What a notebook cannot stop: one long call into compiled code (a matrix product, say) is interrupted only
when it returns, and code that catches the interrupt and goes on is interrupted again and again. In grading
the kernel itself is ended.
"""

import _thread
import contextlib
import io
import signal
import threading
from collections.abc import Iterator
from types import FrameType


class TookTooLong(BaseException):
    """Student code ran past its limit. Not an Exception, so that `except Exception` lets it through."""


AGAIN_AFTER = 0.25  # seconds between interrupts, for code that catches the first


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TookTooLong in the body once `seconds` have passed, and again until it gives up."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals reach the main thread alone; grading has its own clock
    elif hasattr(signal, "setitimer"):
        with _on_signal(signal.SIGALRM):
            signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_AFTER)
            try:
                yield
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
    else:
        with _on_signal(signal.SIGINT), _interrupting(seconds):
            yield


@contextlib.contextmanager
def _on_signal(number: int) -> Iterator[None]:
    over = False

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        if not over:
            raise TookTooLong

    before = signal.signal(number, interrupt)
    try:
        yield
    finally:
        over = True
        signal.signal(number, before)


@contextlib.contextmanager
def _interrupting(seconds: float) -> Iterator[None]:
    """Without timers (Windows): a thread asks the main thread to stop."""
    done = threading.Event()

    def nag() -> None:
        wait = seconds
        while not done.wait(wait):
            _thread.interrupt_main()
            wait = AGAIN_AFTER

    thread = threading.Thread(target=nag, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()


class Printed(io.TextIOBase):
    """Where student code prints while it is checked: the beginning is kept, the rest counted."""

    def __init__(self, keep: int = 2000) -> None:
        self.keep = keep
        self.kept = ""
        self.length = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.kept += text[: max(self.keep - len(self.kept), 0)]
        self.length += len(text)
        return len(text)


@contextlib.contextmanager
def captured() -> Iterator[Printed]:
    """Keep what the body prints, on stdout and stderr, away from the notebook."""
    printed = Printed()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        yield printed
