"""Stock Jupyter tools run notebooks in these kernels, unchanged."""

import asyncio
import dataclasses
import json
import os
import subprocess
import sys

import nbclient
import nbformat
import pytest
from nbconvert.preprocessors import ExecutePreprocessor
from nbformat.v4 import new_code_cell, new_notebook

from autograder.kernel.doctor import examine
from autograder.kernel.kernelspec import on_jupyter_path, write_kernelspec
from autograder.kernel.protection import LAYERS
from autograder.kernel.settings import Settings

from .conftest import LIGHT

pytestmark = pytest.mark.sandbox

PLOT = """
import matplotlib.pyplot as plt
import numpy as np
plt.plot(np.arange(3))
"""
TRAIN = """
import torch
w = torch.zeros(3, requires_grad=True)
(w - 1).square().sum().backward()
y = torch.nn.functional.conv2d(torch.ones(1, 1, 8, 8), torch.ones(1, 1, 3, 3))
print(w.grad.tolist(), y.sum().item(), torch.get_num_threads())
"""
WHERE = "import os; print(os.getpid(), os.getcwd(), open('data.txt').read())"


@pytest.fixture
def kernels(tmp_path, monkeypatch):
    """Stock tools get our kernels, with all that a lesson needs imported."""
    write_kernelspec(tmp_path / "jupyter", Settings())
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))


@pytest.fixture
def folder(tmp_path):
    """A student's folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "data.txt").write_text("of the student")
    return folder


def notebook(*cells):
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return new_notebook(cells=[new_code_cell(cell) for cell in cells], metadata=metadata)


def printed(cell):
    return "".join(output.text for output in cell.outputs if output.output_type == "stream").strip()


def test_nbclient_plots_and_trains(kernels, folder):
    client = nbclient.NotebookClient(notebook(PLOT, TRAIN, WHERE), resources={"metadata": {"path": str(folder)}})
    plot, train, where = client.execute().cells
    assert [output.output_type for output in plot.outputs] == ["execute_result", "display_data"]
    assert "image/png" in plot.outputs[-1].data
    assert printed(train) == "[-2.0, -2.0, -2.0] 324.0 1"
    assert printed(where) == "2 /tmp/work of the student"


def test_four_notebooks_run_at_once(kernels, folder):
    async def run(number):
        resources = {"metadata": {"path": str(folder)}}
        mine = notebook(f"mine = {number}", "import time; time.sleep(0.2)", "print(mine)")
        client = nbclient.NotebookClient(mine, resources=resources)
        return printed((await client.async_execute()).cells[-1])

    async def run_all():
        return await asyncio.gather(*map(run, range(4)))

    assert asyncio.run(run_all()) == ["0", "1", "2", "3"]


def test_a_cell_that_hangs_is_interrupted_by_nbclient(kernels, folder):
    client = nbclient.NotebookClient(
        notebook("while True: pass", "print('goes on')"),
        timeout=1,
        interrupt_on_timeout=True,
        allow_errors=True,
        resources={"metadata": {"path": str(folder)}},
    )
    hanging, after = client.execute().cells
    assert hanging.outputs[-1].ename == "KeyboardInterrupt"
    assert printed(after) == "goes on"


def test_a_cell_that_kills_its_kernel_is_told_by_nbclient(kernels, folder):
    client = nbclient.NotebookClient(notebook("import os; os._exit(1)"), resources={"metadata": {"path": str(folder)}})
    with pytest.raises(nbclient.exceptions.DeadKernelError, match="Kernel died"):
        client.execute()


def test_nbconvert_executes(kernels, folder):
    executed, _ = ExecutePreprocessor().preprocess(notebook(WHERE), {"metadata": {"path": str(folder)}})
    assert printed(executed.cells[0]) == "2 /tmp/work of the student"


def test_jupyter_execute_from_the_command_line(folder, tmp_path):
    write_kernelspec(tmp_path / "jupyter", Settings(preload=LIGHT), ["sandboxed"])
    path = folder / "lesson.ipynb"
    nbformat.write(notebook(WHERE), path)
    command = [sys.executable, "-m", "jupyter", "execute", "--kernel_name=sandboxed", "--inplace", str(path)]
    with on_jupyter_path(tmp_path / "jupyter"):
        subprocess.run(command, check=True, capture_output=True, env=os.environ)
    assert printed(nbformat.read(path, as_version=4).cells[0]) == "2 /tmp/work of the student"


def test_settings_survive_a_kernelspec():
    settings = Settings(off=("net",), required=("seccomp",), readable=("/opt",))
    limited = dataclasses.replace(settings, limits=dataclasses.replace(settings.limits, processes=9))
    assert Settings.from_json(json.loads(json.dumps(limited.as_json()))) == limited


def test_a_layer_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="no layer is called wall; there are user, pid"):
        Settings(off=("wall",))


def test_the_doctor_tells_what_is_on_and_off():
    found = examine(Settings(preload=LIGHT, off=("net",)))
    assert set(found.protection.layers) == set(LAYERS)
    lines = list(found.lines())
    assert any(line.startswith("OFF net") and "[switched off]" in line for line in lines)
    assert any(line.startswith("on  pid") for line in lines)
    assert "Grade only notebooks that you trust" in lines[-1]
    assert json.loads(json.dumps(found.as_json()))["protection"]["layers"]["net"] == "switched off"
