"""nbgrader is imported in as few modules as can be: to release lessons, to read a course, and to record."""

import ast
from pathlib import Path

import autograder

HOUSE = Path(autograder.__file__).parent
ALLOWED = {
    "grading/classroom.py",
    "grading/database.py",
    "grading/gradebook.py",
    "grading/recording.py",
    "lessons/steps/clear.py",
    "reports/exporters.py",
}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_few_modules_know_nbgrader():
    knowing = {
        path.relative_to(HOUSE).as_posix()
        for path in HOUSE.rglob("*.py")
        if any(name.partition(".")[0] == "nbgrader" for name in imports(path))
    }
    assert knowing == ALLOWED
