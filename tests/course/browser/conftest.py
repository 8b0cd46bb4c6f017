"""A real JupyterLab with the students' notebooks in it, and a person in Chromium before it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest
from nbformat import NotebookNode
from playwright.sync_api import Locator, Page, expect

from autograder.lessons.course import load_course
from autograder.lessons.pipeline import released, to_text

SECONDS = 60  # for whatever a page waits for; a kernel that imports torch on a busy machine is slow
COURSE = load_course(Path(__file__).parents[3])

# As on a student's first day, but without the news; the theme follows the browser's.
SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/apputils-extension/themes": {"adaptive-theme": True},
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},  # so that the n-th cell is the n-th
}


@pytest.fixture(scope="session")
def notebooks():
    """The released notebooks, built now: language and lesson -> notebook."""
    return {
        (language, lesson.id): released(COURSE, lesson, language)
        for lesson in COURSE.select(["00", "01"])
        for language in COURSE.languages
    }


@dataclass(frozen=True)
class Server:
    url: str
    folder: Path  # what JupyterLab shows
    environment: dict[str, str]


@pytest.fixture(scope="session")
def jupyterlab(chromium, tmp_path_factory):
    """A server of its own home, on a port of its own; none where no browser could look at it."""
    home = tmp_path_factory.mktemp("home")
    folder = home / "course"
    folder.mkdir()
    for name, settings in SETTINGS.items():
        path = home / "settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings), encoding="utf-8")
    private = {"config": "JUPYTER_CONFIG_DIR", "data": "JUPYTER_DATA_DIR", "runtime": "JUPYTER_RUNTIME_DIR"}
    environment = {
        **os.environ,
        "HOME": str(home),
        **{variable: str(home / name) for name, variable in private.items()},
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "MPLCONFIGDIR": str(home / "matplotlib"),
        "OMP_NUM_THREADS": "1",
    }
    port = _free_port()
    said = home / "server.log"
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0", "--IdentityProvider.token="]
    command += ["--ServerApp.disable_check_xsrf=True", f"--ServerApp.root_dir={folder}"]
    with said.open("w") as log:
        server = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/api/status", server, said)
        yield Server(url, folder, environment)
    finally:
        server.send_signal(signal.SIGTERM)  # the server ends its kernels before itself
        try:
            server.wait(SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(url, server, said):
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=SECONDS):
                return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{said.read_text()}")


class Notebook:
    """An open notebook, cell by cell, by the names of the exercises or by what the source begins with."""

    def __init__(self, page: Page, cells: list[NotebookNode]) -> None:
        self.page = page
        self.cells = cells

    def cell(self, name: str) -> Locator:
        (place,) = (at for at, cell in enumerate(self.cells) if cell.id == name or cell.source.startswith(name))
        return self.page.locator(".jp-Notebook .jp-Cell").nth(place)

    def write(self, name: str, source: str) -> None:
        self.cell(name).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(source)

    def run(self, name: str) -> Locator:
        """Run one cell with Shift + Enter; its output, once it has come."""
        cell = self.cell(name)
        cell.locator(".cm-content").click()
        before = cell.locator(".jp-InputPrompt").inner_text()
        self.page.keyboard.press("Shift+Enter")
        prompt = cell.locator(".jp-InputPrompt")
        expect(prompt).not_to_have_text(before)
        expect(prompt).to_have_text(re.compile(r"\[\d+\]:"))
        return cell.locator(".jp-OutputArea")

    def answer(self, name: str, source: str) -> Locator:
        """Write an answer, run it, and run its check; what the check says."""
        self.write(name, source)
        self.run(name)
        return self.run(f"{name}-check").get_by_role("status")

    def run_all(self) -> None:
        """Menu Run, Run All Cells; until the last code cell has a number."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        last = self.page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt").last
        expect(last).to_have_text(re.compile(r"\[\d+\]:"), timeout=2_000 * SECONDS)


@pytest.fixture
def open_notebook(jupyterlab, browser, notebooks, request):
    """Opens a lesson in JupyterLab, blank or as given, in a theme; its kernel ends with the test."""
    expect.set_options(timeout=1_000 * SECONDS)
    contexts = []

    def opened(language, lesson, notebook=None, *, theme="light"):
        notebook = notebook or notebooks[language, lesson]
        path = jupyterlab.folder / request.node.name / f"{lesson}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_text(to_text(notebook), encoding="utf-8")
        context = browser.new_context(color_scheme=theme, reduced_motion="reduce")
        contexts.append(context)
        context.set_default_timeout(1_000 * SECONDS)
        page = context.new_page()
        page.goto(f"{jupyterlab.url}/lab/tree/{path.relative_to(jupyterlab.folder)}?reset")
        expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(len(notebook.cells))
        expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
        return Notebook(page, notebook.cells)

    yield opened
    for context in contexts:
        context.close()
    _end_kernels(jupyterlab.url)


def _end_kernels(url):
    with urllib.request.urlopen(f"{url}/api/sessions", timeout=SECONDS) as answer:
        sessions = json.load(answer)
    for session in sessions:
        ending = urllib.request.Request(f"{url}/api/sessions/{session['id']}", method="DELETE")
        urllib.request.urlopen(ending, timeout=SECONDS).close()
