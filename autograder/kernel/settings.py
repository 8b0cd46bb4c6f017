"""What is chosen for the kernels of a run, as it stands in a kernelspec."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from autograder.kernel.limits import Limits
from autograder.kernel.protection import known_layers

PRELOAD = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    # What these two import only when a kernel starts or runs its first cell, which would take half a second each time.
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.magics.execution",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "asttokens.asttokens",
    "executing",
    "pure_eval",
    "pygments.formatters.terminal256",
    "stack_data",
    "sqlite3",
    "tornado.locks",
    "tornado.platform.asyncio",
    "tornado.queues",
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin",
    "numpy",
    "torch",
    "hypothesis",
    "cnnlib",
)

ENVIRONMENT = ("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "PATH", "NBGRADER_EXECUTION")


@dataclass(frozen=True)
class Settings:
    """How kernels are made.

    `preload` names the modules imported once for all; `off` and `required` name layers of protection; `readable`
    adds files and folders a notebook may read; `hidden` names packages that it may not read (kept by mount or
    landlock); `environment` names the variables it inherits.
    """

    preload: tuple[str, ...] = PRELOAD
    limits: Limits = field(default_factory=Limits)
    off: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    readable: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    environment: tuple[str, ...] = ENVIRONMENT

    def __post_init__(self) -> None:
        known_layers(self.off)
        known_layers(self.required)

    def as_json(self) -> dict[str, Any]:
        """Plain data, as a kernelspec holds it."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Settings":
        """The settings that `as_json` wrote; what is left out has its default."""
        given = {name: tuple(value) for name, value in data.items() if name != "limits"}
        return cls(**given, limits=Limits(**data.get("limits", {})))
