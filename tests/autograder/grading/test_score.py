"""nbgrader's rules for what a cell earns, where they hold; and each of its holes, closed."""

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.utils import determine_grade

from autograder.grading.kernel import CellRun
from autograder.grading.master import MasterCell
from autograder.grading.score import score

TEST = MasterCell("f-test", "code", "assert f()", grade=True, locked=True, points=4.0)
CHECK = MasterCell("f-check", "code", 'check("f", f)', grade=True, locked=True, points=4.0)
ESSAY = MasterCell("why", "markdown", "Your words", grade=True, solution=True, points=4.0, checksum="unlike")
TASK = MasterCell("task", "markdown", "Do it", task=True, points=4.0)

ERROR = new_output("error", ename="AssertionError", evalue="no", traceback=["no"])
STDOUT = new_output("stream", name="stdout", text="hello")
STDERR = new_output("stream", name="stderr", text="a warning")
PICTURE = new_output("display_data", {"text/plain": "<Figure>"})


def value(text):
    return new_output("execute_result", {"text/plain": text})


def ours(*outputs, state="ok"):
    return score(TEST, CellRun(state, list(outputs)), TEST.source, None, None)


def stock(*outputs):
    cell = nbformat.v4.new_code_cell(TEST.source, outputs=list(outputs), metadata={"nbgrader": TEST.metadata()})
    return determine_grade(cell)[0]


@pytest.mark.parametrize(
    "outputs",
    [
        (),
        (STDOUT,),
        (PICTURE,),
        (STDERR,),
        (STDOUT, STDERR),
        (ERROR,),
        (STDOUT, ERROR),
        (value("0"),),
        (value("2.5"),),
        (value("4.0"),),
        (value(" 1e0 "),),
        (STDOUT, value("3")),
        (PICTURE, value("3"), PICTURE),
    ],
)
def test_as_nbgrader_scores_it(outputs):
    state = "error" if ERROR in outputs else "ok"
    assert ours(*outputs, state=state).points == stock(*outputs)


@pytest.mark.parametrize("text", ["nan", "-1", "'full marks'", "True", "[4]", "inf", "None", "1 2", "5"])
def test_a_value_that_is_no_credit_earns_nothing_and_is_shown_to_a_person(text):
    earned = ours(value(text))
    assert earned.points == 0
    assert "f-test" in earned.review
    assert earned.needs_a_person


def test_nbgrader_gives_full_marks_for_such_values():
    assert [stock(value(text)) for text in ("nan", "-1", "'full marks'")] == [4, 4, 4]


def test_a_number_of_numpy_is_a_number():
    assert ours(value("np.float64(2.5)")).points == 2.5


def test_output_before_the_error_earns_nothing():
    assert ours(value("4"), ERROR, state="error").points == 0
    assert stock(value("4"), ERROR) == 4


def test_an_error_counts_where_its_output_was_wiped_away():
    assert ours(state="error").points == 0
    assert stock() == 4


@pytest.mark.parametrize("state", ["not run", "died", "timeout"])
def test_what_did_not_run_to_its_end_earns_nothing(state):
    earned = ours(state=state)
    assert earned.points == 0
    assert not earned.needs_a_person


def test_a_value_without_text_earns_nothing():
    assert ours(NotebookNode(output_type="execute_result", data={}, metadata={})).points == 0


def test_answers_in_words_are_for_people_unless_there_is_none():
    assert score(ESSAY, CellRun(), "Because", None, None).points is None
    assert score(ESSAY, CellRun(), ESSAY.source, None, None).points == 0
    assert score(TASK, CellRun(), TASK.source, None, None).points is None


@pytest.mark.parametrize(("fraction", "points"), [(0.0, 0.0), (0.25, 1.0), (1.0, 4.0)])
def test_a_check_earns_what_the_judge_says_whatever_the_cell_shows(fraction, points):
    for run in (CellRun("ok", [value("4")]), CellRun("error", [ERROR]), CellRun("ok", [])):
        assert score(CHECK, run, CHECK.source, {"state": "judged", "fraction": fraction}, "f").points == points


def test_a_check_that_nobody_asked_for_earns_nothing():
    assert score(CHECK, CellRun("ok", [value("4")]), CHECK.source, None, "f").points == 0
    earned = score(CHECK, CellRun("ok"), CHECK.source, {"state": "lost", "reason": "gone"}, "f")
    assert (earned.points, earned.needs_a_person) == (0, False)


def test_a_check_that_ran_out_of_time_earns_nothing_and_is_shown_to_a_person():
    lost = {"state": "lost", "reason": "the check took too long altogether", "late": True}
    earned = score(CHECK, CellRun("ok"), CHECK.source, lost, "f")
    assert earned.points == 0
    assert "--force" in earned.review


def test_a_check_of_another_exercise_earns_nothing_and_is_shown_to_a_person():
    earned = score(CHECK, CellRun("ok"), CHECK.source, {"state": "another exercise", "reason": "g"}, "f")
    assert earned.points == 0
    assert earned.needs_a_person


def test_where_the_judge_fails_a_person_decides():
    earned = score(CHECK, CellRun("ok"), CHECK.source, {"state": "failed", "reason": "KeyError"}, "f")
    assert earned.points is None
    assert "KeyError" in earned.review
