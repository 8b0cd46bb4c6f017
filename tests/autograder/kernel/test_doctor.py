"""`autograder doctor` says what keeps notebooks in here, for people and for scripts."""

import json

import pytest

from autograder.cli import main
from autograder.kernel import doctor, server
from autograder.kernel.protection import IN_SIGHT, LAYERS, Protection

pytestmark = pytest.mark.sandbox


def test_the_command_reports_this_machine(capsys):
    status = main(["doctor"])
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("Python") for line in lines)
    assert main(["doctor", "--json"]) == status
    found = json.loads(capsys.readouterr().out)
    on = {layer for layer in LAYERS if found["protection"]["layers"][layer] == "on"}
    assert {line.split()[1] for line in lines if line.startswith("on ")} == on
    assert status == (0 if on == set(LAYERS) else 1)


def test_a_machine_without_protection_is_found_wanting(capsys, monkeypatch):
    monkeypatch.setattr(doctor, "examine", lambda: doctor.Examination({}, Protection.none("too old")))
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "Notebooks would run in plain kernels, unprotected." in said
    assert IN_SIGHT in said


def test_a_machine_that_is_too_slow_is_told_apart_from_one_that_cannot(capsys, monkeypatch):
    servers = {}
    monkeypatch.setattr(server, "_servers", servers)
    monkeypatch.setattr(server, "START_SECONDS", 0.01)
    assert main(["doctor"]) == 2
    servers.popitem()[1].close()
    assert "the imports that kernels share take longer than 0 s; close what else" in capsys.readouterr().err
