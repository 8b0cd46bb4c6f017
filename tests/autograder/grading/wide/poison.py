"""Loaded by a Dask worker of the tests: what holds a certain word ends the worker, as the system does for memory."""

import os
import signal

from autograder.grading.wide import remote
from autograder.grading.wide.blob import opened


def ask_or_die(parts, *others, ask=remote._beside.ask):
    if any(b"poison" in content for part in parts for content in opened(part)[1]):
        os.kill(os.getpid(), signal.SIGKILL)
    return ask(parts, *others)


remote._beside.ask = ask_or_die
