"""No attack earns a point, harms another submission or outlives its notebook; each succeeds without what stops it."""

import copy
import importlib
import json
import os
import re
import signal
from dataclasses import replace
from string import Template

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.preprocessors import Execute
from nbgrader.utils import determine_grade

from autograder.checking.caller import local_answer
from autograder.checking.exercise import Rule
from autograder.checking.judge import judge
from autograder.kernel.kernelspec import on_jupyter_path, write_kernelspec
from autograder.kernel.protection import LAYERS as ALL_LAYERS
from autograder.kernel.settings import Settings
from tests.autograder.attacks.conftest import CONVOLUTION, GOOD, START, arm, processes_named
from tests.autograder.attacks.corpus import ATTACKS
from tests.autograder.attacks.corpus.attack import LAYERS, OUTPUT, PROOF, STOCK, Attack
from tests.autograder.attacks.corpus.resources import TOKEN
from tests.autograder.attacks.corpus.rules import DISGUISES

pytestmark = pytest.mark.sandbox


def outputs(notebook):
    return json.dumps([cell.outputs for cell in notebook.cells if cell.cell_type == "code"])


def check_of(notebook):
    return next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "double-check")


def named(*without):
    return [name for name, one in ATTACKS.items() if one.without in without]


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_earns_nothing(name, guarded):
    check = guarded.cells(name)["double-check"]
    assert check["points"] == 0
    assert re.search(ATTACKS[name].reason, check["reason"])
    assert check["max"] == 1
    assert PROOF not in outputs(guarded.autograded(name))


def test_nobody_else_is_harmed(guarded):
    assert {student: guarded.rows[student, START]["score"] for student in GOOD} == dict.fromkeys(GOOD, 1)
    assert {row["state"] for row in guarded.rows.values()} <= {"graded", "needs a human eye"}
    assert len(guarded.rows) == len(ATTACKS) + len(GOOD) + len(DISGUISES)


def test_nothing_outlives_its_notebook(guarded, surroundings):
    assert not guarded.alive
    assert not guarded.left
    assert not processes_named(TOKEN)
    assert [path.name for path in surroundings["TMP"].iterdir()] == ["server"]
    assert not os.path.exists("/dev/shm/left-behind")


@pytest.mark.parametrize("name", named(LAYERS))
def test_attack_succeeds_without_layers(name, unguarded):
    earned = unguarded.cells(name)["double-check"]["points"]
    assert PROOF in outputs(unguarded.autograded(name)) or earned == 1


@pytest.fixture(scope="module")
def stock_grade(tmp_path_factory, made_by_init, surroundings):
    """The points that nbgrader gives for a submission by itself: it runs it, and reads what the check shows."""
    folder = tmp_path_factory.mktemp("jupyter")
    preload = (f"autograder.exercises.{START}", "IPython.core.debugger")
    write_kernelspec(folder, Settings(preload=preload, off=tuple(ALL_LAYERS)))  # no sandbox, but quick
    released = nbformat.read(made_by_init / f".autograder/editions/{START}/en.ipynb", as_version=4)
    released.cells = [cell for cell in released.cells if "show" not in cell.metadata.get("tags", [])]

    def stock_grade(one, check=None):
        notebook = copy.deepcopy(released)
        if check is not None:
            check_of(notebook).source = f"import numpy as np\n{check}"
        arm(notebook, one, lambda source: Template(source).safe_substitute(surroundings))
        with on_jupyter_path(folder):
            executed, _ = Execute(timeout=20).preprocess(notebook, {"metadata": {"path": str(folder)}})
        return determine_grade(check_of(executed))[0]

    return stock_grade


@pytest.mark.parametrize("name", [name for name in named(STOCK) if name != "stays"])
def test_stock_scoring_is_fooled(name, stock_grade):
    assert stock_grade(ATTACKS[name]) == 1


@pytest.mark.parametrize("name", [name for name, one in ATTACKS.items() if one.fools])
def test_asserts_are_fooled(name, stock_grade):
    assert stock_grade(ATTACKS[name], ATTACKS[name].fools) == 1


@pytest.mark.parametrize("check", [None, *sorted({one.fools for one in ATTACKS.values() if one.fools})])
def test_stock_scoring_is_not_fooled_by_a_wrong_answer(check, stock_grade):
    assert stock_grade(Attack("", "", ""), check) == 0


def test_a_process_outlives_a_plain_kernel(tmp_path):
    notebook = new_notebook(cells=[new_code_cell(ATTACKS["stays"].first)])
    Execute(timeout=20).preprocess(notebook, {"metadata": {"path": str(tmp_path)}})
    stayed = processes_named(TOKEN)
    for pid in stayed:
        os.kill(pid, signal.SIGKILL)
    assert stayed


@pytest.mark.parametrize("name", named(OUTPUT))
def test_what_the_cell_shows_would_fool_stock_scoring(name, guarded):
    assert determine_grade(check_of(guarded.autograded(name)))[0] == 1


DISGUISED = [(f"disguised-{number}", exercise) for number, answers in enumerate(DISGUISES) for exercise in answers]


@pytest.mark.parametrize(("student", "exercise"), DISGUISED)
def test_library_answer_in_disguise_earns_nothing(student, exercise, guarded):
    check = guarded.cells(student, CONVOLUTION)[f"{exercise}-check"]
    assert check["points"] == 0
    assert check["outcome"]["broke"]


@pytest.mark.parametrize(("student", "exercise"), DISGUISED)
def test_library_answer_in_disguise_is_right_but_for_the_rule(student, exercise):
    _, source = DISGUISES[int(student[-1])][exercise]
    written = {}
    exec(source, written)  # noqa: S102 -- the corpus is ours
    declared = importlib.import_module(f"autograder.exercises.{CONVOLUTION}").EXERCISES
    without_rule = replace(next(one for one in declared if one.name == exercise), rule=Rule())
    assert judge(without_rule, local_answer(written[exercise]), seed=1).passed
