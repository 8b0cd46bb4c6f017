"""Kernels are fresh, know nothing of each other, and one's death is nobody else's."""

import contextlib
import os
import re
import signal
import socket
import textwrap
import threading
from pathlib import Path

import pytest

from autograder.kernel import server
from autograder.kernel.protection import ProtectionMissing
from autograder.kernel.request import DESCRIPTOR_VARIABLE
from autograder.kernel.sandbox import watchdog
from autograder.kernel.server import ForkServer, KernelNotStarted, fork_server
from autograder.kernel.threads import ThreadStarted, require_one_thread

pytestmark = pytest.mark.sandbox


def test_nothing_of_one_kernel_is_found_in_the_next(start_kernel):
    spoil = "import textwrap; mine = 1; textwrap.dedent = None; import os; os.environ['MINE'] = '1'"
    start_kernel().run(spoil)
    after = start_kernel()
    assert after.run("mine").startswith("NameError")
    assert after.run("import textwrap, os; print(textwrap.dedent(' 1'), 'MINE' in os.environ)") == ("1 False")


def test_what_all_kernels_do_at_first_was_done_before_they_started(start_kernel):
    look = "import linecache, sys; print('debugpy' in sys.modules, any('numpy/testing' in p for p in linecache.cache))"
    assert start_kernel().run(look) == "False True"


def test_an_error_is_drawn_once(start_kernel):
    kernel = start_kernel()
    assert kernel.run("1 / 0").startswith("ZeroDivisionError")
    kept = kernel.run("kept = get_ipython().history_manager.exceptions; print([list(kept[n].values()) for n in kept])")
    assert kept == "[['ZeroDivisionError', 'division by zero', []]]"


def test_a_cell_is_found_without_a_look_at_every_module(start_kernel):
    kernel = start_kernel()
    kernel.run("def mine():\n    return 1")
    look = (
        "import inspect, sys\n"
        "class Telltale(type(sys)):\n"
        "    def __getattribute__(self, name):\n"
        "        print('looked at')\n"
        "        return super().__getattribute__(name)\n"
        "sys.modules['telltale'] = Telltale('telltale')\n"
        "print(inspect.getmodule(mine.__code__).__name__, inspect.getsource(mine).split()[-1])"
    )
    assert kernel.run(look) == "__main__ 1"


def test_an_aggressive_reset_takes_the_modules_that_the_notebook_imported(start_kernel):
    kernel = start_kernel()
    kernel.run("import colorsys, numpy")
    kernel.run("%reset -f --aggressive")
    assert kernel.run("import sys; print('colorsys' in sys.modules, 'numpy' in sys.modules)") == "False True"
    assert kernel.run("import colorsys, numpy; print(numpy.arange(2))") == "[0 1]"


def test_what_the_kernel_logs_is_not_taken_for_output(start_kernel):
    kernel = start_kernel()
    assert kernel.run("get_ipython().kernel.log.warning('lost'); get_ipython().parent.log.error('lost')") == ""
    assert kernel.run("import logging; logging.warning('kept')").endswith("kept")


def test_where_nobody_can_say_who_is_who_the_layer_is_missing(start_kernel, monkeypatch):
    if os.geteuid() != 0:
        pytest.skip("only for root somebody outside has to say it")

    def refuse(pid):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("autograder.kernel.sandbox.users.introduce", refuse)
    state = start_kernel().provisioner.protection.layers["user"]
    assert state.startswith("the users of the new namespace could not be set: ")


def test_random_generators_differ_between_kernels(start_kernel):
    draw = "import random, numpy, torch; print(random.random(), numpy.random.rand(), torch.rand(1).item())"
    first, second = start_kernel().run(draw).split(), start_kernel().run(draw).split()
    assert all(one != other for one, other in zip(first, second, strict=True))


def test_no_kernel_finds_the_key_of_another(start_kernel):
    first = start_kernel()
    second = start_kernel()
    key, own = first.manager.session.key, second.manager.session.key
    forks = fork_server(_settings_of(first).preload)
    assert key != own
    assert key in _memory(_kernel_process(first))
    for pid in (forks.pid, _kernel_process(second), *_keeper_if_root(second)):
        assert key not in _memory(pid)
    assert own not in _memory(forks.pid)


def test_a_kernel_inherits_no_open_file(start_kernel):
    kernel = start_kernel()
    forks = fork_server(_settings_of(kernel).preload)
    inside = _open_files(_kernel_process(kernel))
    others = (forks.pid, os.getpid(), *_keeper_if_root(kernel))
    outside = set().union(*map(_open_files, others))
    assert inside & outside <= {"/dev/null", "anon_inode:[eventpoll]", "anon_inode:[eventfd]"}
    named = {target for target in inside if not re.match(r"(socket|pipe|anon_inode):", target)}
    assert all(target == "/dev/null" or target.startswith("/tmp/") for target in named)


def test_a_kernel_inherits_the_descriptor_it_is_meant_to_have(start_kernel):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        kernel = start_kernel(start={"descriptor": theirs.fileno()})
        kernel.run(
            f"import os, socket; judge = socket.socket(fileno=int(os.environ['{DESCRIPTOR_VARIABLE}']))\n"
            "judge.sendall(b'an answer')"
        )
        assert ours.recv(100) == b"an answer"


def test_a_kernel_starts_in_a_copy_of_its_folder(start_kernel, tmp_path):
    (tmp_path / "data.csv").write_text("1,2")
    (tmp_path / "outside").symlink_to("/etc/shadow")
    os.mkfifo(tmp_path / "pipe")
    kernel = start_kernel(start={"cwd": str(tmp_path)})
    assert kernel.run("import os; print(open('data.csv').read(), sorted(os.listdir()))") == (
        "1,2 ['data.csv', 'outside']"
    )
    kernel.run("open('data.csv', 'w').write('changed')")
    assert (tmp_path / "data.csv").read_text() == "1,2"


def test_a_folder_too_large_for_its_kernel_is_refused(start_kernel, tmp_path):
    (tmp_path / "data.bin").write_bytes(bytes(2**21))
    with pytest.raises(KernelNotStarted, match=r"the notebook's folder could not be copied.*No space left"):
        start_kernel(disk_bytes=2**20, start={"cwd": str(tmp_path)})


def test_a_dead_kernel_harms_nobody(start_kernel):
    victim, other = start_kernel(), start_kernel()
    before = fork_server(_settings_of(other).preload).pid
    victim.send("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert victim.wait().status == -signal.SIGKILL
    os.kill(other.provisioner.process.pid, 0)
    assert other.run("print('lives')") == "lives"
    assert start_kernel().run("print('starts')") == "starts"
    assert fork_server(_settings_of(other).preload).pid == before


@pytest.mark.parametrize("status", [0, 3])
def test_the_exit_status_is_reported(status, start_kernel):
    kernel = start_kernel()
    kernel.send(f"import os; os._exit({status})")
    assert kernel.wait().status == status


def test_kernels_die_with_the_fork_server_and_a_new_one_starts(start_kernel):
    kernel = start_kernel()
    inside = _kernel_process(kernel)
    old = fork_server(_settings_of(kernel).preload)
    os.kill(old.pid, signal.SIGKILL)
    assert kernel.wait().reason == "its keeper died"
    _wait_until_gone(inside)
    assert start_kernel().run("print('starts')") == "starts"
    assert fork_server(_settings_of(kernel).preload).pid != old.pid


def test_a_kernel_dies_with_its_keeper(start_kernel):
    kernel = start_kernel()
    inside = _kernel_process(kernel)
    os.kill(kernel.provisioner.process.pid, signal.SIGKILL)
    assert kernel.wait().reason == "its keeper died"
    _wait_until_gone(inside)


def test_an_interrupt_stops_a_cell_and_keeps_the_kernel(start_kernel):
    kernel = start_kernel()
    kernel.send("import time\nkept = 1\nprint('started', flush=True)\nwhile True: time.sleep(0.01)")
    while kernel.client.get_iopub_msg(timeout=10)["msg_type"] != "stream":
        pass
    kernel.manager.interrupt_kernel()
    assert kernel.client.get_shell_msg(timeout=10)["content"]["ename"] == "KeyboardInterrupt"
    assert kernel.run("print(kept)").endswith("1")


def test_a_restarted_kernel_is_fresh(start_kernel):
    kernel = start_kernel()
    kernel.run("mine = 1")
    kernel.manager.restart_kernel(now=True)
    kernel.client.wait_for_ready(timeout=30)
    assert kernel.run("mine").startswith("NameError")


def test_a_kernel_that_ignores_everything_is_shut_down(start_kernel):
    kernel = start_kernel()
    kernel.send("import signal\nfor n in (2, 15): signal.signal(n, signal.SIG_IGN)\nwhile True: pass")
    inside = _kernel_process(kernel)
    kernel.manager.shutdown_kernel()
    _wait_until_gone(inside)


def test_output_of_forks_arrives(start_kernel):
    printed = start_kernel().run(
        "import os\nfork = os.fork()\nif fork == 0:\n    print('from a fork', flush=True); os._exit(0)\n"
        "os.waitpid(fork, 0)\nos.system('echo from a shell')"
    )
    assert "from a fork" in printed
    assert "from a shell" in printed


def test_a_module_that_starts_a_thread_is_named(tmp_path, monkeypatch):
    module = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    (tmp_path / "threads_at_import.py").write_text(textwrap.dedent(module))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(KernelNotStarted, match="2 threads after importing threads_at_import"):
        assert not ForkServer(["json", "threads_at_import"]).missing


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("1/0", r"fails when it is imported \(ZeroDivisionError: division by zero\); `preload` must not name it"),
        ("import no_such_module", "cannot be imported: No module named 'no_such_module'; `preload` must not name it"),
    ],
)
def test_a_module_that_cannot_be_imported_is_named(tmp_path, monkeypatch, content, said):
    (tmp_path / "faulty_module.py").write_text(content)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(KernelNotStarted, match=f"^faulty_module {said}"):
        assert not ForkServer(["json", "faulty_module"]).missing


def test_a_fork_with_a_thread_is_refused():
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        with pytest.raises(ThreadStarted, match=r"it has \d+ threads when asked"):
            require_one_thread("it", "when asked")
    finally:
        stop.set()
        thread.join()


def test_a_module_that_is_not_installed_is_reported():
    forks = ForkServer(["json", "no_such_module_here"])
    assert forks.missing == ["no_such_module_here"]
    forks.close()


def test_a_server_that_nobody_needed_is_gone_at_once():
    forks = ForkServer(["torch"])
    forks.close()
    assert not forks.alive


def test_a_required_layer_that_is_off_stops_the_start(start_kernel):
    with pytest.raises(ProtectionMissing, match="without landlock: switched off"):
        start_kernel(off=["landlock"], required=["landlock", "seccomp"])


def test_where_fork_is_missing_a_plain_kernel_starts_and_it_is_said(start_kernel, monkeypatch, caplog):
    monkeypatch.setattr(server, "missing", lambda: "no fork on this test")
    kernel = start_kernel()
    assert kernel.run("print('plain')") == "plain"
    assert set(kernel.provisioner.protection.layers.values()) == {"no fork on this test"}
    assert "a plain kernel, unprotected: no fork on this test" in caplog.text


def test_where_fork_is_missing_a_required_layer_stops_the_start(start_kernel, monkeypatch):
    monkeypatch.setattr(server, "missing", lambda: "no fork on this test")
    with pytest.raises(ProtectionMissing, match="without net: no fork on this test"):
        start_kernel(required=["net"])


def _settings_of(kernel):
    return kernel.provisioner.chosen


def _kernel_process(kernel):
    _, inside = watchdog.descendants(kernel.provisioner.process.pid)
    return inside


def _keeper_if_root(kernel):
    """A keeper shows its files and memory to nobody but root."""
    return [kernel.provisioner.process.pid] if os.geteuid() == 0 else []


def _open_files(pid):
    names = set()
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # the one that lists the folder
            names.add(os.readlink(file))
    return names


def _wait_until_gone(pid):
    while Path(f"/proc/{pid}").exists():
        threading.Event().wait(0.01)


def _memory(pid):
    """All that a process holds in memory of its own."""
    parts = []
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            area, rights, _, _, inode, *_ = line.split()
            if rights.startswith("rw") and inode == "0":
                start, end = (int(edge, 16) for edge in area.split("-"))
                memory.seek(start)
                parts.append(memory.read(end - start))
    return b"".join(parts)
