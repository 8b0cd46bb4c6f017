"""Stock nbgrader after our grading: formgrader in a browser shows submissions and scores; feedback and export run."""

import csv
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from graded_class import ADDS_TWO, LESSON, RIGHT, Class
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.sandbox]

SECONDS = 30
SUSPECT = "import sys\nloaded = sys.modules\ndef double(x):\n    return 2 * x"


@pytest.fixture(scope="module")
def graded(made_by_init, tmp_path_factory):
    """A class that was graded: a right answer, a wrong one, and one to be looked at."""
    folder = tmp_path_factory.mktemp("class") / "graded"
    shutil.copytree(made_by_init, folder)
    graded = Class(folder)
    for student, answer in (("ada", RIGHT), ("bob", ADDS_TWO), ("eve", SUSPECT)):
        graded.hand_in(student, answer)
    command = [sys.executable, "-m", "autograder", "grade", str(folder), "--json"]  # Playwright's loop is in the way
    rows = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    states = {row["student"]: row["state"] for row in rows}
    assert states == {"ada": "graded", "bob": "graded", "eve": "needs a human eye"}
    return graded


@pytest.fixture
def formgrader(graded, tmp_path, chromium):
    """A server of the class's folder with stock formgrader, where its pages are."""
    home = tmp_path / "home"
    private = {name: str(home / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0", "--IdentityProvider.token="]
    command += [f"--ServerApp.root_dir={graded.folder}"]
    settings = {"ServerApp": {"jpserver_extensions": {"nbgrader.server_extensions.formgrader": True}}}
    (home / "JUPYTER_CONFIG_DIR").mkdir(parents=True)
    (home / "JUPYTER_CONFIG_DIR/jupyter_server_config.json").write_text(json.dumps(settings))
    said = tmp_path / "server.log"
    with said.open("w") as log:
        environment = {**os.environ, "HOME": str(home), **private}
        server = subprocess.Popen(command, cwd=graded.folder, env=environment, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/api/status", server, said)
        yield f"{url}/formgrader"
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_for(url, server, said):
    ends_at = time.monotonic() + SECONDS
    while time.monotonic() < ends_at and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=SECONDS):
                return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{said.read_text()}")


def test_formgrader_shows_submissions_and_scores(formgrader, browser):
    expect.set_options(timeout=1_000 * SECONDS)
    page = browser.new_page()
    page.set_default_timeout(1_000 * SECONDS)

    page.goto(f"{formgrader}/manage_submissions/{LESSON}")
    for student, score in (("ada", "1 / 1"), ("bob", "0 / 1")):
        row = page.locator("tr", has_text=student)
        expect(row).to_contain_text("graded")
        expect(row).to_contain_text(score)
    expect(page.locator("tr", has_text="eve")).to_contain_text("needs manual grading")

    page.goto(f"{formgrader}/gradebook/{LESSON}/{LESSON}")
    expect(page.locator("tbody tr")).to_have_count(3)
    wrong = page.locator("tbody tr", has_text="0 / 1").first
    wrong.locator("a:visible").click()
    expect(page.get_by_text("def double")).to_be_visible()
    expect(page.locator("input.score")).to_have_attribute("placeholder", "0")
    page.close()


def test_feedback_and_export(graded):
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])  # it starts alembic by name
    for step in (["generate_feedback", LESSON, "--quiet"], ["export"]):
        command = [sys.executable, "-m", "nbgrader", *step]
        done = subprocess.run(
            command, cwd=graded.folder, env={**os.environ, "PATH": path}, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-2000:]
    for student, said in (("ada", "double: passed"), ("bob", "double: not right yet")):
        page = (graded.folder / "feedback" / student / LESSON / f"{LESSON}.html").read_text(encoding="utf-8")
        assert said in page
    with (graded.folder / "grades.csv").open() as file:
        exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert exported == {name: graded.result(name)["score"] for name in ("ada", "bob", "eve")}
