"""Who may import whom, read from the source and tried in a fresh interpreter."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import cnnlib

ROOT = Path(cnnlib.__file__).parent
HEAVY = {"torch", "matplotlib", "sklearn", "skimage", "scipy"}


def imported(source, package):
    """The modules that a source names, wherever in it: relative ones are resolved against `package`."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            names |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return names


def sources():
    """Every module of cnnlib, by name, with what it imports."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        package = name if is_package else name.rpartition(".")[0]
        found[name] = imported(path.read_text(encoding="utf-8"), package)
    return found


SOURCES = sources()
OPERATIONS = sorted(name for name in SOURCES if name.startswith("cnnlib.ops"))


def top(name):
    return name.partition(".")[0]


def outside(start):
    """The packages outside cnnlib and the standard library that a module needs, with what it imports in turn."""
    seen, waiting, found = set(), [start], set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for other in SOURCES[name]:
            if top(other) == "cnnlib":
                waiting += [other] if other in SOURCES and other != "cnnlib" else []
            elif top(other) not in sys.stdlib_module_names:
                found.add(top(other))
    return found


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import a.b, c", {"a.b", "c"}),
        ("from a import b", {"a", "a.b"}),
        ("def f():\n    import torch", {"torch"}),
        ("from . import x", {"p.q", "p.q.x"}),
        ("from ..r import y", {"p.r", "p.r.y"}),
    ],
)
def test_imports_are_read_wherever_they_stand(source, expected):
    assert imported(source, "p.q") == expected


def test_there_is_something_to_read():
    assert {"cnnlib", "cnnlib.geometry", "cnnlib.ops.conv2d", "cnnlib.network.training"} <= SOURCES.keys()


def test_cnnlib_never_imports_the_autograder():
    assert {name for name, imports in SOURCES.items() if "autograder" in map(top, imports)} == set()


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations_need_numpy_alone(name):
    assert outside(name) <= {"numpy"}


def test_the_search_for_what_a_module_needs_goes_through_others():
    assert outside("cnnlib.network") == {"numpy", "tqdm"}


@pytest.mark.parametrize("module", ["cnnlib", "cnnlib.network", "cnnlib.gradcheck", "cnnlib.optim"])
def test_importing_it_loads_nothing_heavy(module):
    program = f"import {module}, sys; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert module in loaded
    assert not loaded & HEAVY
    assert "autograder" not in loaded
