"""The gradebook is written a submission at a time, whole or not at all, and says in a sentence why it cannot be.

On SQLite and on PostgreSQL alike.
"""

import shutil
from datetime import datetime

import pytest
import sqlalchemy
from graded_cells import cell

from autograder.errors import UserError
from autograder.grading import recording
from autograder.grading.classroom import Classroom
from autograder.grading.gradebook import Book
from autograder.grading.master import Assignment, Master, MasterCell, master_of

CELLS = [
    cell("setup", "1", locked=True),
    cell("a", "raise NotImplementedError", solution=True),
    cell("a-test", "assert a", points=2, locked=True),
    cell("why", "Your answer", kind="markdown", points=3, solution=True),
    cell("task", "Do it", kind="markdown", points=5, task=True, locked=True),
]


CONFIG = "c = get_config()\nc.CourseDirectory.course_id = 'small'\n"


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A course whose gradebook is made: that takes nbgrader a while."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "nbgrader_config.py").write_text(CONFIG)
    with Book(Classroom(folder)):
        pass
    return folder


@pytest.fixture(scope="module")
def template_on_server(postgres, tmp_path_factory):
    """The name of a database in which a gradebook is made."""
    folder, name = tmp_path_factory.mktemp("course"), postgres.fresh()
    (folder / "nbgrader_config.py").write_text(CONFIG)
    with Book(Classroom(folder, postgres.url(name))):
        pass
    return name


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.database)])
def folder(request, template, tmp_path):
    """A course with a gradebook of its own."""
    folder = shutil.copytree(template, tmp_path / "course")
    if request.param == "postgresql":
        postgres, made = (request.getfixturevalue(name) for name in ("postgres", "template_on_server"))
        url = postgres.url(postgres.fresh(like=made))
        (folder / "nbgrader_config.py").write_text(f"{CONFIG}c.CourseDirectory.db_url = {url!r}\n")
    return folder


@pytest.fixture
def assignment(notebook_of):
    return Assignment("work", {"one": {"": master_of("one", notebook_of(*CELLS))}})


def result(points, *, attempt=1, student="ada"):
    cells = [
        {"name": "a-test", "points": points},
        {"name": "why", "points": None},
        {"name": "task", "points": None},
    ]
    notebook = {"name": "one", "cells": cells, "unanswered": ["why"]}
    about = {"assignment": "work", "student": student, "attempt": attempt, "key": f"{points}"}
    return about | {"notebooks": [notebook]}


def rows(folder, query):
    engine = sqlalchemy.create_engine(Classroom(folder).db_url, poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


SCORES = """select c.name, g.auto_score, g.needs_manual_grade from grade g join base_cell c on c.id = g.cell_id
    order by c.name"""


def test_what_was_released_is_remembered(folder, assignment):
    with Book(Classroom(folder)) as book:
        book.release(assignment)
        assert book.names() == ["work"]
        known = book.assignment("work").notebooks["one"][""]
    (released,) = assignment.notebooks["one"].values()
    assert {one.name: one for one in known.cells} == {one.name: one for one in released.cells}
    assert known.max_score == 10


def test_scores_are_recorded_and_marked(folder, assignment):
    with Book(Classroom(folder)) as book:
        book.release(assignment)
        assert not book.is_recorded(result(1.5))
        book.record(result(1.5), "2026-01-02 10:00:00 UTC")
        assert book.is_recorded(result(1.5))
        assert not book.is_recorded(result(1.5, attempt=2))
    assert rows(folder, SCORES) == [("a-test", 1.5, 0), ("task", None, 1), ("why", None, 1)]
    with Book(Classroom(folder)) as book:
        assert book.marks("work")["ada"].handed_in == datetime(2026, 1, 2, 10)
    assert rows(folder, "select auto_comment from comment where auto_comment is not null") == [("No response.",)]


def test_recording_twice_changes_nothing(folder, assignment):
    with Book(Classroom(folder)) as book:
        book.release(assignment)
        book.record(result(1.5), None)
        once = rows(folder, SCORES)
        book.record(result(1.5), None)
    assert rows(folder, SCORES) == once


def test_no_score_is_left_of_an_earlier_attempt(folder, assignment):
    with Book(Classroom(folder)) as book:
        book.release(assignment)
        book.record(result(2.0), None)
        empty = result(0.0, attempt=2) | {"notebooks": []}
        book.record(empty, None)
    assert rows(folder, SCORES) == [("a-test", 0.0, 0), ("task", 0.0, 0), ("why", 0.0, 0)]


def test_a_timestamp_that_is_no_date_is_passed_over(folder, assignment):
    with Book(Classroom(folder)) as book:
        book.release(assignment)
        book.record(result(2.0), "some day")
    assert rows(folder, "select timestamp from submitted_assignment") == [(None,)]


def test_what_fails_in_the_middle_leaves_nothing(folder, assignment, monkeypatch):
    with Book(Classroom(folder)) as book:
        book.release(assignment)
        book.record(result(2.0), None)

        def fail(*arguments):
            raise ValueError("in the middle")

        monkeypatch.setattr(recording, "_write_comments", fail)
        with pytest.raises(ValueError, match="in the middle"):
            book.record(result(1.0, attempt=2), None)
        monkeypatch.undo()
        book.record(result(0.5, student="emmy"), None)
    assert sorted(score for name, score, _ in rows(folder, SCORES) if name == "a-test") == [0.5, 2.0]


def test_a_locked_gradebook_is_waited_for_and_then_named(folder, assignment):
    engine = sqlalchemy.create_engine(Classroom(folder).db_url, poolclass=sqlalchemy.NullPool)
    lock = {"sqlite": "begin exclusive", "postgresql": "lock table grade"}[engine.dialect.name]
    with Book(Classroom(folder), lock_seconds=1) as book:
        book.release(assignment)
        with engine.connect() as other:
            other.exec_driver_sql(lock)
            with pytest.raises(UserError, match="was locked by another program for 1 s; run this again"):
                book.record(result(2.0), None)
        book.record(result(2.0), None)
        assert book.is_recorded(result(2.0))


def test_a_gradebook_that_is_none_is_named(template, tmp_path):
    folder = shutil.copytree(template, tmp_path / "course")
    (folder / "gradebook.db").write_text("not a database at all, but long enough to be taken for one" * 20)
    with pytest.raises(UserError, match=r"the gradebook .* refuses: file is not a database"), Book(Classroom(folder)):
        pass


def test_a_new_version_of_a_cell_replaces_the_old(folder, assignment):
    changed = Master(
        "one", tuple(MasterCell(**{**vars(one), "points": one.points * 2}) for one in first(assignment).cells)
    )
    with Book(Classroom(folder)) as book:
        book.release(assignment)
        book.record(result(2.0), None)
        book.release(Assignment("work", {"one": {"": changed}}))
        assert book.assignment("work").max_score == 20


def test_cells_neither_come_nor_go_once_somebody_handed_in(folder, assignment):
    fewer = Assignment("work", {"one": {"": Master("one", first(assignment).cells[:2])}})
    with Book(Classroom(folder)) as book:
        book.release(assignment)
        book.release(fewer)
        assert book.assignment("work").max_score == 0
        book.release(assignment)
        book.record(result(2.0), None)
        with pytest.raises(UserError, match="its graded cells have changed, and somebody has handed it in"):
            book.release(fewer)
    assert rows(folder, SCORES)[0] == ("a-test", 2.0, 0)


def first(assignment):
    return assignment.notebooks["one"][""]
