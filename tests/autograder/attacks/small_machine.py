"""A machine in small: processes of its own, one of which attacks, while another is a neighbour.

Usage: small_machine.py SOURCE: says what became of the neighbour.
"""

import os
import signal
import sys
import time

from autograder.kernel.sandbox import namespaces, users

USER = users.KERNEL_ID
GRACE = 2.0  # seconds, for a signal to do its work


def start(action):
    """A process of a user without privileges, as soon as it is that user's."""
    ready, say_ready = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setresuid(USER, USER, USER)
            os.close(say_ready)
            action()
        finally:
            os._exit(0)
    os.close(say_ready)
    os.read(ready, 1)
    return child


def first_process(source):
    """The process that all others come from."""
    neighbour = start(signal.pause)
    os.waitpid(start(lambda: exec(source, {})), 0)  # noqa: S102 -- the corpus is ours
    ends_at = time.monotonic() + GRACE
    while not (died := os.waitpid(neighbour, os.WNOHANG)[0]) and time.monotonic() < ends_at:
        time.sleep(0.02)
    print("the neighbour died" if died else "the neighbour lives", flush=True)


def machine(source, be_introduced):
    """Everything in it has users and processes of its own."""
    namespaces.enter_user(be_introduced)
    namespaces.enter("pid")
    first = os.fork()
    if first == 0:
        first_process(source)
        os._exit(0)  # and with it all others end
    os.waitpid(first, 0)


def main(source):
    entered, say_entered = os.pipe()
    introduced, say_introduced = os.pipe()
    inside = os.fork()
    if inside == 0:
        os.close(say_introduced)  # so that it waits in vain for nobody
        try:
            machine(source, lambda: os.write(say_entered, b"1") and os.read(introduced, 1))
        finally:
            os._exit(0)
    os.close(say_entered)
    if os.read(entered, 1):
        users.introduce(inside)
        os.write(say_introduced, b"1")
    os.waitpid(inside, 0)


if __name__ == "__main__":
    main(sys.argv[1])
