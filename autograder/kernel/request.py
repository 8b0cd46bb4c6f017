"""What it takes to start one kernel."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from autograder.kernel.settings import Settings

# The environment variable that tells a kernel which descriptor it inherited, and the descriptor.
DESCRIPTOR_VARIABLE = "AUTOGRADER_DESCRIPTOR"
DESCRIPTOR = 3


@dataclass(frozen=True)
class Request:
    """One kernel: how to talk to it, where it works, and what it may do.

    `folder` is a private folder for this kernel alone, for its sockets and, where it gets no disk of its own, its
    files; `work` is the folder it gets a copy of.
    """

    connection: dict[str, Any]
    arguments: tuple[str, ...]
    environment: dict[str, str]
    work: str | None
    folder: str
    settings: Settings

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Request":
        """The request that `as_json` wrote."""
        settings = Settings.from_json(data["settings"])
        return cls(**{**data, "arguments": tuple(data["arguments"]), "settings": settings})
