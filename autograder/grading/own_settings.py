"""What a class's `autograder.toml` chooses. Light: it is read before nbgrader is imported."""

import math
import tomllib
from collections.abc import Iterable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from autograder.errors import UserError
from autograder.kernel.limits import Limits
from autograder.kernel.settings import PRELOAD, Settings

OWN = "autograder.toml"
HIDDEN = ("autograder.exercises",)  # what answers are compared with
LESSON_PRELOAD = ("autograder.checking.wire", "autograder.checking.servant", "cnnlib.data", "cnnlib.draw")


def read_own(folder: Path) -> dict[str, Any]:
    """All that the file says; nothing if there is none."""
    path = folder / OWN
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: {error}") from None


def kernel_settings(folder: Path, limits: Limits | None = None) -> Settings:
    """How kernels are made for the class; `limits` are those it has if it chooses none."""
    own = read_own(folder)
    of_lessons = LESSON_PRELOAD if (folder / OWN).exists() else ()  # another course has no use for them
    try:
        limits = replace(limits or Limits(), **_numbers(own.get("limits", {})))
        chosen = _lists(own.get("kernel", {}))
        preload = (*PRELOAD, *of_lessons, *chosen.pop("preload", ()))
        return Settings(limits=limits, **{"preload": preload, "hidden": HIDDEN, **chosen})
    except ValueError as error:
        raise UserError(f"{folder / OWN}: {error}") from None


def _numbers(table: Any) -> dict[str, Any]:
    kinds = {field.name: field.type for field in fields(Limits)}
    for name, value in _known("limits", table, list(kinds)):
        whole = kinds[name] is int
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float) or not 0 < value < math.inf:
            raise ValueError(f"[limits] {name} is {value!r}, not a {'whole ' if whole else ''}number above 0")
    return dict(table)


def _lists(table: Any) -> dict[str, tuple[str, ...]]:
    for name, value in _known("kernel", table, [field.name for field in fields(Settings) if field.name != "limits"]):
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ValueError(f"[kernel] {name} is {value!r}, not a list of names in quotes")
    return {name: tuple(value) for name, value in table.items()}


def _known(heading: str, table: Any, names: list[str]) -> Iterable[tuple[str, Any]]:
    if not isinstance(table, dict):
        raise ValueError(f"{heading} is {table!r}, not a table under [{heading}]")
    for name in table:
        if name not in names:
            raise ValueError(f"[{heading}] has no setting {name!r}; it has {', '.join(names)}")
    return table.items()
