"""What all tests share: a browser and a database server; on the course's own CI, no test of these may be skipped."""

import os
import shutil

import pytest

os.environ["OMP_NUM_THREADS"] = "1"  # before torch is imported: a fork of a process with OpenMP threads may hang

MUST_RUN_ON_CI = ("browser", "database", "sandbox")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        needs = [mark for mark in MUST_RUN_ON_CI if item.get_closest_marker(mark)]
        if needs:
            report.outcome = "failed"
            report.longrepr = f"skipped on CI, where {needs[0]} tests must run: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def chromium():
    """Where Debian's Chromium is."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("needs Debian's chromium, which is not installed here")
    return path


@pytest.fixture(scope="module")  # no longer: Playwright's event loop is in the way of others
def browser(chromium):
    """Chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server of the tests' own, running."""
    import private_postgres

    if private_postgres.programs() is None:
        pytest.skip("needs PostgreSQL's initdb and postgres (Debian's postgresql), which are not installed here")
    server = private_postgres.Server()
    try:
        server.start()
        yield server
    finally:
        server.remove()
