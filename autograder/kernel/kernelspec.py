"""Kernelspecs by which any Jupyter tool gets our kernels, for as long as a folder is on JUPYTER_PATH."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from autograder.kernel.settings import Settings

PROVISIONER = "autograder-sandbox"


def write_kernelspec(folder: Path, settings: Settings, names: Sequence[str] = ("python3",)) -> None:
    """Write kernelspecs under `folder`, one for each name that notebooks ask for.

    JUPYTER_PATH comes before all other places, so a `python3` here replaces the environment's own.
    """
    for name in names:
        kernel = folder / "kernels" / name
        kernel.mkdir(parents=True, exist_ok=True)
        specification = {
            "argv": ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": "Python 3 (sandboxed)",
            "language": "python",
            "interrupt_mode": "signal",
            "metadata": {
                "kernel_provisioner": {
                    "provisioner_name": PROVISIONER,
                    "config": {"settings": settings.as_json()},
                }
            },
        }
        (kernel / "kernel.json").write_text(json.dumps(specification, indent=1) + "\n")


@contextmanager
def on_jupyter_path(folder: Path) -> Iterator[None]:
    """Within this block Jupyter, in this process and those it starts, looks in `folder` first."""
    before = os.environ.get("JUPYTER_PATH")
    os.environ["JUPYTER_PATH"] = os.pathsep.join([str(folder), *([before] if before else [])])
    try:
        yield
    finally:
        if before is None:
            del os.environ["JUPYTER_PATH"]
        else:
            os.environ["JUPYTER_PATH"] = before
