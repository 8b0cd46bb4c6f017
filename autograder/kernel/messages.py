"""Messages between the processes round a kernel: one JSON object a packet, with open files beside it."""

import json
import socket
from collections.abc import Sequence
from typing import Any

# The largest packet a socket takes under Linux's default buffer sizes, with a margin.
LARGEST = 200_000
MOST_FILES = 8


def pair() -> tuple[socket.socket, socket.socket]:
    """Two ends; what one sends in a packet, the other receives in one."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def send(end: socket.socket, message: dict[str, Any], files: Sequence[int] = ()) -> None:
    """Send a message, with descriptors of open files."""
    packet = json.dumps(message).encode()
    if len(packet) > LARGEST:
        raise ValueError(f"a message to a kernel's keeper has {len(packet)} bytes; {LARGEST} fit")
    socket.send_fds(end, [packet], files)


def receive(end: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    """The next message and its files; None where the other end is closed."""
    try:
        packet, files, _, _ = socket.recv_fds(end, LARGEST, MOST_FILES)
    except ConnectionResetError:
        # The other end closed without reading all it was sent. This is told once; its last words are still there.
        packet, files, _, _ = socket.recv_fds(end, LARGEST, MOST_FILES)
    return (json.loads(packet) if packet else None), files
