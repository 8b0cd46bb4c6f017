"""Each attack fails in a protected kernel, fails against each layer that stops it alone, and succeeds without."""

import contextlib
import ctypes
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from autograder.kernel.protection import IN_SIGHT, LAYERS
from autograder.kernel.sandbox import landlock
from tests.autograder.kernel.conftest import LIGHT

pytestmark = pytest.mark.sandbox

# What each layer needs to be put on at all by a user who is not root.
NEEDS = {
    "pid": ("user",),
    "net": ("user",),
    "ipc": ("user",),
    "mount": ("user", "pid"),
    "landlock": ("no_new_privs",),
    "landlock_scope": ("no_new_privs",),
    "seccomp": ("no_new_privs",),
}

# Each is an expression that raises where it fails, with the layers that stop it, each alone.
ATTACKS = {
    "read a file of somebody else": ("open({secret!r}).read()", ("mount", "landlock")),
    "list another kernel's folder": ("os.listdir({other!r})", ("mount", "landlock")),
    "read the memory of a process": ("os.open(f'/proc/{victim}/mem', os.O_RDONLY)", ("mount", "landlock")),
    "write a file of somebody else": ("open({secret!r}, 'a').close()", ("mount", "landlock")),
    "connect to a server": ("socket.create_connection(('127.0.0.1', {port}), 5)", ("net", "landlock", "seccomp")),
    "connect to an abstract socket": (
        "socket.socket(socket.AF_UNIX).connect({abstract!r})",
        ("net", "landlock_scope"),
    ),
    "signal a process": ("os.kill({victim}, 0)", ("pid", "landlock_scope")),
    "trace a process": ("attach({victim})", ("pid", "landlock", "seccomp")),
    "attach shared memory": ("check(libc.shmget({shared}, 0, 0o600))", ("ipc", "seccomp")),
    "make a namespace": ("in_child(lambda: libc.unshare(0x10000000))", ("seccomp",)),
    "make a ring of system calls": ("check(libc.syscall(425, 1, bytes(120)))", ("seccomp",)),
    "make a file of no folder": ("os.memfd_create('hidden')", ("seccomp",)),
}
HELPERS = """
import ctypes, os, signal, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
def check(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
def in_child(attempt):
    child = os.fork()
    if child == 0:
        os._exit(attempt() != 0)
    if os.waitpid(child, 0)[1]:
        raise OSError("the child could not")
def attach(pid):
    check(libc.ptrace(16, pid, None, None))
    os.waitpid(pid, 0)
    check(libc.ptrace(17, pid, None, None))
"""


@pytest.fixture(scope="module")
def prey(start_shared_kernel):
    """What an attacker would like to reach."""
    with contextlib.ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="prey-"))
        stack.callback(shutil.rmtree, folder)
        folder.chmod(0o755)
        (folder / "secret").write_text("the answers")
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        abstract = f"\0prey-{os.getpid()}"
        local = stack.enter_context(socket.socket(socket.AF_UNIX))
        local.bind(abstract)
        local.listen()
        victim = stack.enter_context(subprocess.Popen(["sleep", "600"]))
        stack.callback(victim.kill)
        libc = ctypes.CDLL(None)
        key = 0x70000000 | os.getpid()
        shared = libc.shmget(key, 4096, 0o1600)
        stack.callback(libc.shmctl, shared, 0, None)
        other = start_shared_kernel()
        yield {
            "secret": str(folder / "secret"),
            "other": str(other.folder / "channels"),
            "port": listener.getsockname()[1],
            "abstract": abstract,
            "victim": victim.pid,
            "shared": key,
        }


@pytest.fixture(scope="module")
def kernel_with(start_shared_kernel):
    """One kernel for each choice of layers, ready for attacks."""
    kernels = {}

    def kernel_with(*layers):
        if layers not in kernels:
            kernels[layers] = start_shared_kernel(only=layers)
            kernels[layers].run(HELPERS)
        return kernels[layers]

    return kernel_with


def outcome(kernel, attack, prey):
    """ "succeeds", or the name of the error it fails with."""
    cell = f"try:\n    {attack.format(**prey)}\nexcept OSError as error:\n    print(type(error).__name__)\n"
    return kernel.run(cell + "else:\n    print('succeeds')")


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_fails_in_a_protected_kernel(name, kernel_with, prey):
    kernel = kernel_with(*LAYERS)
    assert kernel.provisioner.protection.complete
    assert outcome(kernel, ATTACKS[name][0], prey).endswith("Error")


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_succeeds_without_protection(name, kernel_with, prey):
    assert outcome(kernel_with(), ATTACKS[name][0], prey) == "succeeds"


@pytest.mark.parametrize(("name", "layer"), [(name, layer) for name in ATTACKS for layer in ATTACKS[name][1]])
def test_attack_fails_against_one_layer_alone(name, layer, kernel_with, prey):
    kernel = kernel_with(*NEEDS[layer], layer)
    assert kernel.provisioner.protection.is_on(layer)
    assert outcome(kernel, ATTACKS[name][0], prey).endswith("Error")


def test_what_protects_is_told_apart(kernel_with):
    kernel = kernel_with("no_new_privs", "landlock")
    layers = kernel.provisioner.protection.layers
    assert {layer for layer, state in layers.items() if state == "on"} == {"no_new_privs", "landlock"}
    assert layers["net"] == "switched off"


def test_a_kernel_has_no_privileges(kernel_with):
    status = kernel_with(*LAYERS).run("print(open('/proc/self/status').read())")
    fields = dict(line.split(":\t") for line in status.splitlines() if ":\t" in line)
    assert fields["CapEff"] == fields["CapPrm"] == fields["CapInh"] == fields["CapAmb"] == "0" * 16
    assert fields["NoNewPrivs"] == "1"
    assert fields["Uid"].split() == ["1000"] * 4


def test_a_kernel_sees_its_own_processes_alone(kernel_with):
    seen = kernel_with(*LAYERS).run("print(sorted(int(name) for name in os.listdir('/proc') if name.isdecimal()))")
    assert seen == "[1, 2]"


def test_environment_variables_of_the_caller_stay_outside(start_kernel, monkeypatch):
    monkeypatch.setenv("DATABASE_PASSWORD", "swordfish")
    kernel = start_kernel()
    assert kernel.run("import os; print(os.environ.get('DATABASE_PASSWORD'))") == "None"
    assert kernel.run("print('swordfish' in open('/proc/self/environ').read())") == "False"


def test_no_exercise_is_in_a_kernel(kernel_with):
    imported = kernel_with(*LAYERS).run(
        "print([name for name in sys.modules if name.startswith('autograder.exercises')])"
    )
    assert imported == "[]"
    assert kernel_with(*LAYERS).run("import autograder.exercises").startswith("ModuleNotFoundError")


HIDDEN = "autograder.exercises"


@pytest.fixture(scope="module")
def where_exercises_lie(start_shared_kernel):
    """Kernels that are to find no exercises, by the layers that they have."""
    preload = (*LIGHT, "autograder")
    return {
        layer: start_shared_kernel(only=(*NEEDS[layer], layer), preload=preload, hidden=(HIDDEN,))
        for layer in ("mount", "landlock", "net")
    }


def test_exercises_are_hidden_by_mounts_or_by_landlock_alone(where_exercises_lie):
    read = f"import importlib.util\nprint(len(open(importlib.util.find_spec({HIDDEN!r}).origin).read()) > 0)"
    assert where_exercises_lie["net"].run(read) == "True"
    assert "Error" in where_exercises_lie["mount"].run(read)
    assert where_exercises_lie["landlock"].run(read).startswith("PermissionError")
    assert where_exercises_lie["landlock"].run(f"import {HIDDEN}.words").startswith("PermissionError")
    for kernel in where_exercises_lie.values():
        assert kernel.run("import autograder.checking.servant, numpy; print('found')") == "found"


def test_where_nothing_hides_exercises_it_is_said(where_exercises_lie):
    said = {layer: list(kernel.provisioner.protection.weaknesses()) for layer, kernel in where_exercises_lie.items()}
    assert [layer for layer, weaknesses in said.items() if IN_SIGHT in weaknesses] == ["net"]


def test_what_surrounds_a_hidden_folder_can_be_read(tmp_path):
    for name in ("a/secret/deep", "a/open", "b", "a/secret-too"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "a/loop").symlink_to(tmp_path)
    readable, listable = landlock.around([f"{tmp_path}/a", f"{tmp_path}/b"], [f"{tmp_path}/a/secret"])
    assert sorted(readable) == [f"{tmp_path}/{name}" for name in ("a/open", "a/secret-too", "b")]
    assert listable == [f"{tmp_path}/a"]


def test_a_kernel_finds_only_its_work_and_the_environment(kernel_with):
    found = kernel_with(*LAYERS).run("print(sorted(os.listdir('/tmp')), os.listdir(), os.path.exists(sys.prefix))")
    environment = Path(sys.prefix).relative_to("/").parts  # which may itself lie under /tmp
    expected = sorted({"home", "run", "shm", "work", *(environment[1:2] if environment[0] == "tmp" else ())})
    assert found == f"{expected} [] True"
    above = str(Path(sys.prefix).parent)
    assert kernel_with(*LAYERS).run(f"print(os.path.exists({above + '/solutions'!r}))") == "False"
