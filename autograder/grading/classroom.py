"""An instructor's folder: a stock nbgrader course, its settings, and what the autograder keeps in it."""

import glob
import hmac
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from jupyter_core.paths import jupyter_config_path
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

from autograder.errors import UserError
from autograder.grading.address import full_url
from autograder.grading.own_settings import kernel_settings, read_own
from autograder.grading.results import Results, write_whole
from autograder.kernel.limits import Limits
from autograder.kernel.settings import Settings

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

CONFIG = "nbgrader_config.py"
STATE = ".autograder"
STOCK_SECONDS = 30  # nbgrader's own limit on a cell


@dataclass(frozen=True)
class Secret:
    """What the inputs of a class's checks are drawn from."""

    key: bytes

    def __call__(self, lesson: str, exercise: str) -> int:
        """The seed of an exercise: the same for the whole class, and told to nobody."""
        text = f"{lesson}\n{exercise}".encode()
        return int.from_bytes(hmac.digest(self.key, text, "sha256")[:7])

    @property
    def digest(self) -> str:
        """Tells two secrets apart, and tells nothing else."""
        return hmac.digest(self.key, b"identity", "sha256").hex()[:16]


class Classroom:
    """A course folder, opened."""

    def __init__(self, folder: Path, db_url: str | None = None) -> None:
        self.folder = folder.resolve()
        if not (self.folder / CONFIG).is_file() and not (self.folder / "source").is_dir():
            raise UserError(f"{folder} is no course: it has neither {CONFIG} nor source/; autograder init makes one")
        self.config = _load_config(self.folder)
        root = {} if "root" in self.config.CourseDirectory else {"root": str(self.folder)}
        self.layout = CourseDirectory(config=self.config, **root)
        self.db_url = full_url(db_url or self.layout.db_url, self.folder)
        self.layout.db_url = self.db_url  # for what nbgrader does on its own
        self.own = read_own(self.folder)
        self.results = Results(self.folder / STATE / "results")

    @property
    def language(self) -> str:
        return str(self.own.get("language", "en"))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other graders out of this folder, where the platform can; what a killed one left half done goes."""
        state = self.folder / STATE
        state.mkdir(exist_ok=True)
        with (state / "lock").open("w") as lock:
            try:
                if fcntl is not None:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise UserError(f"{self.folder} is being graded by another autograder; wait for it") from None
            for left in state.glob("new-*"):
                shutil.rmtree(left, ignore_errors=True)
            yield

    def settings(self) -> Settings:
        """How kernels are made for this class."""
        execute = self.config.Execute.get("timeout", self.config.ExecutePreprocessor.get("timeout", None))
        limits = Limits() if self.editions() else Limits(cell_seconds=float(STOCK_SECONDS))
        if execute:
            limits = replace(limits, cell_seconds=float(execute))
        return kernel_settings(self.folder, limits)

    def secret(self) -> Secret:
        """The class's secret, made when it is first asked for; only its owner can read it."""
        path = self.folder / STATE / "secret"
        try:
            key = path.read_bytes()
        except FileNotFoundError:
            write_whole(path, secrets.token_hex(32).encode() + b"\n", mode=0o600)
            key = path.read_bytes()
        if path.stat().st_mode & 0o077:
            raise UserError(f"{path} can be read by others; run chmod 600 on it, and make another if it leaked")
        return Secret(key.strip())

    def editions(self) -> dict[str, dict[str, Path]]:
        """The released notebooks of lessons, by assignment and language."""
        found: dict[str, dict[str, Path]] = {}
        for path in sorted((self.folder / STATE / "editions").glob("*/*.ipynb")):
            found.setdefault(path.parent.name, {})[path.stem] = path
        return found

    def edition(self, assignment: str, language: str) -> Path:
        return self.folder / STATE / "editions" / assignment / f"{language}.ipynb"

    def source(self, assignment: str) -> Path:
        return Path(self.layout.format_path(self.layout.source_directory, ".", assignment))

    def release(self, assignment: str) -> Path:
        return Path(self.layout.format_path(self.layout.release_directory, ".", assignment))

    def submitted(self, student: str, assignment: str) -> Path:
        return Path(self.layout.format_path(self.layout.submitted_directory, student, assignment))

    def autograded(self, student: str, assignment: str) -> Path:
        return Path(self.layout.format_path(self.layout.autograded_directory, student, assignment))

    def feedback(self, student: str, assignment: str) -> Path:
        return Path(self.layout.format_path(self.layout.feedback_directory, student, assignment))

    def assignments_with_source(self) -> list[str]:
        """The names of the assignments that have a source folder."""
        folder = self.source("x").parent
        return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []

    def submissions(self, assignment: str) -> Iterator[tuple[str, Path]]:
        """The students who handed in something, and where."""
        step = self.layout.submitted_directory
        pattern = self.layout.format_path(step, "(?P<student>[^/]*)", re.escape(assignment), escape=True)
        excluded = set(filter(None, self.layout.student_id_exclude.split(",")))
        for found in sorted(glob.glob(self.layout.format_path(step, "*", glob.escape(assignment)))):
            matched = re.fullmatch(pattern, found)
            if matched and os.path.isdir(found) and matched["student"] not in excluded:
                yield matched["student"], Path(found)


def _load_config(folder: Path) -> Config:
    """nbgrader's configuration: the machine's, and over it the folder's own."""
    config = Config()
    for where in [*reversed(jupyter_config_path()), str(folder)]:
        try:
            config.merge(PyFileConfigLoader(CONFIG, path=where).load_config())
        except ConfigFileNotFound:
            continue
        except Exception as error:  # it is a program, and may fail in any way
            raise UserError(f"{Path(where, CONFIG)} fails: {type(error).__name__}: {error}") from None
    return config
