"""A cluster gives the grades that one machine gives, whoever is lost on the way."""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys

import pytest
from dask_cluster import LITTLE, grading, results, wait_for
from graded_class import ADDS_TWO, LESSON, RIGHT, Class

from autograder.cli import main
from autograder.grading.wide import versions

pytestmark = pytest.mark.sandbox

TIMES = ("seconds", "when", "timestamp", "worker")


def rows_of(capsys, folder, *options):
    """The exit status of grading, and the rows by student."""
    status = main(["grade", str(folder), "--json", *options])
    return status, {row["student"]: row for row in json.loads(capsys.readouterr().out)}


def timeless(value):
    """Without what differs between two runs that give the same."""
    if isinstance(value, dict):
        return {name: timeless(one) for name, one in value.items() if name not in TIMES}
    return [timeless(one) for one in value] if isinstance(value, list) else value


def refusal(capsys, folder, *options):
    """What is said of a request that does not fit."""
    assert main(["grade", str(folder), *options]) == 2
    return capsys.readouterr().err


def test_the_same_class_gets_the_same_results(cluster, lesson_class, tmp_path, capsys):
    own = lesson_class.folder / "autograder.toml"
    own.write_text(own.read_text().replace("cell_seconds = 10", "cell_seconds = 60") + LITTLE)
    lesson_class.hand_in("right", RIGHT)
    lesson_class.hand_in("adds-two", ADDS_TWO, language="fr")
    lesson_class.hand_in("blank")
    lesson_class.hand_in("also-blank")
    lesson_class.put("broken", f"{LESSON}.ipynb", "{")
    (lesson_class.folder / f"submitted/empty/{LESSON}").mkdir(parents=True)
    here = Class(shutil.copytree(lesson_class.folder, tmp_path / "here"))
    status, local = rows_of(capsys, here.folder)
    assert rows_of(capsys, lesson_class.folder, "--scheduler", cluster.address) == (status, local)
    for student in local:
        there = lesson_class.result(student)
        assert timeless(there) == timeless(here.result(student))
        assert there["worker"].startswith("tcp://127.0.0.1:")
    assert lesson_class.result("right")["notebooks"][0]["protection"]["user"] == "on"
    notebook = f"autograded/adds-two/{LESSON}/{LESSON}.ipynb"
    assert (lesson_class.folder / notebook).read_text() == (here.folder / notebook).read_text()
    _, again = rows_of(capsys, lesson_class.folder, "--scheduler", "tcp://127.0.0.1:1")  # nobody has to be asked
    assert all(row["unchanged"] for row in again.values())


def test_what_ends_its_worker_is_one_row_and_the_rest_is_graded(cluster, small_class, hand_in, capsys):
    for number in range(3):
        hand_in(small_class, f"s{number}", f"x / 2 + 0 * {number}")
    hand_in(small_class, "out-of-memory", "'poison'")
    status, rows = rows_of(capsys, small_class, "--scheduler", cluster.address)
    assert status == 1
    lost = rows.pop("out-of-memory")
    assert (lost["state"], lost["score"]) == ("failed", None)
    assert lost["notes"] == ["it has ended 4 workers that were to grade it; see their logs"]
    assert {(row["state"], row["score"]) for row in rows.values()} == {("graded", 2)}


def test_a_class_is_graded_anew(cluster, small_class, hand_in, capsys):
    hand_in(small_class, "one", "x / 2")
    hand_in(small_class, "two", "x")
    options = ["--scheduler", cluster.address]
    assert main(["grade", str(small_class), *options]) == 0
    capsys.readouterr()
    assert main(["regrade", str(small_class), "work", "--force", "--json", *options]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["regraded"], report["compared"], report["changes"]) == (2, 2, [])
    attempts = [json.loads(path.read_text())["attempt"] for path in results(small_class)]
    assert sorted(attempts) == [1, 1, 2, 2]


def test_an_interrupted_run_leaves_nothing_on_the_cluster(cluster, small_class, hand_in):
    for number in range(4):
        hand_in(small_class, f"s{number}", f"{number}", seconds=300 * bool(number))
    with grading(small_class, "--scheduler", cluster.address) as process:
        wait_for(lambda: results(small_class), process)
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert len(results(small_class)) == 1

    async def left():
        from distributed import Client

        def tasks(dask_scheduler):
            return len(dask_scheduler.tasks)

        def executing(dask_worker):
            return len(dask_worker.state.executing)

        async with Client(cluster.address, asynchronous=True, set_as_default=False) as client:
            while await client.run_on_scheduler(tasks) or any((await client.run(executing)).values()):
                await asyncio.sleep(0.2)  # nothing would stop these notebooks for minutes
        return True

    assert asyncio.run(left())


def test_a_worker_that_would_grade_otherwise_is_named(cluster, small_class, hand_in, capsys, monkeypatch):
    hand_in(small_class, "one", "x / 2")
    monkeypatch.setattr(versions, "_grader", lambda: "another")
    said = refusal(capsys, small_class, "--scheduler", cluster.address)
    assert "the worker at tcp://127.0.0.1:" in said
    assert "has another version of the grader's code than this machine; install the same on both" in said
    assert not results(small_class)


def test_a_worker_that_joins_late_is_compared_as_well(cluster, small_class, hand_in, capsys, monkeypatch):
    from autograder.grading.wide import cluster as wide

    hand_in(small_class, "one", "x / 2")
    monkeypatch.setattr(versions, "_grader", lambda: "another")

    async def not_met(*all_that_is_asked):
        pass

    monkeypatch.setattr(wide, "_meet", not_met)
    said = refusal(capsys, small_class, "--scheduler", cluster.address)
    assert "has another version of the grader's code" in said
    assert "What was graded is kept, and the same command goes on with the rest." in said


def test_a_worker_that_dies_is_done_without(processes, small_class, hand_in):
    for number in range(6):
        hand_in(small_class, f"s{number}", f"x / 2 + 0 * {number}", seconds=1)
    processes.start_scheduler()
    for name in ("first", "second"):
        processes.start_worker(name)
    file = str(processes.folder / "scheduler.json")
    with grading(small_class, "--scheduler", file, "--json") as process:
        wait_for(lambda: results(small_class), process)
        processes.kill("first")
        rows, said = process.communicate()
    assert process.returncode == 0, said
    assert [row["score"] for row in json.loads(rows)] == [2] * 6


def test_a_scheduler_that_dies_takes_no_result_with_it(processes, small_class, hand_in, capsys):
    for number in range(4):
        hand_in(small_class, f"s{number}", f"x / 2 + 0 * {number}", seconds=bool(number))
    processes.start_scheduler()
    processes.start_worker("first")
    with grading(small_class, "--scheduler", processes.address) as process:
        wait_for(lambda: results(small_class), process)
        processes.kill("scheduler")
        _, said = process.communicate()
    assert process.returncode == 2
    assert said.splitlines()[-1] == (
        f"autograder grade: the scheduler at {processes.address} is gone, or gave up this work. "
        "What was graded is kept, and the same command goes on with the rest."
    )
    kept = {path: path.read_bytes() for path in results(small_class)}
    assert 0 < len(kept) < 4
    processes.end()
    processes.start_scheduler()
    processes.start_worker("second")
    status, rows = rows_of(capsys, small_class, "--scheduler", processes.address)
    assert status == 0
    assert [row["score"] for row in rows.values()] == [2] * 4
    assert sum(row["unchanged"] for row in rows.values()) == len(kept)
    assert all(path.read_bytes() == content for path, content in kept.items())


def test_workers_need_nothing_of_the_class_but_what_is_sent(processes, small_class, hand_in, capsys):
    """Hidden from them: its folder, with the gradebook in it."""
    if os.geteuid() != 0:
        pytest.skip("only root can hide a folder from one process")
    hand_in(small_class, "one", "x / 2")
    hidden = ["unshare", "--mount", "sh", "-c", f'mount -t tmpfs none {small_class} && exec "$@"', "sh"]
    processes.start_scheduler(before=hidden)
    processes.start_worker("worker", before=hidden)
    status, rows = rows_of(capsys, small_class, "--scheduler", processes.address)
    assert (status, rows["one"]["score"]) == (0, 2)
    book = str(small_class / "gradebook.db")
    opened = subprocess.run(["ls", "-l", f"/proc/{processes.processes['worker'].pid}/fd"], capture_output=True)
    assert book not in opened.stdout.decode()


def test_a_scheduler_that_is_not_there(small_class, hand_in, capsys):
    hand_in(small_class, "one", "x / 2")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        said = refusal(capsys, small_class, "--scheduler", address)
    assert f"the scheduler at {address} cannot be reached: " in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--scheduler", "localhost:8786"], "--scheduler localhost:8786: an address begins with tcp:// or tls://"),
        (["--scheduler", "none.json"], "--scheduler none.json is no file of a scheduler: FileNotFoundError"),
        (["--scheduler", "tcp://x:1", "--tls-cert", "c.pem"], "--tls-cert needs --scheduler tls://HOST:PORT"),
        (["--tls-ca-file", "c.pem"], "--tls-ca-file needs --scheduler tls://HOST:PORT"),
        (["--scheduler", "tls://x:1", "--tls-cert", "c.pem"], "at least --tls-ca-file and --tls-cert are needed"),
        (
            ["--scheduler", "tls://x:1", "--tls-cert", "none.pem", "--tls-ca-file", "none.pem"],
            "--tls-ca-file none.pem: there is no such file",
        ),
    ],
)
def test_a_request_that_does_not_fit(small_class, capsys, options, said):
    assert said in refusal(capsys, small_class, *options)


def test_without_dask(small_class, hand_in, capsys, monkeypatch):
    hand_in(small_class, "one", "x / 2")
    monkeypatch.delitem(sys.modules, "autograder.grading.wide.cluster", raising=False)
    monkeypatch.setitem(sys.modules, "dask", None)
    said = refusal(capsys, small_class, "--scheduler", "tcp://127.0.0.1:1")
    assert "--scheduler needs Dask, which is not installed here" in said


def test_nothing_but_the_cluster_imports_dask():
    code = "import sys, autograder.grading.session; print([n for n in ('dask', 'distributed') if n in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == "[]"
