"""A limit on what a kernel prints, kept where it is read: the kernel itself is not to be trusted with it."""

import types
from collections.abc import Callable
from typing import Any

import zmq
from jupyter_client import KernelClient

MESSAGES_WAITING = 64


def bounded(client: type[KernelClient], most: int, exceeded: Callable[[], None]) -> type[KernelClient]:
    """A kernel client like `client`, which calls `exceeded` when `most` bytes of output have arrived.

    No part of a message may be larger than `most`, and few messages wait, so that a flood stops in the kernel.
    """
    members = {"most": most, "exceeded": staticmethod(exceeded)}
    return types.new_class(
        f"Bounded{client.__name__}", (BoundedClient, client), exec_body=lambda of: of.update(members)
    )


class BoundedClient(KernelClient):
    """What `bounded` adds to a client."""

    most: int
    exceeded: Callable[[], None]

    def _create_connected_socket(self, channel: str, identity: bytes | None = None) -> Any:
        # A socket is connected when it comes, too late for these options: its context gives them to it.
        self.context.setsockopt(zmq.MAXMSGSIZE, self.most)
        self.context.setsockopt(zmq.RCVHWM, MESSAGES_WAITING)
        return super()._create_connected_socket(channel, identity)

    @property
    def iopub_channel(self) -> Any:
        """The channel on which output arrives."""
        channel = super().iopub_channel
        if not isinstance(channel.session, _CountingSession):
            channel.session = _CountingSession(channel.session, self.most, self.exceeded)
        return channel


class _CountingSession:
    """A session that counts the bytes it takes apart, and is otherwise the one it was made from."""

    def __init__(self, session: Any, most: int, exceeded: Callable[[], None]) -> None:
        self._session, self._left, self._exceeded = session, most, exceeded

    def feed_identities(self, frames: list[Any], copy: bool = True) -> Any:
        self._left -= sum(len(frame) for frame in frames)
        if self._left < 0:
            self._exceeded()
        return self._session.feed_identities(frames, copy)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)
