"""A class whose results are written by hand, so that a report on it needs no kernel."""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from autograder.grading.classroom import Classroom
from autograder.grading.gradebook import Book
from autograder.grading.plan import assignments, key_of, plan

ROOT = Path(__file__).parents[1]
LESSON = "01_convolution"
UNREADABLE = "01_convolution.ipynb is not JSON (line 7): it may have been cut off, or merged"


@dataclass
class Handed:
    """What one student earns: a share by exercise, the mistakes made, and what else is to be said of the notebook."""

    shares: dict = field(default_factory=dict)
    mistakes: dict = field(default_factory=dict)
    answers: dict = field(default_factory=dict)
    outcomes: dict = field(default_factory=dict)  # more of what the judge says of an exercise
    review: list = field(default_factory=list)
    died: list = field(default_factory=list)
    seconds: float = 2.0
    readable: bool = True


def make_class(folder, students, language="en", lesson=LESSON):
    """A class folder with these students' work on one lesson."""
    folder.mkdir()
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'biology'\n")
    (folder / "autograder.toml").write_text(f'language = "{language}"\n')
    for name in ("en", "fr"):
        edition = folder / f".autograder/editions/{lesson}/{name}.ipynb"
        edition.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / f"notebooks/{name}/{lesson}.ipynb", edition)
    released = json.loads(edition.read_text())
    for student, handed in students.items():
        hand_in(folder / "submitted" / student / lesson / f"{lesson}.ipynb", released, handed)
    record(folder, students, lesson)
    return folder


def hand_in(path, released, handed):
    path.parent.mkdir(parents=True)
    notebook = json.loads(json.dumps(released))
    for cell in notebook["cells"]:
        if cell["id"] in handed.answers:
            cell["source"] = handed.answers[cell["id"]]
    path.write_text(json.dumps(notebook) if handed.readable else '{"cells": [')


def record(folder, students, lesson=LESSON):
    """Write a result for each student, on disk and in the gradebook."""
    classroom = Classroom(folder)
    with Book(classroom) as book:
        (assignment,) = assignments(classroom, book, [lesson])
        book.release(assignment)
        (editions,) = assignment.notebooks.values()
        for planned in plan(classroom, [assignment], None, force=False):
            if planned.task.student not in students:
                continue
            result = result_of(planned.task, students[planned.task.student], editions["en"])
            classroom.results.write(result)
            book.record(result, None)


def result_of(task, handed, master):
    cells = [cell_of(cell, master.exercise(cell), handed) for cell in master.cells if cell.grade]
    notebook = {"name": master.name, "cells": cells, "max": master.max_score, "unanswered": []}
    if handed.readable:
        notebook |= {"state": "graded", "file": f"{master.name}.ipynb", "language": "en", "seconds": handed.seconds}
        notebook |= {"review": handed.review, "died": handed.died}
    else:
        notebook |= {"state": "unreadable", "reason": UNREADABLE}
    about = {"format": 1, "student": task.student, "assignment": task.assignment.name, "attempt": task.attempt}
    about |= {"inputs": dict(task.inputs), "key": key_of(task), "when": "2026-10-05T16:00:00+00:00"}
    return about | {"state": "graded", "notebooks": [notebook]}


def cell_of(cell, exercise, handed):
    most = cell.points
    if not handed.readable:
        return {"name": cell.name, "points": None, "max": most, "reason": UNREADABLE}
    if exercise is None:
        return {"name": cell.name, "points": None, "max": most, "reason": "a person gives these points"}
    share = handed.shares.get(exercise, 0.0)
    outcome = {"state": "judged", "fraction": share, "mistake": handed.mistakes.get(exercise), "broke": []}
    outcome |= {"not_written": share == 0 and exercise not in handed.mistakes, **handed.outcomes.get(exercise, {})}
    points = share * most if outcome["state"] == "judged" else 0.0
    reason = "the judge's verdict"
    return {"name": cell.name, "points": points, "max": most, "reason": reason, "exercise": exercise} | {
        "outcome": outcome
    }
