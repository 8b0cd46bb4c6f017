"""What a worker must have as we have it, so that it gives the grades that this machine would give."""

import platform
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from autograder.grading import code

LIBRARIES = ("hypothesis", "numpy", "scipy", "torch")  # they draw the inputs and compute the answers


def present(lessons: Iterable[str]) -> dict[str, Any]:
    """What is installed here."""
    return {
        "cnn-course": _version("cnn-course"),
        "Python": ".".join(platform.python_version_tuple()[:2]),
        **{name: _version(name) for name in LIBRARIES},
        "code": {"the grader's code": _grader(), **{f"the checks of {name}": _checks(name) for name in lessons}},
    }


@lru_cache
def _grader() -> str:  # as it was when this process began, whatever is installed later
    return code.grader()


@lru_cache
def _checks(lesson: str) -> str:
    return code.checks([lesson])


def _version(package: str) -> str:
    try:
        return version(package).partition("+")[0]
    except PackageNotFoundError:
        return "none"


def difference(ours: dict[str, Any], theirs: dict[str, Any]) -> str | None:
    """What another machine has otherwise than this one, in words, if anything."""
    for name, own in ours.items():
        if name != "code" and theirs.get(name) != own:
            return f"has {name} {theirs.get(name, 'none')}, and this machine has {own}"
    for name, own in ours["code"].items():
        if theirs["code"].get(name) != own:
            return f"has another version of {name} than this machine"
    return None
