"""What a notebook sees of a check, and what nbgrader reads from it."""

import json
import os
import socket
import subprocess
import sys
import threading

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade

import autograder
from autograder.checking.caller import Answer
from autograder.checking.judge import judge
from autograder.checking.lesson import LessonError
from autograder.checking.result import present
from autograder.checking.wire import DescriptorLink
from tests.autograder.checking.kinds.arrays import TWO

OPENING = """
import sys, types
from tests.autograder.checking.kinds import arrays
import autograder.exercises
lessons = types.ModuleType("autograder.exercises.00_start")
lessons.VERSION, lessons.EXERCISES = 1, (arrays.TWO.exercise,)
sys.modules["autograder.exercises.00_start"] = lessons
there, back = arrays.windows_to_columns, arrays.columns_to_signal
name = arrays.TWO.exercise.name
from autograder import lesson
check = lesson("00_start", language="fr", version=1, points={name: 3})
"""
ANSWERS = {"all": "there, back", "a part": "there, print", "nothing": "print, print"}


@pytest.fixture(scope="module")
def executed():
    """A notebook with a check that passes, one that earns a part, and one that earns nothing."""
    cells = [new_code_cell(OPENING)]
    for answer in ANSWERS.values():
        cells.append(new_code_cell(f"check(name, {answer})"))
        cells[-1].metadata.tags = ["raises-exception"]
        cells[-1].metadata.nbgrader = {"grade": True, "solution": False, "points": 3, "cell_type": "code"}
    cells.append(new_code_cell("import cnnlib.draw.words; print(cnnlib.draw.words.say('input'))"))
    notebook = new_notebook(cells=cells)
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute(env=os.environ | {"PYTHONPATH": os.getcwd()})
    nbformat.validate(notebook)
    return dict(zip(("opening", *ANSWERS, "drawn"), notebook.cells, strict=True))


@pytest.mark.parametrize(("answer", "points"), [("all", 3), ("a part", 1), ("nothing", 0)])
def test_nbgrader_reads_the_right_score(executed, answer, points):
    score, most = determine_grade(executed[answer])
    assert (score or 0, most) == (points, 3)


def test_full_points_have_no_value_and_no_error(executed):
    assert [output.output_type for output in executed["all"].outputs] == ["display_data"]


def test_a_part_of_the_points_is_the_value_of_the_cell(executed):
    shown, value = executed["a part"].outputs
    assert (shown.output_type, value.output_type) == ("display_data", "execute_result")
    assert value.data == {"text/plain": "1.0"}


def test_no_points_raise_in_one_plain_line(executed):
    shown, error = executed["nothing"].outputs
    assert (shown.output_type, error.output_type, error.ename) == ("display_data", "error", "CheckFailed")
    assert len(error.traceback) == 1
    assert "\n" not in error.traceback[0]
    assert "\x1b" not in error.traceback[0]


@pytest.mark.parametrize("answer", ANSWERS)
def test_it_is_shown_as_html_and_as_text(executed, answer):
    data = executed[answer].outputs[0].data
    assert data["text/html"].startswith("<div ")
    assert data["text/plain"].startswith(("✓", "◐", "✗"))


def test_nothing_is_written_to_stderr(executed):
    outputs = [output for cell in executed.values() for output in cell.outputs]
    assert not [output for output in outputs if output.get("name") == "stderr"]


def test_pictures_speak_the_language_of_the_lesson(executed):
    assert executed["drawn"].outputs[0].text == "entrée\n"


def run(program, **options):
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, **options).stdout


def test_importing_autograder_is_light():
    loaded = set(json.loads(run("import sys, json, autograder; print(json.dumps(list(sys.modules)))")))
    assert "autograder.checking.lesson" in loaded
    assert not loaded & {"torch", "numpy", "hypothesis", "IPython", "cnnlib", "matplotlib", "autograder.exercises"}


GRADED = """
import os, sys, json, multiprocessing
from autograder import lesson
check = lesson("01_convolution", language="fr")
again = lesson("01_convolution", language="fr")
value = check("any name", lambda x, size: x, lambda columns: columns)
told = {
    "variable": "AUTOGRADER_DESCRIPTOR" in os.environ,
    "modules": [name for name in sys.modules if name.startswith(("autograder.exercises", "hypothesis", "cnnlib"))],
}
DESCRIPTOR = int(sys.argv[1])
told["inheritable"] = os.get_inheritable(DESCRIPTOR)
pid = os.fork()
if pid == 0:
    try:
        os.fstat(DESCRIPTOR)
    except OSError:
        os._exit(0)
    os._exit(1)
told["open in a fork"] = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
print(json.dumps(told))
"""


def test_in_a_grading_kernel_nothing_is_judged_and_nothing_is_known():
    ours, theirs = socket.socketpair()
    verdicts = []

    def grade():
        link = DescriptorLink(ours, seconds=20)
        assert link.next_check(float("inf")) == "any name"
        verdicts.append(judge(TWO.exercise, Answer(link), seed=3))
        result = present(verdicts[0], "fr", 3)
        shown = {"fraction": 1.0, "headline": result.headline, "text": str(result), "html": result._repr_html_()}
        link.done(shown, float("inf"))

    grader = threading.Thread(target=grade)
    grader.start()
    descriptor = theirs.fileno()
    process = subprocess.run(
        [sys.executable, "-c", GRADED, str(descriptor)],
        env=os.environ | {"AUTOGRADER_DESCRIPTOR": str(descriptor)},
        pass_fds=[descriptor],
        capture_output=True,
        text=True,
        check=True,
    )
    grader.join()
    ours.close()
    theirs.close()
    assert verdicts[0].fraction == 0.0
    shown, _, told = process.stdout.rstrip().rpartition("\n")
    assert shown.startswith("✗ two functions in one check, with partial credit\xa0: pas encore juste")
    assert json.loads(told) == {"variable": False, "modules": [], "inheritable": False, "open in a fork": 0}


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda: autograder.lesson("99_none"), "the installed course has no lesson 99_none; it has: 00_start, 01_conv"),
        (lambda: autograder.lesson("00_start", version=99), "this notebook has version 99 of lesson 00_start"),
        (
            lambda: autograder.lesson("00_start")("triple", abs),
            "lesson 00_start has no exercise triple; it has: double",
        ),
        (lambda: autograder.lesson("00_start")("double"), "check double takes 1 objects, not 0"),
    ],
)
def test_what_does_not_fit_is_told_in_one_line(action, message):
    with pytest.raises(LessonError, match=message) as raised:
        action()
    assert raised.value._render_traceback_() == [f"LessonError: {raised.value}"]


def test_outside_a_notebook_the_text_is_printed(capsys):
    assert autograder.lesson("00_start", points={"double": 1})("double", lambda x: 2 * x) is None
    assert capsys.readouterr().out.startswith("✓ double: passed — 1 of 1 point\n")
    with pytest.raises(autograder.CheckFailed, match="double: not right yet"):
        autograder.lesson("00_start")("double", abs)
