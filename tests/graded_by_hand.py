"""Students whose results were written by hand, as grading would, without running anything."""

import re

import nbformat.v4 as v4
from graded_cells import cell
from graded_class import LESSON

from autograder.grading import results
from autograder.grading.classroom import Classroom
from autograder.grading.gradebook import Book
from autograder.grading.plan import assignments, key_of, plan

SECRET = "assert squares(97) == 'the hidden one'"
MARKED = f"### BEGIN HIDDEN TESTS\n{SECRET}\n### END HIDDEN TESTS"
FOREIGN = [
    cell("setup", "import math", locked=True),
    cell("squares", "def squares(n):\n    raise NotImplementedError", solution=True),
    cell("open-test", "assert squares(1) == [1]", points=1, locked=True),
    cell("hidden-test", f"assert squares(2) == [1, 4]\n{MARKED}", points=2, locked=True),
    cell("task", "Draw it.\n### BEGIN MARK SCHEME\nfull marks for axes\n### END MARK SCHEME", points=3, task=True,
         locked=True, kind="markdown"),
]  # fmt: skip
SHOWN = (
    '<div role="status" style="color:red"><div><strong>✗ double: not right yet — 0 of 1 point</strong></div>'
    "<div>Smallest input found that fails</div><pre>x = np.array([0.])</pre><script>alert(1)</script></div>"
)
JUDGED = {"state": "judged", "fraction": 0.0, "not_written": False, "shown": {"html": SHOWN, "text": ""}}


def graded(biology, student, cells, assignment=LESSON, ran=None, **about):
    """Keep a result of what a student handed in, as grading would."""
    classroom = Classroom(biology.folder)
    with Book(classroom) as book:
        chosen = assignments(classroom, book, [assignment])
        (planned,) = plan(classroom, chosen, student, force=False)
        (name,) = planned.task.assignment.notebooks
        usual = {"max": 1.0, "by_hand": False, "reason": "the judge's verdict"}
        notebook = {"name": name, "state": "graded", "file": f"{name}.ipynb", "unanswered": []}
        notebook |= {"cells": [usual | one for one in cells], "language": "en"} | about
        notebook["max"] = sum(one["max"] for one in notebook["cells"])
        result = {
            "format": results.FORMAT,
            "student": student,
            "assignment": assignment,
            "attempt": planned.task.attempt,
            "inputs": dict(planned.task.inputs),
            "key": key_of(planned.task),
            "notebooks": [notebook],
        }
        classroom.results.write(result)
        book.record(result, "2026-01-02 10:00:00 UTC")
    if ran is not None:
        results.write_whole(classroom.autograded(student, assignment) / f"{name}.ipynb", v4.writes(ran).encode())


def wrong(**about):
    return {"name": "double-check", "exercise": "double", "points": 0.0, "max": 1.0, "outcome": JUDGED} | about


def page(biology, student, assignment=LESSON, name=None):
    return (biology.folder / "feedback" / student / assignment / f"{name or assignment}.html").read_text()


def visible(text):
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(style|head)>.*?</\1>", "", text)))
