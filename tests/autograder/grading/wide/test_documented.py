"""What docs/clusters.md tells people to type."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from dask_cluster import Cluster, written_address

from autograder.cli import main

DOCUMENT = (Path(__file__).parents[4] / "docs/clusters.md").read_text()
PORT = "8786"


def block(after):
    """The commands that stand below a line."""
    return re.search(rf"{re.escape(after)}\n\n((?:    .*\n)+)", DOCUMENT)[1].splitlines()


@pytest.mark.sandbox
def test_the_commands_for_one_machine(small_class, hand_in, tmp_path, capsys):
    hand_in(small_class, "one", "x / 2")
    (tmp_path / "cluster").mkdir()
    cluster = Cluster(tmp_path / "cluster")
    scheduler, worker, grade = map(shlex.split, block("Then, each in a terminal of its own:"))
    file = tmp_path / "cluster/scheduler.json"
    try:  # the port may be taken here, and the scheduler's file says when it is ready
        words = [*scheduler, "--scheduler-file", str(file)]
        cluster.run("scheduler", words, {PORT: "0"}, ready=lambda: written_address(file))
        port = written_address(file).rpartition(":")[2]
        cluster.run("worker", worker, {PORT: port}, ready=lambda: cluster.log("worker").count("Registered to") == 2)
        assert grade[0] == "autograder"
        words = [word.replace(PORT, port).replace("DIR", str(small_class)) for word in grade[1:]]
        assert main(words) == 0
    finally:
        cluster.end()
    assert re.search(r"one +work +2/2 +graded", capsys.readouterr().out)


def test_the_options_of_dask_that_are_named_exist():
    helped = {}
    for command, words in re.findall(r"dask (scheduler|worker)\b(.*)", DOCUMENT):
        if command not in helped:
            shown = subprocess.run([sys.executable, "-m", "dask", command, "--help"], capture_output=True, check=True)
            helped[command] = shown.stdout.decode()
        for option in re.findall(r"(--[a-z-]+)", words.partition("`")[0]):
            assert option in helped[command], (command, option)
    assert set(helped) == {"scheduler", "worker"}


def test_the_options_of_ours_that_are_named_exist(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["grade", "--help"])
    shown = capsys.readouterr().out
    for option in ("--scheduler", "--jobs", "--tls-ca-file", "--tls-cert", "--tls-key"):
        assert option in DOCUMENT
        assert option in shown


def test_the_description_for_kubernetes_can_be_read():
    (text,) = re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)
    described = yaml.safe_load(text)
    assert described["kind"] == "DaskCluster"
    ports = described["spec"]["scheduler"]["spec"]["containers"][0]["ports"]
    assert {"name": "tcp-comm", "containerPort": 8786, "protocol": "TCP"} in ports


def test_the_job_for_slurm_is_a_script():
    (text,) = re.findall(r"```bash\n(.*?)```", DOCUMENT, re.DOTALL)
    subprocess.run(["bash", "-n"], input=text.encode(), check=True)
