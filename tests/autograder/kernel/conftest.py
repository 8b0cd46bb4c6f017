"""Kernels for tests: started as any Jupyter tool starts them, by name, through jupyter_client."""

import contextlib
import dataclasses

import pytest
from jupyter_client import KernelManager

from autograder.kernel.kernelspec import on_jupyter_path, write_kernelspec
from autograder.kernel.protection import LAYERS
from autograder.kernel.settings import Settings

LIGHT = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "IPython.core.debugger",
    "IPython.core.completerlib",
    "IPython.extensions.storemagic",
    "sqlite3",
    "stack_data",
    "tornado.platform.asyncio",
    "numpy",
)
SECONDS = 60


class Kernel:
    """A running kernel, and what its cells print."""

    def __init__(self, settings, folder, **start):
        write_kernelspec(folder, settings)
        with on_jupyter_path(folder):
            self.manager = KernelManager(kernel_name="python3")
            self.manager.start_kernel(cwd=start.pop("cwd", None), **start)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=SECONDS)
        self.provisioner = self.manager.provisioner
        self.folder = self.provisioner._folder

    def run(self, code):
        """What a cell prints; for a cell that fails, the name of its error and the text."""
        printed = []

        def note(message):
            content = message["content"]
            if message["msg_type"] == "stream":
                printed.append(content["text"])
            elif message["msg_type"] == "error":
                printed.append(f"{content['ename']}: {content['evalue']}")

        self.client.execute_interactive(code, timeout=SECONDS, output_hook=note)
        return "".join(printed).strip()

    def send(self, code):
        """Run a cell that is not expected to end."""
        self.client.execute(code, stop_on_error=False)

    def wait(self):
        """How the kernel ended, once it has."""
        self.provisioner.process.wait(SECONDS)
        return self.provisioner.ending

    def shut_down(self):
        self.client.stop_channels()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()
        self.manager.context.destroy(linger=0)


@contextlib.contextmanager
def starter(tmp_path_factory):
    """Start kernels: `off` and `only` choose layers, limits are given by name."""
    with contextlib.ExitStack() as stack:

        def start(*, only=None, off=(), preload=LIGHT, required=(), hidden=(), start=None, **limits):
            if only is not None:
                off = tuple(layer for layer in LAYERS if layer not in only)
            settings = Settings(preload=preload, off=tuple(off), required=tuple(required), hidden=hidden)
            settings = dataclasses.replace(settings, limits=dataclasses.replace(settings.limits, **limits))
            kernel = Kernel(settings, tmp_path_factory.mktemp("jupyter"), **(start or {}))
            stack.callback(kernel.shut_down)
            return kernel

        yield start


@pytest.fixture
def start_kernel(tmp_path_factory):
    """Start kernels that end with the test."""
    with starter(tmp_path_factory) as start:
        yield start


@pytest.fixture(scope="module")
def start_shared_kernel(tmp_path_factory):
    """Start kernels that several tests attack."""
    with starter(tmp_path_factory) as start:
        yield start
