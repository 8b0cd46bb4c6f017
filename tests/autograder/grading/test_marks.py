"""What the gradebook holds of a class is read at once: a run's points, a person's, comments and penalties."""

import sqlite3
from datetime import datetime

import pytest
from graded_cells import cell

from autograder.grading.classroom import Classroom
from autograder.grading.gradebook import Book, mark_of
from autograder.grading.marks import Mark
from autograder.grading.master import Assignment, master_of

CELLS = [
    cell("a", "raise NotImplementedError", solution=True),
    cell("a-test", "assert a", points=2, locked=True),
    cell("why", "Your answer", kind="markdown", points=3, solution=True),
]
CONFIG = """c = get_config()
c.CourseDirectory.course_id = "small"
c.LateSubmissionPlugin.penalty_method = "zero"
"""


def result(student, points):
    cells = [{"name": "a-test", "points": points}, {"name": "why", "points": None}]
    about = {"assignment": "work", "student": student, "attempt": 1, "key": "k"}
    return about | {"notebooks": [{"name": "one", "cells": cells, "unanswered": []}]}


@pytest.fixture
def folder(tmp_path, notebook_of):
    (tmp_path / "nbgrader_config.py").write_text(CONFIG)
    with Book(Classroom(tmp_path)) as book:
        book.release(Assignment("work", {"one": {"": master_of("one", notebook_of(*CELLS))}}))
    return tmp_path


def change(folder, *statements):
    with sqlite3.connect(folder / "gradebook.db") as database:
        for statement in statements:
            database.execute(statement)
    database.close()


def test_an_assignment_that_nobody_handed_in_has_no_marks(folder):
    with Book(Classroom(folder)) as book:
        assert book.marks("work") == {}
        assert book.marks("other") == {}


def test_what_a_run_gave_waits_where_a_person_gives_points(folder):
    with Book(Classroom(folder)) as book:
        book.record(result("ada", 1.5), None)
        book.record(result("bob", 2.0), "2026-01-02 10:00:00 UTC")
        marks = book.marks("work")
    assert sorted(marks) == ["ada", "bob"]
    ada = marks["ada"].notebooks["one"]
    assert ada.cells == {"a-test": Mark(auto=1.5), "why": Mark(waits=True)}
    assert ada.points == 1.5
    assert marks["ada"].result == mark_of(result("ada", 1.5))
    assert marks["bob"].handed_in == datetime(2026, 1, 2, 10)


def test_a_persons_points_comments_and_extra_credit_count(folder):
    with Book(Classroom(folder)) as book:
        book.record(result("ada", 1.0), None)
    change(
        folder,
        "update grade set manual_score = 2.5, needs_manual_grade = 0, extra_credit = 0.5"
        " where cell_id in (select id from base_cell where name = 'why')",
        "update comment set manual_comment = 'Well seen' where cell_id in"
        " (select id from base_cell where name = 'why')",
        "update comment set manual_comment = ' ' where cell_id in (select id from base_cell where name = 'a')",
    )
    with Book(Classroom(folder)) as book:
        one = book.marks("work")["ada"].notebooks["one"]
    assert one.cells["why"] == Mark(manual=2.5, extra=0.5)
    assert one.comments == {"why": "Well seen"}
    assert one.points == 4.0


def test_what_comes_late_says_by_how_much_and_what_it_costs(folder):
    change(folder, "update assignment set duedate = '2026-01-02 09:00:00'")
    with Book(Classroom(folder)) as book:
        book.record(result("ada", 1.5), "2026-01-02 10:00:00 UTC")
        marks = book.marks("work")["ada"]
    assert marks.seconds_late == 3600
    assert marks.notebooks["one"].penalty == 1.5
    assert marks.notebooks["one"].points == 0
