"""What attacks would beat: stock nbgrader, a grader that trusts what it is given, one that runs all by itself."""

import copy
import json
import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from jupyter_client.kernelspec import NoSuchKernel
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbgrader.preprocessors import Execute
from nbgrader.utils import determine_grade, is_grade

from autograder.kernel.kernelspec import on_jupyter_path, write_kernelspec
from autograder.kernel.protection import LAYERS
from autograder.kernel.settings import Settings
from tests.autograder.attacks.corpus.attack import PROOF, RIGHT, Attack
from tests.autograder.attacks.corpus.resources import TOKEN

NOTHING = Attack("nothing", "a wrong answer, and nothing else", "")
PATIENCE = 4  # seconds until what should have ended is called endless

# Runs all students in its own process, with its gradebook open, as a script that execs notebooks does.
IN_ONE_PROCESS = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
gradebook = open(sys.argv[1])
for student, first, answer in (("attacker", *sys.argv[2:4]), ("next", "", sys.argv[4])):
    print("grades", student, flush=True)
    names = {}
    try:
        exec(first, names)
        exec(answer, names)
        print(student, names["double"](3) == 6, flush=True)
    except Exception:
        print(student, False, flush=True)
"""


def shown_in(notebook):
    """All outputs of a notebook, as text."""
    return json.dumps([cell.outputs for cell in notebook.cells if cell.cell_type == "code"])


def check_of(notebook):
    """The cell that checks the answer, or None where it is gone."""
    named = (cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "double-check")
    return next(named, None)


class Peers:
    """Other graders, in kernels without a sandbox. Each method says whether an attack succeeds there."""

    def __init__(self, folder: Path, released, arm, fill_in) -> None:
        self.folder, self._released, self._arm, self.fill_in = folder, released, arm, fill_in
        self._released.cells = [cell for cell in released.cells if "show" not in cell.metadata.get("tags", [])]
        self._spec = folder / "jupyter"
        preload = (f"autograder.exercises.{released.metadata.lesson.id}", "IPython.core.debugger")
        write_kernelspec(self._spec, Settings(preload=preload, off=tuple(LAYERS)))  # no sandbox, but quick
        self._ended = {}

    def notebook(self, one, check=None):
        notebook = copy.deepcopy(self._released)
        if check is not None:
            check_of(notebook).source = f"import numpy as np\n{check}"
        self._arm(notebook, one, self.fill_in)
        return notebook

    def stock(self, one, check=None):
        """The notebook as nbgrader runs it; `check` are asserts in place of the course's check."""
        work = self.folder / one.name
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        for name, content in one.files.items():
            content = self.fill_in(content)
            (work / name).parent.mkdir(exist_ok=True)
            shutil.copy(content[3:], work / name) if content.startswith("-> ") else (work / name).write_text(content)
        with on_jupyter_path(self._spec):
            return self._execute(one, work, check)

    def _execute(self, one, work, check=None):
        notebook, _ = Execute(timeout=20).preprocess(self.notebook(one, check), {"metadata": {"path": str(work)}})
        return notebook

    def fools_stock(self, one, check=None):
        """nbgrader runs it, and reads full points from what the check's cell shows."""
        return determine_grade(check_of(self.stock(one, check)))[0] == 1

    def ends_stock(self, one):
        """nbgrader comes to no score at all, so one from an earlier submission would stay (foreign/test_holes.py)."""
        try:
            return check_of(self.stock(one)) is None
        except (DeadKernelError, NoSuchKernel, KeyError):
            return True

    def fools_the_trusting(self, one):
        """A grader that takes files, cells and metadata as they come gives away points, a decision, or its files."""
        notebook = self.stock(one)
        earned = [determine_grade(cell)[0] for cell in notebook.cells if is_grade(cell)]
        return None in earned or sum(earned) > one.due or PROOF in shown_in(notebook)

    def fools_those_who_look_anywhere(self, one):
        """The check says somewhere in the notebook that all was right."""
        return "double: passed" in shown_in(self.stock(one))

    def fools_readers_of_outputs(self, one):
        """nbclient runs it, and what is left of the outputs of the check's cell would earn the points."""
        with on_jupyter_path(self._spec):
            notebook = self.notebook(one)
            NotebookClient(notebook, kernel_name="python3", allow_errors=True, timeout=20).execute()
        return determine_grade(check_of(notebook))[0] == 1

    def keeps_clients_waiting(self, one):
        """A client that waits for a cell's end waits in vain."""
        with on_jupyter_path(self._spec):
            manager = KernelManager(kernel_name="python3")
            manager.start_kernel()
            client = manager.client()
            client.start_channels()
            try:
                client.wait_for_ready(timeout=30)
                client.execute_interactive("1", timeout=30)
                client.execute_interactive(one.first, timeout=PATIENCE)
            except (TimeoutError, ValueError):  # it says nothing, or what is signed by nobody
                return True
            else:
                return False
            finally:
                client.stop_channels()
                manager.shutdown_kernel(now=True)

    def spoils_one_process(self, one, others):
        """A grader that runs all in its own process never comes to the next student, or to its end, or is read."""
        if not self._ended:  # all at once, since most of them are waited for
            with ThreadPoolExecutor(len(others)) as pool:
                self._ended.update(
                    zip([each.name for each in others], pool.map(self._in_one_process, others), strict=True)
                )
        said, ended = self._ended[one.name]
        assert said.startswith("grades attacker")
        return "next True" not in said or not ended or PROOF in said

    def _in_one_process(self, one):
        gradebook = self.folder / "gradebook.db"
        gradebook.touch()
        work = self.folder / "processes" / one.name
        work.mkdir(parents=True)
        command = [sys.executable, "-c", IN_ONE_PROCESS, str(gradebook), one.first, one.answer, RIGHT]
        process = subprocess.Popen(command, cwd=work, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            return process.communicate(timeout=PATIENCE)[0], True
        except subprocess.TimeoutExpired:
            process.kill()
            return process.communicate()[0], False

    def spoils_plain_kernels(self, one, patch, processes_named):
        """nbgrader in plain kernels that share a home: it, or the next wrong answer, earns the points; or it stays."""
        home = self.folder / f"home-{one.name}"
        patch.setenv("IPYTHONDIR", str(home / "ipython"))
        earned = []
        for number, each in enumerate((one, NOTHING)):
            work = home / str(number)
            work.mkdir(parents=True)
            for name, content in each.files.items():
                (work / name).parent.mkdir(exist_ok=True)
                (work / name).write_text(content)
            with suppress(DeadKernelError):
                earned.append(determine_grade(check_of(self._execute(each, work)))[0])
        stayed = processes_named(TOKEN)
        for pid in stayed:
            os.kill(pid, signal.SIGKILL)
        return 1 in earned or bool(stayed)

    @staticmethod
    def kills_neighbours(one):
        """On a machine of its own, it kills the process of somebody else."""
        script = Path(__file__).with_name("small_machine.py")
        done = subprocess.run([sys.executable, str(script), one.first], capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stderr
        return done.stdout == "the neighbour died\n"
