"""One try to bring a file here over HTTP, going on from where an earlier try stopped."""

import re
import sys
import urllib.error
import urllib.request
from http.client import PARTIAL_CONTENT, REQUESTED_RANGE_NOT_SATISFIABLE, HTTPException, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

from tqdm import tqdm

_BLOCK = 1 << 16
_PASSING = {408, 425, 429}  # too slow, too early, too often: ask again later, as after any 5xx


class TransferFailed(Exception):
    """Why one try failed, and whether asking the same address again is of no use."""

    def __init__(self, reason: str, *, lasting: bool = False) -> None:
        super().__init__(reason)
        self.lasting = lasting


def transfer(url: str, part: Path, *, label: str, timeout: float, progress: bool) -> None:
    """Bring `part` to its full length; `part`.version beside it names the version that the server sent.

    Anything wrong with the network is a TransferFailed, anything wrong with the disk an OSError.
    """
    start = length(part)
    try:
        response = urllib.request.urlopen(_request(url, part, start), timeout=timeout)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == REQUESTED_RANGE_NOT_SATISFIABLE and start:
            return  # nothing lies beyond: what is here is whole, or the checksum will tell
        lasting = error.code < 500 and error.code not in _PASSING
        raise TransferFailed(f"{host(url)} answered {error.code} {error.reason}", lasting=lasting) from error
    except (OSError, HTTPException) as error:
        raise TransferFailed(_reason(url, error, timeout)) from error
    with response:
        start = _start_of_answer(response, url, start)
        version_file(part).write_text(f"{url}\n{_version(response)}", encoding="utf-8")
        _save(response, url, part, start, label=label, timeout=timeout, progress=progress)


def length(part: Path) -> int:
    """How many bytes have come; none if there is no such file, or no longer."""
    try:
        return part.stat().st_size
    except FileNotFoundError:
        return 0


def version_file(part: Path) -> Path:
    """Where it is kept which version, and from which address, `part` is a part of."""
    return part.with_name(f"{part.name}.version")


def host(url: str) -> str:
    """The host, with its port if the address names one."""
    return urlsplit(url).netloc


def _request(url: str, part: Path, start: int) -> urllib.request.Request:
    request = urllib.request.Request(url, headers={"User-Agent": "cnnlib", "Accept-Encoding": "identity"})
    if start:
        request.add_header("Range", f"bytes={start}-")
        noted = version_file(part).read_text(encoding="utf-8") if version_file(part).exists() else ""
        source, _, version = noted.partition("\n")
        if source == url and version:
            request.add_header("If-Range", version)
    return request


def _start_of_answer(response: HTTPResponse, url: str, asked: int) -> int:
    """Where in the file the answer begins: where we asked, or at 0 if the server sends all of it."""
    if response.status != PARTIAL_CONTENT:
        return 0
    if not re.match(rf"bytes {asked}-", response.headers.get("Content-Range", "")):
        raise TransferFailed(f"{host(url)} sent another part than was asked for", lasting=True)
    return asked


def _version(response: HTTPResponse) -> str:
    """What If-Range may name: a strong ETag, or else the date of the last change."""
    tag = response.headers.get("ETag", "")
    return tag if tag.startswith('"') else response.headers.get("Last-Modified", "")


def _save(
    response: HTTPResponse, url: str, part: Path, start: int, *, label: str, timeout: float, progress: bool
) -> None:
    total = None if response.length is None else start + response.length
    done = start
    bar = tqdm(
        desc=label,
        total=total,
        initial=start,
        unit="B",
        unit_scale=True,
        file=sys.stdout,
        disable=not progress,
    )
    with bar, part.open("ab" if start else "wb") as file:
        while block := _read(response, url, timeout):
            file.write(block)
            done += len(block)
            bar.update(len(block))
    if total is not None and done < total:
        raise TransferFailed(f"{host(url)} stopped after {done} of {total} bytes")


def _read(response: HTTPResponse, url: str, timeout: float) -> bytes:
    try:
        return response.read1(_BLOCK)
    except (OSError, HTTPException) as error:
        raise TransferFailed(_reason(url, error, timeout)) from error


def _reason(url: str, error: Exception, timeout: float) -> str:
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return f"{host(url)} was silent for {timeout:g} seconds"
    why = getattr(cause, "strerror", None) or repr(cause)
    return f"{host(url)} could not be reached ({why})"
