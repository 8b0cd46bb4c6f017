"""Which layers protect a kernel, and why those that do not are missing."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

ON, OFF = "on", "switched off"
IN_SIGHT = "A notebook can read the checks' exercises, and the answers in them: neither mount nor landlock is on."

LAYERS = {
    "user": "a user of its own, without privileges",
    "pid": "sees and signals its own processes only; all die with it",
    "net": "no network",
    "ipc": "no shared memory with others",
    "mount": "sees its own folder and the environment only; a limit on its disk",
    "landlock": "opens files in its own folder and the environment only; no TCP, where there is no net layer",
    "landlock_scope": "no signals and no abstract sockets to the outside",
    "no_new_privs": "gains no privileges from programs",
    "seccomp": "calls only what a notebook needs of the system",
    "rlimits": "limits on memory, processes, files and processor time of a process",
    "watchdog": "limits on memory, processes and time of the whole notebook",
}


class ProtectionMissing(RuntimeError):
    """A layer that was required is not there."""


@dataclass(frozen=True)
class Protection:
    """The state of each layer: on, switched off, or the reason why the platform lacks it."""

    layers: dict[str, str]

    @classmethod
    def none(cls, reason: str) -> "Protection":
        """No layer at all, for one reason."""
        return cls(dict.fromkeys(LAYERS, reason))

    def is_on(self, layer: str) -> bool:
        """Whether a layer protects the kernel."""
        return self.layers.get(layer) == ON

    @property
    def complete(self) -> bool:
        """Whether every layer is on."""
        return not list(self.weaknesses())

    def weaknesses(self) -> Iterator[str]:
        """What the kernel is not kept from, a sentence a layer."""
        for layer, what in LAYERS.items():
            if not self.is_on(layer):
                yield f"{layer} ({what}): {self.layers.get(layer, 'not reported')}"
        if not self.hides:
            yield IN_SIGHT

    @property
    def hides(self) -> bool:
        """Whether a notebook is kept from what answers are compared with."""
        return self.is_on("mount") or self.is_on("landlock")

    def require(self, required: Iterable[str]) -> None:
        """Refuse where a required layer is missing."""
        missing = [f"{layer}: {self.layers.get(layer)}" for layer in required if not self.is_on(layer)]
        if missing:
            raise ProtectionMissing(f"this kernel would run without {'; '.join(missing)}")


class Attempts:
    """Puts layers on one after the other, and remembers what came of each."""

    def __init__(self, off: Iterable[str], states: dict[str, str] | None = None) -> None:
        self._off = frozenset(off)
        self.states = dict(states or {})

    def wanted(self, layer: str) -> bool:
        """Whether a layer is not switched off."""
        return layer not in self._off

    def attempt(self, layer: str, action: Callable[[], object]) -> bool:
        """Put a layer on by `action`; where it raises OSError, its text is why the layer is missing."""
        if not self.wanted(layer):
            self.states[layer] = OFF
            return False
        try:
            action()
        except OSError as error:
            self.states[layer] = str(error)
            return False
        self.states[layer] = ON
        return True

    def on(self, layer: str) -> bool:
        """Whether a layer was put on."""
        return self.states.get(layer) == ON


def known_layers(names: Collection[str]) -> tuple[str, ...]:
    """`names`, where each is a layer's."""
    if unknown := sorted(set(names) - set(LAYERS)):
        raise ValueError(f"no layer is called {', '.join(unknown)}; there are {', '.join(LAYERS)}")
    return tuple(names)
