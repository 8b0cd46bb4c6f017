"""The lists of packages agree: pyproject.toml, constraints.txt and environment.yml."""

import re
import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
CONDA_NAMES = {"dask": "dask-core", "playwright": "playwright-python", "torch": "pytorch"}
ONLY_CONDA = {"python", "pip"}


def declared():
    """Every requirement of every extra, but those on the project itself."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    found = [Requirement(line) for group in groups for line in group]
    return [requirement for requirement in found if requirement.name != project["name"]]


def pinned():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(pin.name): pin for pin in pins}


def test_conda_users_get_the_same_packages():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    by_pip = [line for entry in listed if isinstance(entry, dict) for line in entry["pip"]]
    lines = [*by_pip, *(entry for entry in listed if isinstance(entry, str))]
    conda = {re.match(r"[\w-]+", line)[0]: line for line in lines}
    ours = {CONDA_NAMES.get(r.name, r.name): f"{CONDA_NAMES.get(r.name, r.name)}{r.specifier}" for r in declared()}
    assert {name: line for name, line in conda.items() if name not in ONLY_CONDA} == ours


def test_every_package_is_pinned_within_its_range():
    pins = pinned()
    for requirement in declared():
        (pin,) = pins[canonicalize_name(requirement.name)].specifier
        assert pin.operator == "=="
        assert requirement.specifier.contains(pin.version), requirement.name


def test_torch_is_the_release_that_has_a_small_build():
    assert str(pinned()["torch"].specifier) == "==2.13.0"


def test_no_pin_is_listed_twice():
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    names = [canonicalize_name(Requirement(line).name) for line in lines if line]
    assert len(names) == len(set(names))


def test_every_documented_install_uses_the_constraints():
    for document in [*ROOT.glob("*.md"), ROOT / "Makefile", *ROOT.glob("docs/**/*.md")]:
        for line in document.read_text().splitlines():
            if re.search(r"pip install", line) and "--no-deps" not in line:
                assert "-c constraints.txt" in line, f"{document.name}: {line}"
