"""Each limit holds, against one notebook alone, and without it the same notebook goes through."""

import contextlib
import os
import queue
import signal
import subprocess
from pathlib import Path

import pytest

from autograder.kernel.protection import ON

pytestmark = pytest.mark.sandbox

MiB = 2**20

FILL_MEMORY = "import numpy as np; kept = np.ones(400 * 2**20, np.uint8); print('filled')"
FILL_DISK = """
import time
try:
    for number in range(6):
        with open(f'{number}', 'wb') as file:
            file.write(bytes(10 * 2**20))
    time.sleep(1)
    print('filled')
except OSError as error:
    print(error.strerror)
"""
LARGE_FILE = """
try:
    with open('large', 'wb') as file:
        for _ in range(16):
            file.write(bytes(2**20))
    print('written')
except OSError as error:
    print(error.strerror)
"""
# Forks that live for ten seconds, at most 100 of them.
FORKS = """
import os, time
forks = []
try:
    for _ in range(100):
        fork = os.fork()
        if fork == 0:
            time.sleep(10)
            os._exit(0)
        forks.append(fork)
    time.sleep(1)
    print('forked')
except BlockingIOError:
    print('refused at', len(forks))
"""


def test_memory_is_refused_to_a_process_that_asks_for_too_much(start_kernel):
    kernel = start_kernel(memory_bytes=200 * MiB)
    assert kernel.run(FILL_MEMORY).startswith("MemoryError: Unable to allocate")
    assert kernel.run("print('goes on')") == "goes on"


def test_memory_is_watched_where_the_process_is_not_limited(start_kernel):
    other = start_kernel()
    kernel = start_kernel(off=["rlimits"], memory_bytes=200 * MiB)
    kernel.send(FILL_MEMORY)
    assert kernel.wait().reason == "memory"
    assert other.run("print('unharmed')") == "unharmed"


def test_memory_of_several_processes_is_watched_together(start_kernel):
    kernel = start_kernel(memory_bytes=200 * MiB)
    kernel.send(
        "import os, time, numpy\nfor _ in range(4):\n"
        "    if os.fork() == 0:\n        kept = numpy.ones(80 * 2**20, 'u1'); time.sleep(60)\ntime.sleep(60)"
    )
    assert kernel.wait().reason == "memory"


def test_memory_is_there_without_limits(start_kernel):
    kernel = start_kernel(off=["rlimits", "watchdog"], memory_bytes=200 * MiB)
    assert kernel.run(FILL_MEMORY) == "filled"


def test_processes_are_refused(start_kernel):
    assert start_kernel(processes=40).run(FORKS).startswith("refused at")


def test_processes_are_watched_where_they_are_not_refused(start_kernel):
    kernel = start_kernel(off=["rlimits"], processes=40)
    kernel.send(FORKS)
    assert kernel.wait().reason == "processes"


def test_processes_are_there_without_limits(start_kernel):
    assert start_kernel(off=["rlimits", "watchdog"], processes=40).run(FORKS) == "forked"


def test_disk_is_full_in_the_view_of_a_kernel(start_kernel):
    assert start_kernel(disk_bytes=30 * MiB).run(FILL_DISK) == "No space left on device"


def test_disk_is_watched_where_a_kernel_has_no_view_of_its_own(start_kernel):
    kernel = start_kernel(off=["mount"], disk_bytes=30 * MiB)
    kernel.send(FILL_DISK)
    assert kernel.wait().reason == "disk"


def test_disk_is_there_without_limits(start_kernel):
    assert start_kernel(off=["mount", "watchdog"], disk_bytes=30 * MiB).run(FILL_DISK) == "filled"


@pytest.mark.parametrize(("off", "comes"), [([], "File too large"), (["rlimits"], "written")])
def test_size_of_a_file(off, comes, start_kernel):
    assert start_kernel(off=off, file_bytes=8 * MiB).run(LARGE_FILE) == comes


@pytest.mark.parametrize(("off", "comes"), [([], "OSError"), (["rlimits"], "opened")])
def test_open_files(off, comes, start_kernel):
    kernel = start_kernel(off=off, open_files=150)
    assert kernel.run("files = [open('/dev/null') for _ in range(200)]; print('opened')").startswith(comes)


def test_processor_time(start_kernel):
    kernel = start_kernel(cpu_seconds=1)
    kernel.send("while True: pass")
    assert kernel.wait().status == -signal.SIGKILL


def test_time_of_a_notebook(start_kernel):
    kernel = start_kernel(notebook_seconds=1)
    kernel.send("import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass")
    assert kernel.wait().reason == "time"


def test_a_cell_that_prints_without_end_is_told_so(start_kernel):
    kernel = start_kernel(output_bytes=8 * MiB)
    assert kernel.run("while True: print('x' * 10_000)").endswith(
        "TooMuchOutput: this cell printed more than 1,048,576 characters"
    )
    assert kernel.run("print('goes on')") == "goes on"


def test_output_that_goes_round_print(start_kernel):
    kernel = start_kernel(output_bytes=2 * MiB)
    kernel.send(
        "import sys, time\nshell = get_ipython().kernel\nwhile True:\n"
        "    shell.session.send(shell.iopub_socket, 'stream', {'name': 'stdout', 'text': 'x' * 100_000})\n"
        "    time.sleep(0.01)"
    )
    with contextlib.suppress(queue.Empty):
        while kernel.provisioner.process.poll() is None:
            kernel.client.get_iopub_msg(timeout=1)
    assert kernel.wait().reason == "output"


def test_output_within_the_limit(start_kernel):
    assert len(start_kernel(output_bytes=8 * MiB).run("print('x' * 1_000_000)")) == 1_000_000


def test_a_message_larger_than_all_output_does_not_arrive(start_kernel):
    kernel = start_kernel(output_bytes=2 * MiB)
    kernel.send(
        "shell = get_ipython().kernel\n"
        "shell.session.send(shell.iopub_socket, 'stream', {'name': 'stdout', 'text': 'x' * (2**21 + 1)})"
    )
    sizes = []
    with contextlib.suppress(queue.Empty):
        while True:
            sizes.append(len(str(kernel.client.get_iopub_msg(timeout=1)["content"])))
    assert max(sizes) < 1000


@pytest.mark.parametrize("off", [[], ["pid"]])
def test_daemons_die_with_their_notebook(off, start_kernel):
    seconds = f"60{os.getpid()}"
    kernel = start_kernel(off=off)
    kernel.run(f"import subprocess; daemon = subprocess.Popen(['sleep', {seconds!r}], start_new_session=True)")
    assert _processes_called("sleep", seconds)
    kernel.shut_down()
    assert not _processes_called("sleep", seconds)


def test_a_daemon_outlives_a_plain_process(tmp_path):
    """What the test above rests on: nothing else would end it."""
    seconds = f"61{os.getpid()}"
    code = f"import subprocess; subprocess.Popen(['sleep', {seconds!r}], start_new_session=True)"
    subprocess.run(["python3", "-W", "ignore", "-c", code], check=True)
    (daemon,) = _processes_called("sleep", seconds)
    os.kill(daemon, signal.SIGKILL)


def test_limits_are_reported(start_kernel):
    layers = start_kernel().provisioner.protection.layers
    assert layers["rlimits"] == layers["watchdog"] == ON


def _processes_called(*command):
    wanted = b"\0".join(part.encode() for part in command) + b"\0"
    found = []
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdecimal() and (process / "cmdline").read_bytes() == wanted:
                found.append(int(process.name))
        except OSError:
            continue
    return found
