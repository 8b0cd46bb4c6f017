"""Gives Jupyter its kernels: forked from a process that has the imports done, and sandboxed."""

import asyncio
import os
import time
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Dict

from autograder.kernel import output, server
from autograder.kernel.protection import Protection
from autograder.kernel.request import DESCRIPTOR_VARIABLE, Request
from autograder.kernel.server import Ending, KernelProcess
from autograder.kernel.settings import Settings

SHUTDOWN_SECONDS = 2.0
PORTS = {"shell": 1, "iopub": 2, "stdin": 3, "hb": 4, "control": 5}


class SandboxProvisioner(LocalProvisioner):
    """A `jupyter_client` kernel provisioner, for nbclient, nbconvert, nbval, nbgrader and whoever else uses it.

    `km.start_kernel(descriptor=n)` hands an open file to the kernel, where the environment variable
    AUTOGRADER_DESCRIPTOR gives its number. `protection` says how the kernel is kept, and `ending` how it ended.
    """

    settings = Dict(help="What `Settings.as_json` gives; left out, each has its default.").tag(config=True)

    protection: Protection | None = None
    process: Any = None
    _folder: Path | None = None
    _descriptor: int | None = None
    _last: KernelProcess | None = None

    @property
    def chosen(self) -> Settings:
        """The settings of this kernel."""
        return Settings.from_json(self.settings)

    @property
    def ending(self) -> Ending | None:
        """How the kernel ended, or None as long as it runs (and for a plain kernel)."""
        if self._last is not None:
            self._last.poll()
            return self._last.ending
        return None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose sockets in a private folder instead of ports."""
        self._descriptor = kwargs.pop("descriptor", None)
        if server.missing() is None:
            if self._folder is None:
                self._folder = server.new_folder()
            manager: Any = self.parent
            manager.transport, manager.cache_ports = "ipc", False
            manager.ip = str(self._folder / "channels/s")
            for channel, port in PORTS.items():
                setattr(manager, f"{channel}_port", port)
            factory = manager.client_factory
            if not issubclass(factory, output.BoundedClient):
                manager.client_factory = output.bounded(factory, self.chosen.limits.output_bytes, self._flooded)
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel where the platform can, or start a plain one and say so."""
        descriptor = self._descriptor
        if reason := server.missing():
            self.protection = Protection.none(reason)
            self.protection.require(self.chosen.required)
            self.log.warning("a plain kernel, unprotected: %s", reason)
            if descriptor is not None:
                kwargs["pass_fds"] = (descriptor,)
                kwargs["env"] = {**kwargs["env"], DESCRIPTOR_VARIABLE: str(descriptor)}
            return await super().launch_kernel(cmd, **kwargs)
        files: list[int] = [] if descriptor is None else [descriptor]
        request = self._request(cmd, kwargs)
        try:
            self.process = self._last = await asyncio.to_thread(server.start_kernel, request, files)
        except BaseException:
            await self.cleanup()
            raise
        self.pid, self.cwd = self.process.pid, kwargs.get("cwd")
        self.protection = self.process.protection
        for weakness in self.protection.weaknesses():
            self.log.warning("this kernel lacks protection: %s", weakness)
        return self.connection_info

    async def shutdown_requested(self, restart: bool = False) -> None:
        """End the kernel now: nothing in a sandbox is worth waiting for."""
        if isinstance(self.process, KernelProcess):
            self.process.end("shut down")
            await self._until_dead()

    async def kill(self, restart: bool = False) -> None:
        """End the kernel and wait until it is gone: jupyter_client would look ten times a second only."""
        await super().kill(restart=restart)
        if isinstance(self.process, KernelProcess):
            await self._until_dead()

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the private folder, or what is in it."""
        if self._last is not None:
            self._last.close()
        if self._folder is not None and restart:  # clients stay connected to its sockets
            server.furnish_folder(self._folder)
        elif self._folder is not None:
            server.remove_folder(self._folder)
            self._folder = None
        await super().cleanup(restart=restart)

    async def get_provisioner_info(self) -> dict[str, Any]:
        """What there is to know of the kernel, as plain data."""
        layers = self.protection.layers if self.protection else {}
        return {**await super().get_provisioner_info(), "protection": layers}

    def _request(self, cmd: list[str], kwargs: dict[str, Any]) -> Request:
        assert self._folder is not None
        given = kwargs.get("env") or os.environ
        settings = self.chosen
        names = {*settings.environment, *self.kernel_spec.env}
        info: dict[str, Any] = dict(self.connection_info)
        key = info["key"]
        return Request(
            connection={**info, "key": key.decode() if isinstance(key, bytes) else key},
            arguments=_kernel_arguments(cmd),
            environment={name: given[name] for name in sorted(names) if name in given},
            work=str(kwargs["cwd"]) if kwargs.get("cwd") else None,
            folder=str(self._folder),
            settings=settings,
        )

    def _flooded(self) -> None:
        if isinstance(self.process, KernelProcess):
            self.process.end("output")

    async def _until_dead(self) -> None:
        deadline = time.monotonic() + SHUTDOWN_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            await asyncio.sleep(0.005)


def _kernel_arguments(cmd: list[str]) -> tuple[str, ...]:
    """What follows `-f CONNECTION_FILE` in a kernel's command."""
    return tuple(cmd[cmd.index("-f") + 2 :]) if "-f" in cmd else ()
