"""Clusters of processes, and a small course that takes little time to grade."""

import shutil
from pathlib import Path

import nbformat
import pytest
from dask_cluster import LITTLE, PATIENT, Cluster
from graded_cells import cell

from autograder.grading.classroom import Classroom
from autograder.grading.gradebook import Book
from autograder.grading.master import Assignment, master_of

POISON = Path(__file__).parent / "poison.py"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A scheduler, and a worker that grades two at the same time; a nanny replaces it when it dies."""
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    cluster.start_scheduler()
    cluster.start_worker("worker", "--nthreads", "2", "--preload", str(POISON))
    yield cluster
    cluster.end()


@pytest.fixture
def processes(tmp_path):
    """A cluster of which nothing has started."""
    (tmp_path / "cluster").mkdir()
    cluster = Cluster(tmp_path / "cluster")
    yield cluster
    cluster.end()


@pytest.fixture(scope="session")
def small_template(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    (folder / "nbgrader_config.py").write_text("c = get_config()\n")
    (folder / "autograder.toml").write_text(LITTLE + PATIENT)
    (folder / "source/work").mkdir(parents=True)
    blank = cell("half", "raise NotImplementedError", solution=True)
    test = cell("half-test", "assert half(4) == 2", points=2, locked=True)
    notebook = nbformat.v4.new_notebook(cells=[blank, test])
    with Book(Classroom(folder)) as book:
        book.release(Assignment("work", {"one": {"": master_of("one", notebook)}}))
    return folder


@pytest.fixture
def small_class(small_template, tmp_path):
    """A class of somebody else's course; `hand_in(folder, student, half)` hands in a function."""
    return shutil.copytree(small_template, tmp_path / "small")


@pytest.fixture
def hand_in():
    def hand_in(folder, student, half, seconds=0):
        """A function that halves, or not; and a cell that takes some time."""
        answer = cell("half", f"def half(x):\n    return {half}", solution=True)
        pause = nbformat.v4.new_code_cell(f"import time\ntime.sleep({seconds})")
        path = folder / "submitted" / student / "work/one.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(nbformat.v4.new_notebook(cells=[answer, pause]), path)

    return hand_in
