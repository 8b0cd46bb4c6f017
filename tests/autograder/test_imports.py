"""Who in the autograder may import what, read from the source."""

import ast
from pathlib import Path

import autograder

ROOT = Path(autograder.__file__).parent
USE_NBGRADER = {
    "autograder/grading",  # records in its gradebook
    "autograder/lessons/steps",  # releases with its own steps
    "autograder/lessons/build.py",
    "autograder/reports/exporters.py",  # is a plugin of its own export
}


def imports(path):
    """The top-level packages that a source names, with the modules of our own in full."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


SOURCES = {path.relative_to(ROOT.parent): set(imports(path)) for path in sorted(ROOT.rglob("*.py"))}


def users(*packages):
    return {
        str(path)
        for path, names in SOURCES.items()
        if any(name == package or name.startswith(package + ".") for name in names for package in packages)
    }


def test_there_is_something_to_read():
    assert len(SOURCES) > 40
    assert "autograder/exercises/_pictures.py" in users("cnnlib")
    assert "autograder/checking/search.py" in users("hypothesis")


def test_exercises_alone_import_cnnlib():
    assert {path for path in users("cnnlib") if not path.startswith("autograder/exercises/")} == set()


def test_exercises_are_loaded_by_what_needs_them_only():
    outside = {path for path in users("autograder.exercises") if not path.startswith("autograder/exercises/")}
    assert outside <= {"autograder/checking/lesson.py", "autograder/proving/declared.py"}
    for path in outside:
        tree = ast.parse((ROOT.parent / path).read_text(encoding="utf-8"))
        at_top = {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
        assert "autograder.exercises" not in at_top


def test_nbgrader_is_imported_in_few_modules():
    assert {path for path in users("nbgrader") if not path.startswith(tuple(USE_NBGRADER))} == set()


def test_dask_is_imported_where_a_cluster_grades_alone():
    assert users("dask", "distributed") == {f"autograder/grading/wide/{name}.py" for name in ("cluster", "remote")}


def test_checks_need_no_notebook_and_no_grader():
    checking = {path for path in map(str, SOURCES) if path.startswith("autograder/checking/")}
    assert not checking & users("nbgrader", "nbformat", "nbclient", "nbconvert", "jupytext", "jupyter_client")
    assert checking & users("IPython") == {"autograder/checking/lesson.py", "autograder/checking/surroundings.py"}
