"""Plain data and files in one string of bytes: what travels between this machine, the workers and their graders."""

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

LENGTH = 8  # bytes of the number before the data
QUICK = 1  # of zlib's levels: notebooks shrink to a quarter by it


def seal(about: Mapping[str, Any], contents: Sequence[bytes] = ()) -> bytes:
    """Pack what JSON can hold, and the contents of files, in order."""
    head = json.dumps({"about": about, "sizes": [len(content) for content in contents]}).encode()
    return zlib.compress(b"".join([len(head).to_bytes(LENGTH), head, *contents]), QUICK)


def opened(blob: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """What `seal` was given."""
    whole = zlib.decompress(blob)
    start = LENGTH + int.from_bytes(whole[:LENGTH])
    head = json.loads(whole[LENGTH:start])
    contents = []
    for size in head["sizes"]:
        contents.append(whole[start : start + size])
        start += size
    return head["about"], contents
