"""The package of this checkout as a wheel: the same bytes wherever it is made, with the same setuptools."""

import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import autograder
from autograder.errors import UserError

ROOT = Path(autograder.__file__).parents[1]
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "LICENSES.md", "cnnlib", "autograder")
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day that a zip file knows
BUILD = "import sys; from setuptools.build_meta import build_wheel; print('made', build_wheel(sys.argv[1]))"


def build_wheel() -> tuple[str, bytes]:
    """The name of the wheel and its content."""
    if missing := [name for name in SOURCES if not (ROOT / name).exists()]:
        raise UserError(f"{ROOT} is no checkout of the course ({missing[0]} is missing), so no wheel can be made of it")
    with tempfile.TemporaryDirectory() as scratch:
        copy, out = Path(scratch, "copy"), Path(scratch, "out")
        copy.mkdir()
        for name in SOURCES:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
            else:
                shutil.copyfile(ROOT / name, copy / name)
        command = [sys.executable, "-c", BUILD, str(out)]
        done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
        if done.returncode:
            lines = done.stderr.strip().splitlines() or ["it ended without a word"]
            raise UserError(f"setuptools makes no wheel here ({lines[-1]}); install it as constraints.txt says")
        (made,) = out.glob("*.whl")
        with zipfile.ZipFile(made) as wheel:
            return made.name, pack({name: wheel.read(name) for name in wheel.namelist()})


def pack(files: Mapping[str, bytes]) -> bytes:
    """A zip file that depends on nothing but these: in order, of no date, and stored, since compressors differ."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, files[name])
    return content.getvalue()
