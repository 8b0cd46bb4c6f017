"""The reader of sources: markers as given, and every fault named with its line and its remedy."""

import pytest

from autograder.errors import UserError
from autograder.lessons.source import Task, read_lesson, tasks

EXERCISE = """
# %% exercise="twice" points=3
def twice(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
"""
CHECK = """
# %% check="twice"
check("twice", twice)
"""


def test_the_tiny_course_reads_with_its_markers(tiny):
    notebook = read_lesson(tiny.source(tiny.lessons[0]))
    assert [cell.metadata.marker.kind for cell in notebook.cells] == [
        *["", "", "predict", "check", "exercise", "check", "show", "question", "question"]
    ]
    assert tasks(notebook) == [
        Task("predict", "seven", 1, None),
        Task("exercise", "twice", 3, 2),
        Task("question", "why_double", 2, None),
        Task("question", "what_next", None, None),
    ]


def test_a_marker_knows_its_line(read):
    assert [cell.metadata.marker.line for cell in read(EXERCISE + CHECK).cells] == [1, 7]


def test_remarks_to_tools_are_left_out(read):
    code = "x = [\n    1,  # one\n]  # fmt: skip\ny = 'a  # b'  # noqa: E501"
    assert read(f"# %%\n{code}").cells[0].source == "x = [\n    1,  # one\n]\ny = 'a  # b'"


FAULTS = {
    "unknown marker": ('# %% exercice="a"\nx = 1', r"written.py:1: unknown marker 'exercice'; did you mean exercise\?"),
    "unknown bare word": ("# %% demo\nx = 1", "unknown marker 'demo'; the markers are exercise, check, predict, "),
    "no quotes": (
        "# %% exercise=twice points=3\nx = 1",
        "exercise=twice cannot be read; write name=",
    ),
    "a check of another": (EXERCISE + CHECK.replace('("twice"', '("thrice"'), r"must end in check\(\"twice\", …\)"),
    "a check of nothing": (EXERCISE + CHECK.replace(", twice)", ")"), "must end in check"),
    "a check that is not last": (EXERCISE + CHECK + "x = 1\n", "must end in check"),
    "no points": (
        EXERCISE.replace(" points=3", "") + CHECK,
        'exercise="twice" has no points; write exercise="twice" p',
    ),
    "no points in a prediction": ('# %% predict="a"\na = 1', 'predict="a" has no points'),
    "points on a check": (
        EXERCISE + CHECK.replace('"twice"\n', '"twice" points=3\n', 1),
        "takes no points; nothing fits",
    ),
    "points on a demonstration": ("# %% show points=2\nx = 1", "show takes no points"),
    "points on a training": ("# %% varies points=2\nx = 1", "varies takes no points"),
    "a negative number": (EXERCISE.replace("3", "-3") + CHECK, "has points=-3; a number above 0 fits"),
    "points in words": (EXERCISE.replace("3", '"three"') + CHECK, "has points='three'"),
    "true for points": (EXERCISE.replace("3", "true") + CHECK, "has points=True"),
    "a bad name": ('# %% predict="A b" points=1\nx = 1', "needs a name in small letters"),
    "a reserved name": ('# %% predict="lesson" points=1\nlesson = 1', "the name 'lesson' is the build's own"),
    "a check without exercise": (CHECK, "check='twice' has no exercise or prediction of that name above it"),
    "a check before its exercise": (CHECK + EXERCISE, "check='twice' has no exercise"),
    "a prediction without check": ('# %% predict="a" points=1\na = 1', "predict='a' has no check; add a cell"),
    "an exercise without check": (EXERCISE, "exercise='twice' has no check; add a cell"),
    "two exercises of a name": (EXERCISE + CHECK + EXERCISE, "written.py:10: 'twice' is taken by the cell at line 1"),
    "two checks of a name": (EXERCISE + CHECK + CHECK, "check='twice' stands at line 7 already"),
    "no solution": (EXERCISE.replace("### BEGIN SOLUTION", "").replace("### END SOLUTION", ""), "has no solution; put"),
    "an open solution": (EXERCISE.replace("### END SOLUTION", ""), "### BEGIN SOLUTION is never closed"),
    "an unopened solution": (EXERCISE.replace("### BEGIN SOLUTION", ""), "### END SOLUTION at line 4 of the cell"),
    "a nested solution": (EXERCISE.replace("return", "### BEGIN SOLUTION\n    return"), "does not pair"),
    "a misspelt solution": (EXERCISE.replace("### BEGIN", "# BEGIN"), "must be exactly '### BEGIN SOLUTION'"),
    "a stray solution": (
        "# %%\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION",
        "a solution stands in a cell that is no ex",
    ),
    "a question in code": ('# %% question="why"\nx = 1', "is a code cell; it must be a markdown cell"),
    "an exercise in prose": ('# %% [markdown] exercise="twice" points=1\n# x', "it must be a code cell"),
    "two statements predicted": ('# %% predict="a" points=1\na = 1\nb = 2', "must hold one statement, a = …"),
    "another name predicted": ('# %% predict="a" points=1\nb = 2', "must hold one statement, a = …"),
    "no Python": ("# %%\nx = = 1", "not Python"),
    "a magic": ("# %%\n# %matplotlib inline", "magics do not fit"),
    "a raw cell": ("# %% [raw]\n# x", "a raw cell; lessons have code and markdown cells"),
    "text before the first cell": ("x = 1\n# %%\ny = 2", "start the file with a cell"),
}


@pytest.mark.parametrize(("text", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_named(read, text, message):
    with pytest.raises(UserError, match=message):
        read(text)


def test_all_faults_are_named_at_once_in_order(read):
    with pytest.raises(UserError, match=r":1: exercise='twice' has no check.*\n.*:7: unknown marker 'exercize'"):
        read(EXERCISE + '\n# %% exercize="a"\n')
