"""`autograder doctor`: what this machine offers to keep notebooks in, found out by starting one kernel."""

import argparse
import json
import os
import platform
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder.errors import UserError
from autograder.kernel import server
from autograder.kernel.protection import IN_SIGHT, LAYERS, Protection
from autograder.kernel.request import Request
from autograder.kernel.sandbox import landlock, seccomp
from autograder.kernel.settings import Settings

Say = Callable[[str], object]


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")


def run(options: argparse.Namespace, say: Say) -> int:
    try:
        found = examine()
    except server.NotYet as late:
        raise UserError(f"{late}; close what else keeps this machine busy, and ask again") from None
    if options.json:
        say(json.dumps(found.as_json(), indent=1))
    else:
        for line in found.lines():
            say(line)
    return 0 if found.protection.complete else 1


@dataclass(frozen=True)
class Examination:
    """What was found: facts about the machine, the protection a kernel gets, and how fast it starts."""

    facts: dict[str, str]
    protection: Protection
    import_seconds: float | None = None
    start_seconds: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)

    def lines(self) -> Iterator[str]:
        """The same for a reader."""
        for name, fact in self.facts.items():
            yield f"{name:<24}{fact}"
        yield ""
        for layer, what in LAYERS.items():
            state = self.protection.layers.get(layer, "not reported")
            mark = "on " if self.protection.is_on(layer) else "OFF"
            yield f"{mark} {layer:<16}{what}" + ("" if self.protection.is_on(layer) else f"  [{state}]")
        yield ""
        if self.start_seconds is None:
            yield "Notebooks would run in plain kernels, unprotected."
        else:
            yield f"Imports take {self.import_seconds:.1f} s, once; then a kernel starts in {self.start_seconds:.2f} s."
        if not self.protection.hides:
            yield IN_SIGHT
        if not self.protection.complete:
            yield "Grade only notebooks that you trust, or grade on a machine where all layers are on."


def examine(settings: Settings | None = None) -> Examination:
    """Start a kernel as `settings` ask, and report."""
    settings = settings or Settings()
    facts = dict(_facts())
    if reason := server.missing():
        return Examination({**facts, "fork server": reason}, Protection.none(reason))
    folder = server.new_folder()
    try:
        forks = server.fork_server(settings.preload)
        if forks.missing:
            facts["not installed"] = ", ".join(forks.missing)
        started = time.perf_counter()
        kernel = forks.start(_any_kernel(folder, settings))
        seconds = time.perf_counter() - started
        kernel.kill()
        kernel.wait(10)
    except (server.KernelNotStarted, ConnectionError) as error:
        return Examination({**facts, "fork server": str(error)}, Protection.none(str(error)))
    finally:
        server.remove_folder(folder)
    return Examination(facts, kernel.protection, forks.import_seconds, seconds)


def _any_kernel(folder: Path, settings: Settings) -> Request:
    ports = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "hb_port": 4, "control_port": 5}
    connection = {"transport": "ipc", "key": os.urandom(16).hex(), "signature_scheme": "hmac-sha256", **ports}
    return Request(connection, (), {}, None, str(folder), settings)


def _facts() -> Iterator[tuple[str, str]]:
    yield "system", f"{platform.system()} {platform.release()} {platform.machine()}"
    yield "Python", platform.python_version()
    yield "processors", str(os.cpu_count())
    if platform.system() != "Linux":
        return
    yield "user", "root" if os.geteuid() == 0 else f"not root ({os.geteuid()})"
    yield "Landlock", _or_reason(lambda: f"version {landlock.version()}")
    yield "libseccomp", _or_reason(lambda: "installed" if seccomp.library() else "")
    yield "user namespaces", _user_namespaces()
    yield "cgroups", _cgroups()
    _, most = resource.getrlimit(resource.RLIMIT_NPROC)
    yield "processes at most", "no limit" if most == resource.RLIM_INFINITY else str(most)


def _or_reason(find: Any) -> str:
    try:
        return str(find())
    except OSError as error:
        return f"missing: {error}"


def _user_namespaces() -> str:
    for name, refused in (
        ("user/max_user_namespaces", "0"),
        ("kernel/unprivileged_userns_clone", "0"),
        ("kernel/apparmor_restrict_unprivileged_userns", "1"),
    ):
        setting = Path("/proc/sys") / name
        if setting.exists() and setting.read_text().strip() == refused:
            return f"refused by the system setting {name.replace('/', '.')} = {refused}"
    return "allowed by the system settings"


def _cgroups() -> str:
    counted = "the watchdog counts memory instead"
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        if line.startswith("0::"):
            group = Path("/sys/fs/cgroup") / line[3:].lstrip("/")
            controllers = group / "cgroup.controllers"
            if controllers.exists() and "memory" in controllers.read_text() and os.access(group, os.W_OK):
                return f"version 2, delegated; not used yet, {counted}"
    return f"version 2 is not delegated; {counted}"
