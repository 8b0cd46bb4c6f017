"""On the course's own CI, a skipped browser, database or sandbox test is a failure."""

import os

import pytest

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
