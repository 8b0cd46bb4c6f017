"""A cluster of hosts: network namespaces on a switch of their own, with a scheduler, two workers, and who grades."""

import itertools
import json
import os
import shutil
import subprocess
import sys

import pytest
from dask_cluster import Cluster, results, wait_for

pytestmark = pytest.mark.hosts

NUMBER = itertools.count()


class Hosts:
    """Hosts by name, each with a network namespace and an address."""

    def __init__(self, *names):
        self.prefix = f"ag{os.getpid()}-{next(NUMBER)}-"
        self.addresses = {name: f"10.77.0.{number}" for number, name in enumerate(names, start=1)}

    def make(self):
        switch = f"{self.prefix}switch"
        self._ip("netns", "add", switch)
        self._ip("-n", switch, "link", "add", "bridge", "type", "bridge")
        self._ip("-n", switch, "link", "set", "bridge", "up")
        for name, address in self.addresses.items():
            host, port = f"{self.prefix}{name}", f"to-{name}"
            self._ip("netns", "add", host)
            self._ip("link", "add", "cable", "netns", host, "type", "veth", "peer", "name", port, "netns", switch)
            self._ip("-n", host, "address", "add", f"{address}/24", "dev", "cable")
            self._ip("-n", host, "link", "set", "cable", "up")
            self._ip("-n", host, "link", "set", "lo", "up")
            self._ip("-n", switch, "link", "set", port, "master", "bridge", "up")

    def unplug(self, name):
        """Nothing comes from this host any longer, and nothing gets there."""
        self._ip("-n", f"{self.prefix}{name}", "link", "set", "cable", "down")

    def on(self, name):
        """What comes before a command that runs on a host."""
        return ["ip", "netns", "exec", f"{self.prefix}{name}"]

    def remove(self):
        for name in ("switch", *self.addresses):
            subprocess.run(["ip", "netns", "delete", f"{self.prefix}{name}"], stderr=subprocess.DEVNULL)

    @staticmethod
    def _ip(*command):
        subprocess.run(["ip", *command], check=True, capture_output=True)


@pytest.fixture
def hosts():
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("only root makes network namespaces, by ip of Debian's iproute2")
    hosts = Hosts("head", "first", "second", "desk")
    try:
        try:
            hosts.make()
        except subprocess.CalledProcessError as error:
            pytest.skip(f"no network namespaces with veth and bridge here: {error.stderr.decode().strip()}")
        yield hosts
    finally:
        hosts.remove()


def test_a_class_is_graded_by_hosts_of_which_one_is_cut_off(hosts, small_class, hand_in, tmp_path, monkeypatch):
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP", "12s")  # until a silent host counts as gone
    for number in range(8):
        hand_in(small_class, f"s{number}", f"x / 2 + 0 * {number}", seconds=1)
    (tmp_path / "cluster").mkdir()
    cluster = Cluster(tmp_path / "cluster", hosts.addresses["head"])
    try:
        cluster.start_scheduler(before=hosts.on("head"))
        for name in ("first", "second"):
            cluster.start_worker(name, host=hosts.addresses[name], before=hosts.on(name))
        command = [sys.executable, "-m", "autograder", "grade", str(small_class), "--json"]
        command = [*hosts.on("desk"), *command, "--scheduler", cluster.address]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            wait_for(lambda: len(graders(small_class)) == 2, process)
            hosts.unplug("first")
            rows, said = process.communicate()
    finally:
        cluster.end()
    assert process.returncode == 0, said
    assert [row["score"] for row in json.loads(rows)] == [2] * 8


def graders(folder):
    """The addresses of the workers that have graded something so far."""
    found = [json.loads(path.read_text())["worker"] for path in results(folder)]
    return {address.rpartition(":")[0] for address in found}
