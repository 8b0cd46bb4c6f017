"""A gradebook on a PostgreSQL server: many use it at once, it may be gone at any time, and it says what it wants."""

import threading

import nbformat
import pytest
from graded_cells import cell
from private_postgres import PASSWORD

from autograder.errors import UserError
from autograder.grading.classroom import Classroom
from autograder.grading.database import WRITER
from autograder.grading.gradebook import Book
from autograder.grading.master import Assignment, master_of
from autograder.grading.roster import Student

pytestmark = pytest.mark.database

CELLS = [cell("a", "raise NotImplementedError", solution=True), cell("a-test", "assert a", points=2, locked=True)]
HELPER = "a helper's word"


def result(student, points, assignment="work"):
    notebook = {"name": "one", "cells": [{"name": "a-test", "points": points}], "unanswered": []}
    about = {"assignment": assignment, "student": student, "attempt": 1, "key": f"{points}"}
    return about | {"notebooks": [notebook]}


@pytest.fixture
def classroom_on(postgres, tmp_path):
    """A class whose gradebook is this database; several classes may share it."""

    def classroom_on(database, course="small", **who):
        folder = tmp_path / course
        folder.mkdir(exist_ok=True)
        (folder / "nbgrader_config.py").write_text(f"c = get_config()\nc.CourseDirectory.course_id = {course!r}\n")
        return Classroom(folder, postgres.url(database, **who))

    return classroom_on


@pytest.fixture(scope="module")
def released(postgres, tmp_path_factory):
    """The name of a database in which an assignment was released."""
    folder, name = tmp_path_factory.mktemp("released"), postgres.fresh()
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'small'\n")
    with Book(Classroom(folder, postgres.url(name))) as book:
        book.release(work())
    return name


@pytest.fixture
def database(postgres, released):
    return postgres.fresh(like=released)


@pytest.fixture(scope="module")
def helper(postgres):
    """A role that owns nothing."""
    with postgres.connect() as connection:
        connection.execute(f"create role helper login password '{HELPER.replace(chr(39), chr(39) * 2)}'")
    return {"user": "helper", "password": HELPER}


def work():
    notebook = nbformat.NotebookNode(nbformat=4, nbformat_minor=5, metadata=nbformat.NotebookNode(), cells=CELLS)
    return Assignment("work", {"one": {"": master_of("one", notebook)}})


def count(postgres, database, table):
    with postgres.connect(database) as connection:
        return connection.execute(f"select count(*) from {table}").fetchone()[0]


def at_once(*steps):
    """Do these at the same time; what they raised."""
    raised, gate = [], threading.Barrier(len(steps))

    def run(step):
        gate.wait()
        try:
            step()
        except Exception as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=[step]) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_names_in_any_script_come_back_as_they_were(classroom_on, database):
    ids = ["Łukasz", "zoé-çelik", "李雷", "ada\N{COMBINING ACUTE ACCENT}", "Zoe"]
    with Book(classroom_on(database)) as book:
        book.enrol([Student(one, "Élodie", "Œuvrard d’Été", f"{one}@example.org") for one in ids])
        for one in ids:
            book.record(result(one, 1.5), None)
        assert [student.id for student in book.students()] == sorted(ids)
        assert {student.name for student in book.students()} == {"Élodie Œuvrard d’Été"}
        assert set(book.marks("work")) == set(ids)


def test_several_programs_make_one_gradebook(postgres, classroom_on):
    database = postgres.fresh()
    classroom = classroom_on(database)

    def make():
        with Book(classroom) as book:
            book.release(work())

    assert at_once(*[make] * 3) == []
    assert count(postgres, database, "assignment") == 1
    assert count(postgres, database, "alembic_version") == 1


def test_a_maker_that_dies_leaves_no_part(postgres, classroom_on, monkeypatch):
    database = postgres.fresh()

    def die():
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("autograder.grading.database._newest", die)
        with pytest.raises(KeyboardInterrupt):
            Book(classroom_on(database))
    assert count(postgres, database, "pg_tables where schemaname = 'public'") == 0
    with Book(classroom_on(database)) as book:
        assert book.names() == []


def test_two_graders_of_the_same_students_record_each_once(postgres, classroom_on, database):
    classroom, students = classroom_on(database), [f"student{number}" for number in range(10)]

    def grade(points):
        with Book(classroom) as book:
            for one in students:
                book.record(result(one, points), None)

    assert at_once(lambda: grade(1.0), lambda: grade(2.0)) == []
    assert count(postgres, database, "submitted_assignment") == count(postgres, database, "grade") == 10
    with Book(classroom) as book:
        for one, marks in book.marks("work").items():
            points = marks.notebooks["one"].points
            assert book.is_recorded(result(one, points))  # the scores and what they come from are of one grader


def test_no_transaction_stays_open_between_two_students(postgres, classroom_on, database):
    query = f"pg_stat_activity where datname = '{database}' and state like 'idle in transaction%'"
    with Book(classroom_on(database)) as book:
        assert not book.is_recorded(result("ada", 1.0))
        assert count(postgres, "postgres", query) == 0
        book.record(result("ada", 1.0), None)
        assert count(postgres, "postgres", query) == 0


def test_a_row_that_somebody_holds_is_waited_for_and_then_named(postgres, classroom_on, database):
    with Book(classroom_on(database), lock_seconds=1) as book:
        book.record(result("ada", 1.0), None)
        with postgres.connect(database) as other, other.transaction():
            other.execute("select * from grade for update")
            assert book.marks("work")["ada"].notebooks["one"].points == 1  # who reads does not wait
            with pytest.raises(UserError, match="was locked by another program for 1 s; run this again"):
                book.record(result("ada", 2.0), None)
        book.record(result("ada", 2.0), None)
        assert book.marks("work")["ada"].notebooks["one"].points == 2


def test_a_gradebook_that_is_being_changed_is_named_when_it_is_opened(postgres, classroom_on, database):
    with postgres.connect(database) as other, other.transaction():
        other.execute("lock table course in access exclusive mode")
        with pytest.raises(UserError, match="was locked by another program for 1 s"):
            Book(classroom_on(database), lock_seconds=1)


def test_nbgrader_too_writes_while_no_other_does(postgres, classroom_on, notebook_of):
    classroom = classroom_on(postgres.fresh())
    source = classroom.source("work")
    source.mkdir(parents=True)
    nbformat.write(notebook_of(*CELLS), source / "one.ipynb")
    with Book(classroom, lock_seconds=1) as book:
        with postgres.connect(book.database.book.engine.url.database) as other:
            other.execute("select pg_advisory_lock(%s)", [WRITER])
            with pytest.raises(UserError, match="was locked by another program for 1 s"):
                book.take_from_source("work")
        book.take_from_source("work")
        assert book.assignment("work").max_score == 2
    assert not (classroom.folder / "gradebook.db").exists()


def test_a_connection_that_is_cut_is_made_anew(postgres, classroom_on, database, capfd):
    with Book(classroom_on(database)) as book:
        book.record(result("ada", 1.0), None)
        with postgres.connect() as administrator:
            administrator.execute(
                f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'"
            )
        book.record(result("ada", 2.0), None)
        assert book.marks("work")["ada"].notebooks["one"].points == 2
    assert capfd.readouterr() == ("", "")


def test_two_classes_in_one_database_are_told_apart(classroom_on, database):
    with Book(classroom_on(database, "chemistry")) as book:
        with pytest.raises(UserError, match="holds work of the course small, and this one is chemistry; give each"):
            book.release(work())
        with pytest.raises(UserError, match="give each class a database of its own"):
            book.record(result("ada", 1.0), None)


def refused(classroom, match):
    """What is said in one line, without the password."""
    with pytest.raises(UserError, match=match) as told, Book(classroom) as book:
        book.enrol([Student("somebody new")])
    assert "\n" not in str(told.value)
    assert PASSWORD not in str(told.value)
    assert HELPER not in str(told.value)
    return True


def test_who_may_not_enter_is_told_so(postgres, classroom_on, database, helper):
    assert refused(classroom_on(database, password="wrong"), "password authentication failed .*; put the right one")
    assert refused(classroom_on("nowhere"), 'database "nowhere" does not exist; make it with createdb')
    assert refused(classroom_on(postgres.fresh(), **helper), "may not be used like this by helper: permission denied")
    assert refused(classroom_on(postgres.fresh(encoding="SQL_ASCII")), "encoding SQL_ASCII.* createdb --encoding=UTF8")


def test_who_may_only_read_reads(postgres, classroom_on, database, helper):
    with Book(classroom_on(database)) as book:
        book.record(result("ada", 1.0), None)
    with postgres.connect(database) as connection:
        connection.execute("grant select on all tables in schema public to helper")
    with Book(classroom_on(database, **helper)) as book:
        assert book.marks("work")["ada"].notebooks["one"].points == 1
    assert refused(classroom_on(database, **helper), "by helper: permission denied for table student; its owner can")
    with postgres.connect() as connection:
        connection.execute(f"alter database {database} set default_transaction_read_only = on")
    assert refused(classroom_on(database), "cannot be written; results are kept, and recorded once it can be")


def test_a_name_that_does_not_fit_is_refused_whole(classroom_on, database):
    with Book(classroom_on(database)) as book:
        with pytest.raises(UserError, match=r"refuses: value too long for type character varying\(128\)"):
            book.enrol([Student("ada"), Student("bob", "b" * 200)])
        assert book.students() == []
