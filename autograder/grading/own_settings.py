"""What a class's `autograder.toml` chooses. Light: it is read before nbgrader is imported."""

import tomllib
from dataclasses import replace
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
    try:
        limits = replace(limits or Limits(), **own.get("limits", {}))
        chosen = {name: tuple(value) for name, value in own.get("kernel", {}).items()}
        of_lessons = LESSON_PRELOAD if (folder / OWN).exists() else ()  # another course has no use for them
        usual = {"preload": (*PRELOAD, *of_lessons), "hidden": HIDDEN}
        return Settings(limits=limits, **{**usual, **chosen})
    except (TypeError, ValueError) as error:
        raise UserError(f"{folder / OWN}: {error}") from None
