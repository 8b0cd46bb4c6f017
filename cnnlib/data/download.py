"""Fetching a file once: cached, checked, resumed where it stopped, and never half there.

What has come so far is `name.part`; it gets the name that was asked for when its checksum is right.
"""

import hashlib
import os
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnlib.data._lock import try_lock
from cnnlib.data._transfer import TransferFailed, host, length, transfer, version_file
from cnnlib.ops._arguments import whole

CACHE_VARIABLE = "CNNLIB_CACHE"


class DownloadError(RuntimeError):
    """A file could not be had; the message says why, and what to do."""


def fetch(
    urls: str | Sequence[str],
    *,
    name: str,
    checksum: str,
    folder: Path | None = None,
    timeout: float = 10.0,
    attempts: int = 3,
    pause: float = 1.0,
    progress: bool = True,
) -> Path:
    """The path of a file that has this checksum ("sha256:…" or "md5:…"), downloaded unless it is there.

    Each attempt tries every mirror in turn; after the first the next waits for `pause` seconds, then
    for twice as long. The network may be silent for `timeout` seconds.
    """
    mirrors = (urls,) if isinstance(urls, str) else tuple(urls)
    if not mirrors or not all(url.startswith(("https://", "http://")) for url in mirrors):
        raise ValueError(f"fetch: urls is {urls!r}; http and https addresses fit")
    if not re.fullmatch(r"[\w-][\w.-]*", name):
        raise ValueError(f"fetch: name is {name!r}; a plain file name fits")
    if not re.fullmatch(r"sha256:[0-9a-f]{64}|md5:[0-9a-f]{32}", checksum):
        raise ValueError(f'fetch: checksum is {checksum!r}; "sha256:" or "md5:" and its digits fit')
    whole("fetch", "attempts", attempts, least=1)
    target = (folder or cache_folder()) / name
    errand = _Errand(mirrors, target, checksum, timeout, attempts, pause, progress)
    try:
        if not errand.done():
            target.parent.mkdir(parents=True, exist_ok=True)
            _run_alone(errand)
    except OSError as error:
        raise DownloadError(
            f"{name} cannot be kept in {target.parent} ({error.strerror or error}): "
            f"make room there, or set {CACHE_VARIABLE} to a folder that you may write to."
        ) from error
    return target


def cache_folder() -> Path:
    """Where downloads are kept: the folder that CNNLIB_CACHE names, or one in the user's cache."""
    if chosen := os.environ.get(CACHE_VARIABLE):
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "cnnlib"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "cnnlib"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cnnlib"


@dataclass(frozen=True)
class _Errand:
    """What `fetch` was asked for."""

    mirrors: tuple[str, ...]
    target: Path
    checksum: str
    timeout: float
    attempts: int
    pause: float
    progress: bool

    @property
    def part(self) -> Path:
        return self.target.with_name(f"{self.target.name}.part")

    def done(self) -> bool:
        return self.target.is_file() and self.digest(self.target) == self.checksum

    def digest(self, path: Path) -> str:
        """The file's digest, written like the checksum."""
        algorithm = self.checksum.partition(":")[0]
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False))
        return f"{algorithm}:{digest.hexdigest()}"


def _run_alone(errand: _Errand) -> None:
    """Download, unless another process is at it: then wait, as long as its file grows."""
    patience = errand.attempts * (len(errand.mirrors) * errand.timeout + errand.pause * 2**errand.attempts)
    seen, since = -1, time.monotonic()
    while time.monotonic() - since < patience:
        with try_lock(errand.target.with_name(f".{errand.target.name}.lock")) as ours:
            if ours:
                if not errand.done():
                    _try_mirrors(errand)
                return
        time.sleep(0.1)
        size = length(errand.part)
        if size != seen:
            seen, since = size, time.monotonic()
    raise DownloadError(
        f"{errand.target.name} is being downloaded by another process, which has not moved for "
        f"{patience:.0f} seconds: end that process, then run this again."
    )


def _try_mirrors(errand: _Errand) -> None:
    name = errand.target.name
    hopeful = list(errand.mirrors)
    reasons: dict[str, str] = {}
    for attempt in range(errand.attempts):
        if attempt and hopeful:
            time.sleep(errand.pause * 2 ** (attempt - 1))
        for url in tuple(hopeful):
            try:
                transfer(url, errand.part, label=name, timeout=errand.timeout, progress=errand.progress)
                _accept(errand, url)
                return
            except TransferFailed as failure:
                reasons[url] = str(failure)
                if failure.lasting:
                    hopeful.remove(url)
    raise DownloadError(
        f"{name} could not be downloaded: {'; '.join(reasons.values())}. Connect to the internet, "
        f"past any login page, and run this again; or save the file as {errand.target}."
    )


def _accept(errand: _Errand, url: str) -> None:
    """Give the downloaded file its name if it is what was asked for, and remove it if not."""
    version_file(errand.part).unlink(missing_ok=True)
    got = errand.digest(errand.part)
    if got != errand.checksum:
        errand.part.unlink()
        raise TransferFailed(
            f"what {host(url)} sent has the checksum {got} instead of {errand.checksum} and was removed"
        )
    os.replace(errand.part, errand.target)
