"""Cells are read, not run, to tell what a demonstration is needed for and what a student wrote for a check."""

from pathlib import Path

import nbformat.v4 as v4
import pytest
from graded_cells import cell

from autograder.grading.demonstrations import sources_to_run
from autograder.grading.master import DEMONSTRATION, master_of
from autograder.grading.names import behind, bound_in, used_in
from autograder.grading.written import plain_python, written_for
from autograder.lessons.course import load_course
from autograder.lessons.pipeline import solved

COURSE = load_course(Path(__file__).parents[3])

SHOW = "import numpy as np\nfrom os import path\nx = np.arange(3)\nprint(x)"


def test_names_used_are_those_of_the_notebook():
    assert used_in("def f(x):\n    y = x + z\n    return y") >= {"f", "z"}
    assert used_in("def f(x):\n    y = x + z\n    return y").isdisjoint({"x", "y"})


def test_names_bound_are_those_left_behind():
    source = "import os\nfrom a import b\nx, y = 1, 2\nfor i in []: pass\ndef f(): t = 1\nclass C: u = 1"
    assert bound_in(source) == {"x", "y", "i", "f", "C"}
    assert bound_in("def f():\n    global hidden\n    hidden = 1") == {"f", "hidden"}


def test_what_is_no_python_may_use_and_bind_all_its_words():
    assert used_in("%matplotlib x") == bound_in("%matplotlib x") == {"matplotlib", "x"}


def test_cells_behind_a_check_are_followed_back():
    cells = ["k = 3", "def helper(x): return k * x", "unrelated = 1", "def f(x): return helper(x)", "f = f"]
    assert behind('check("f", f)', cells) == [
        "k = 3",
        "def helper(x): return k * x",
        "def f(x): return helper(x)",
        "f = f",
    ]


def run_of(*sources):
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source) for source in sources])
    return sources_to_run(notebook, {SHOW})


def test_a_demonstration_leaves_its_imports():
    assert run_of(SHOW, "y = 1") == ["import numpy as np\nfrom os import path", "y = 1"]


def test_a_demonstration_that_is_used_runs_whole():
    assert run_of(SHOW, "y = x + 1") == [SHOW, "y = x + 1"]
    assert run_of(SHOW, "def f():\n    return x") == [SHOW, "def f():\n    return x"]


def test_a_local_name_alike_is_no_use_of_it():
    assert run_of(SHOW, "def f(x):\n    return x")[0] != SHOW


def test_a_name_that_a_cell_gives_a_value_first_is_no_use_of_it():
    assert run_of(SHOW, "x = 3\nprint(x)")[0] != SHOW
    assert run_of(SHOW, "print(x)\nx = 3")[0] == SHOW


def test_a_changed_demonstration_runs_whole():
    assert run_of(SHOW + "\n1") == [SHOW + "\n1"]


@pytest.mark.parametrize("lesson", COURSE.written(), ids=lambda lesson: lesson.id)
def test_grading_runs_next_to_no_demonstration_of_a_lesson(lesson):
    notebook = solved(COURSE, lesson, "en")
    shown = {cell.source for cell in notebook.cells if DEMONSTRATION in cell.metadata.get("tags", [])}
    run = [source for source in sources_to_run(notebook, shown) if source in shown]
    assert len(run) <= 2, run  # some train for seconds


def test_demonstrations_that_feed_a_needed_one_run_too():
    first, second = "a = 1", "b = a"
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source) for source in (first, second, "print(b)")])
    assert sources_to_run(notebook, {first, second}) == [first, second, "print(b)"]


def test_text_runs_nothing():
    assert sources_to_run(v4.new_notebook(cells=[v4.new_markdown_cell("x")]), set()) == [""]


def test_what_was_written_for_a_check_leaves_experiments_out(notebook_of):
    notebook = notebook_of(
        cell("f", "%%time\ndef f(x):\n    return g(x)", solution=True),
        v4.new_code_cell("%precision 3\ndef g(x):\n    return x"),
        v4.new_code_cell("y = forbidden(3)"),
        v4.new_code_cell("def f(:"),
        cell("f-check", 'check("f", f)', points=1, locked=True),
    )
    cells = master_of("work", notebook).cells
    masters = {number: one for number in range(5) for one in cells if one.name == notebook.cells[number].id}
    written = written_for('check("f", f)', notebook, masters)
    assert "def f(x):" in written
    assert "def g(x):" in written
    assert "forbidden" not in written
    compile(written, "cell", "exec")


@pytest.mark.parametrize(("source", "plain"), [("x = 1", "x = 1\n"), ("%%time\nx = 1", "x = 1\n"), ("%%html", "\n")])
def test_magic_is_taken_off(source, plain):
    assert plain_python(source) == plain
