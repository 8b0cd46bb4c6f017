"""A Dask cluster in a test's hands: its scheduler and its workers are processes of their own, on loopback at first."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

DASK = [sys.executable, "-m", "dask"]
ENVIRONMENT = {
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
    "DASK_DISTRIBUTED__ADMIN__LOG_FORMAT": "%(message)s",
    "OMP_NUM_THREADS": "1",
}
LITTLE = '[kernel]\npreload = ["ipykernel.kernelapp", "ipykernel.ipkernel"]\n'  # saves seconds, and changes no grade
PATIENT = "[limits]\ncell_seconds = 300\n"
START_SECONDS = 180  # on a machine that has much else to do


class Cluster:
    """Starts processes, and ends those that are left. They work in a folder that has nothing to do with a class."""

    def __init__(self, folder, host="127.0.0.1", tls=None):
        self.folder, self.host, self.tls = folder, host, tls
        self.address = None
        self.processes = {}

    def start_scheduler(self, *options, port=0, before=()):
        """Start a scheduler; its address is known afterwards."""
        file = self.folder / "scheduler.json"
        file.unlink(missing_ok=True)
        where = ["--host", self.host, "--port", str(port), "--scheduler-file", str(file), "--no-dashboard"]
        if self.tls:
            where += ["--protocol", "tls", *self.tls]
        self._start("scheduler", [*before, *DASK, "scheduler", *where, *options])
        self._wait("scheduler", lambda: written_address(file))
        self.address = written_address(file)

    def start_worker(self, name, *options, host=None, before=(), env=None):
        """Start a worker with one thread and without a nanny, unless `options` say otherwise; it has joined after."""
        where = ["--host", host or self.host, "--name", name, "--no-dashboard", "--local-directory", str(self.folder)]
        kind = options or ("--no-nanny", "--nthreads", "1")
        command = [*before, *DASK, "worker", self.address, *where, *kind, *(self.tls or ())]
        self._start(name, command, env)
        self._wait(name, lambda: "Registered to" in self.log(name))

    def run(self, name, command, changed, ready):
        """Run a command as somebody types it, but for some words, until it is ready."""
        words = " ".join(command)
        for word, other in changed.items():
            words = words.replace(word, other)
        assert words.startswith("dask ")
        self._start(name, [*DASK, *words.split()[1:]])
        self._wait(name, ready)

    def kill(self, name):
        """End a process without a word."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def end(self):
        """End all processes."""
        for process in reversed(self.processes.values()):
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()

    def log(self, name):
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def _start(self, name, command, env=None):
        with (self.folder / f"{name}.log").open("w") as log:
            self.processes[name] = subprocess.Popen(
                command,
                cwd=self.folder,
                env=os.environ | ENVIRONMENT | (env or {}),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _wait(self, name, is_ready):
        ends_at = time.monotonic() + START_SECONDS
        while not is_ready():
            assert self.processes[name].poll() is None, self.log(name)
            assert time.monotonic() < ends_at, self.log(name)
            time.sleep(0.05)


def written_address(file):
    """The address in a scheduler's file, or None: the file is there before all of it is written."""
    try:
        return json.loads(file.read_text())["address"]
    except (FileNotFoundError, json.JSONDecodeError):
        return None


def grading(folder, *options):
    """A process that grades a class, and can be interrupted even where the tests cannot, as in the background."""
    code = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); from autograder import cli"
    command = [sys.executable, "-c", f"{code}; sys.exit(cli.main())", "grade", str(folder), *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def results(folder):
    """The files of the results that a class has so far."""
    return list((Path(folder) / ".autograder/results").rglob("0*.json"))


def wait_for(condition, process):
    """Wait until something holds, as long as a process runs."""
    while not condition():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
