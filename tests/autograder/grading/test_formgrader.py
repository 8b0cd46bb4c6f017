"""Stock nbgrader after our grading: in formgrader, in a browser, a person sees submissions and gives points.

With the gradebook in a file and on a PostgreSQL server; feedback and export run there too.
"""

import csv
import json
import os
import re
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

SECONDS = 120  # a loaded machine starts a server slowly
REMARK = "Très bien, même si ce n’était pas demandé."
SUSPECT = "import sys\nloaded = sys.modules\ndef double(x):\n    return 2 * x"


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.database)])
def graded(request, made_by_init, tmp_path_factory):
    """A class that was graded: a right answer, a wrong one, and one to be looked at."""
    folder = tmp_path_factory.mktemp("class") / "graded"
    shutil.copytree(made_by_init, folder)
    if request.param == "postgresql":
        postgres = request.getfixturevalue("postgres")
        (folder / "gradebook.db").unlink()
        with (folder / "nbgrader_config.py").open("a") as file:
            file.write(f"c.CourseDirectory.db_url = {postgres.url(postgres.fresh())!r}\n")
    graded = Class(folder)
    for student, answer in (("ada", RIGHT), ("bob", ADDS_TWO), ("eve", SUSPECT)):
        graded.hand_in(student, answer)
    rows = json.loads(autograder("grade", folder, "--json", rc=1))
    states = {row["student"]: row["state"] for row in rows}
    assert states == {"ada": "graded", "bob": "graded", "eve": "needs a human eye"}
    return graded


def autograder(command, folder, *options, rc=0):
    """A program of its own, since Playwright's loop is in the way here; what it prints."""
    command = [sys.executable, "-m", "autograder", command, str(folder), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == rc, done.stderr
    return done.stdout


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


@pytest.fixture
def page(browser):
    expect.set_options(timeout=1_000 * SECONDS)
    page = browser.new_page()
    page.set_default_timeout(1_000 * SECONDS)
    yield page
    page.close()


def test_formgrader_shows_submissions_and_scores(formgrader, page):
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


def scores_of(folder):
    """The score, and how many cells wait for a person, by student, as we export them."""
    autograder("export", folder, "--to", "csv")
    with (folder / "scores-csv.csv").open(encoding="utf-8-sig") as file:
        return {row["student_id"]: (float(row["score"]), row["cells_waiting"]) for row in csv.DictReader(file)}


def test_points_given_by_hand_are_exported_and_stay(graded, formgrader, page):
    before = scores_of(graded.folder)
    assert before["eve"][1] == "1"
    page.goto(f"{formgrader}/manage_students/eve/{LESSON}")
    page.locator("tbody a", has_text=LESSON).click()
    expect(page.locator("input.score")).to_have_class(re.compile("needs_manual_grade"))
    expect(page.get_by_text("loaded = sys.modules")).to_be_visible()
    for field, text in (("input.score", "0.5"), ("textarea.comment >> nth=0", REMARK)):
        with page.expect_response(lambda response: response.request.method == "PUT") as saved:
            page.locator(field).fill(text)
            page.locator(field).blur()
        assert saved.value.ok
    page.reload()
    expect(page.locator("input.score")).to_have_value("0.5")

    assert scores_of(graded.folder) == before | {"eve": (0.5, "0")}
    autograder("feedback", graded.folder, "--student", "eve")
    assert REMARK in (graded.folder / "feedback/eve" / LESSON / f"{LESSON}.html").read_text(encoding="utf-8")

    autograder("grade", graded.folder, rc=1)  # it still says that a person should look
    assert scores_of(graded.folder) == before | {"eve": (0.5, "0")}
    autograder("grade", graded.folder, "--student", "eve", "--force", rc=1)
    assert scores_of(graded.folder)["eve"] == (0.5, "1")  # after another attempt, a person confirms the points
