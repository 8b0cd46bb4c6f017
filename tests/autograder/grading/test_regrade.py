"""After a check was corrected, a class is graded anew: it is said whose score changed, by how much and why."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys

import nbformat
import pytest
from graded_cells import cell
from graded_class import ADDS_TWO, LESSON, RIGHT, ROOT

from autograder.cli import main
from autograder.grading.classroom import Classroom
from autograder.grading.gradebook import Book
from autograder.grading.master import Assignment, master_of

pytestmark = pytest.mark.sandbox

WRONG, CORRECTED = "assert half(4) == 3", "assert half(4) == 2"


def work(notebook_of, first, second="assert third(9) == 3"):
    """The assignment as it is released with these tests."""
    cells = [
        cell("half", "raise NotImplementedError", solution=True),
        cell("half-test", first, points=2, locked=True),
        cell("third", "raise NotImplementedError", solution=True),
        cell("third-test", second, points=4, locked=True),
        cell("why", "Your answer", kind="markdown", points=3, solution=True),
    ]
    return Assignment("work", {"one": {"": master_of("one", notebook_of(*cells))}})


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'small'\n")
    (folder / "source/work").mkdir(parents=True)
    with Book(Classroom(folder)):
        pass
    return folder


@pytest.fixture
def folder(template, tmp_path, notebook_of, capsys):
    """A course in which a test is wrong: who is right has no points for it; and it was graded."""
    folder = shutil.copytree(template, tmp_path / "course")
    for student, half in (("ada", "x / 2"), ("bob", "3")):
        answers = [f"def half(x):\n    return {half}", "def third(x):\n    return x / 3", "Because"]
        cells = [
            cell(name, text, kind=kind, solution=True, points=points)
            for name, text, kind, points in zip(
                ("half", "third", "why"), answers, ("code", "code", "markdown"), (None, None, 3), strict=True
            )
        ]
        path = folder / "submitted" / student / "work/one.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook_of(*cells), path)
    release(folder, work(notebook_of, WRONG))
    assert main(["grade", str(folder)]) == 0
    capsys.readouterr()
    return folder


def release(folder, assignment):
    with Book(Classroom(folder)) as book:
        book.release(assignment)


def regrade(folder, capsys, *options):
    status = main(["regrade", str(folder), "work", "--json", *options])
    report = json.loads(capsys.readouterr().out)
    assert status == 0, report
    return report


def told(changes):
    return {(one["student"], one["exercise"]): (one["before"]["points"], one["after"]["points"]) for one in changes}


def recorded(folder, student):
    """cell -> (automatic score, score by hand, whether a person must look)."""
    query = """
        select c.name, g.auto_score, g.manual_score, g.needs_manual_grade from grade g
        join submitted_notebook n on n.id = g.notebook_id join submitted_assignment a on a.id = n.assignment_id
        join base_cell c on c.id = g.cell_id where a.student_id = ?"""
    with sqlite3.connect(folder / "gradebook.db") as database:
        rows = database.execute(query, [student]).fetchall()
    database.close()
    return {name: (auto, manual, bool(person)) for name, auto, manual, person in rows}


def by_hand(folder, points, name):
    with sqlite3.connect(folder / "gradebook.db") as database:
        database.execute(
            "update grade set manual_score = ?, needs_manual_grade = 0"
            " where cell_id in (select id from base_cell where name = ?)",
            [points, name],
        )
    database.close()


def everything(folder):
    """What a dry run must leave alone."""
    files = [*(folder / ".autograder/results").rglob("*.json"), *(folder / "autograded").rglob("*.ipynb")]
    return {path: path.read_bytes() for path in files}, recorded(folder, "ada"), recorded(folder, "bob")


def test_whose_score_changed_by_how_much_and_why(folder, notebook_of, capsys):
    release(folder, work(notebook_of, CORRECTED))
    before = everything(folder)
    planned = regrade(folder, capsys, "--dry-run")
    assert everything(folder) == before
    report = regrade(folder, capsys)
    assert planned == {**report, "dry_run": True}

    assert told(report["changes"]) == {("ada", "half-test"): (0, 2), ("bob", "half-test"): (2, 0)}
    ada, bob = report["changes"]
    assert (ada["before"]["attempt"], ada["after"]["attempt"], ada["by"]) == (1, 2, 2)
    assert ada["before"]["reason"].startswith("error: AssertionError")
    assert (ada["after"]["reason"], bob["after"]["reason"][:6]) == ("passed", "error:")
    assert recorded(folder, "ada")["half-test"] == (2, None, False)

    assert main(["regrade", str(folder), "work"]) == 0  # a second run, or one after a break, tells the same
    said = capsys.readouterr().out
    assert "ada      half-test  0/2     2/2    +2" in said
    assert "the scores of 2 of 2 students changed, by +0 points in all" in said
    assert "--force grades them all the same" in said
    assert Classroom(folder).results.latest("work", "ada")["attempt"] == 2


def test_points_given_by_hand_stand_and_are_not_asked_for_again(folder, notebook_of, capsys):
    by_hand(folder, 2.5, "why")
    by_hand(folder, 1.0, "half-test")
    release(folder, work(notebook_of, CORRECTED))
    report = regrade(folder, capsys)
    assert [(one["student"], one["manual"], one["by"]) for one in report["changes"]] == [("ada", 1, 0), ("bob", 1, 0)]
    found = recorded(folder, "ada")
    assert found["why"] == (None, 2.5, False)
    assert found["half-test"] == (2, 1.0, True)  # what a run says of it has changed
    assert found["third-test"] == (4, None, False)


def test_one_exercise_anew_says_of_each_cell_which_attempt_it_is_of(folder, notebook_of, capsys):
    release(folder, work(notebook_of, CORRECTED, second="assert third(9) == 4"))
    report = regrade(folder, capsys, "--exercise", "half-test")
    assert told(report["changes"]) == {("ada", "half-test"): (0, 2), ("bob", "half-test"): (2, 0)}
    assert told(report["left"]) == {("ada", "third-test"): (4, 0), ("bob", "third-test"): (4, 0)}

    result = Classroom(folder).results.latest("work", "ada")
    attempts = {one["name"]: one["attempt"] for one in result["notebooks"][0]["cells"]}
    assert attempts == {"half-test": 2, "third-test": 1, "why": 1}
    assert result["score"] == 6
    assert "half-test was scored anew in attempt 2, third-test, why in attempt 1" in result["notes"]
    assert {name: one[0] for name, one in recorded(folder, "ada").items()} == {
        "half-test": 2,
        "third-test": 4,
        "why": None,
    }

    again = regrade(folder, capsys, "--exercise", "half-test")
    assert (again["regraded"], told(again["changes"])) == (0, told(report["changes"]))
    rest = regrade(folder, capsys)
    assert told(rest["changes"]) == told(report["left"])
    assert "mixed" not in Classroom(folder).results.latest("work", "ada")


def test_one_exercise_anew_is_no_mix_where_the_others_stay_the_same(folder, notebook_of, capsys):
    release(folder, work(notebook_of, CORRECTED))
    report = regrade(folder, capsys, "--exercise", "half-test")
    assert len(report["changes"]) == 2
    assert report["left"] == []
    assert "mixed" not in Classroom(folder).results.latest("work", "ada")
    assert main(["grade", str(folder)]) == 0
    assert "(2 unchanged)" in capsys.readouterr().out


def test_other_answers_are_not_compared(folder, notebook_of, capsys):
    path = folder / "submitted/bob/work/one.ipynb"
    path.write_text(path.read_text().replace("return 3", "return x / 2"))
    release(folder, work(notebook_of, CORRECTED))
    report = regrade(folder, capsys)
    assert told(report["changes"]) == {("ada", "half-test"): (0, 2)}
    assert (report["compared"], report["handed_in_anew"]) == (1, ["bob"])


def test_a_request_that_fits_nothing_is_refused(folder, capsys):
    assert main(["regrade", str(folder), "work", "--exercise", "quarter"]) == 2
    assert "work has no graded exercise quarter; it has: half-test, third-test, why" in capsys.readouterr().err
    assert main(["regrade", str(folder), "work", "--student", "eve"]) == 2
    assert "nobody has handed in work" in capsys.readouterr().err


def test_what_a_student_wrote_steers_no_terminal(folder, notebook_of, capsys):
    path = folder / "submitted/ada/work/one.ipynb"
    path.write_text(path.read_text().replace("return x / 2", r"raise ValueError('\\x1b[2J\\u202e')"))
    assert main(["grade", str(folder)]) == 0
    release(folder, work(notebook_of, "half = lambda x: 1", second=CORRECTED))
    capsys.readouterr()
    assert main(["regrade", str(folder), "work"]) == 0
    said = capsys.readouterr().out
    assert "before: error: ValueError: \N{REPLACEMENT CHARACTER}[2J" in said
    assert "\x1b" not in said


def test_a_corrected_check_of_a_lesson(lesson_class, capsys, tmp_path):
    """The check is corrected in a copy of the package: judges of this process know the present one."""
    lesson_class.hand_in("ada", RIGHT)
    lesson_class.hand_in("bob", ADDS_TWO, language="fr")
    lesson_class.grade(capsys, rc=0)
    house = tmp_path / "house"
    for package in ("autograder", "cnnlib"):
        shutil.copytree(ROOT / package, house / package)
    exercises = house / f"autograder/exercises/{LESSON}.py"
    text = exercises.read_text().replace("return x + 2", "return 3 * x")
    exercises.write_text(text.replace("return 2 * x", "return x + 2"))
    command = [sys.executable, "-m", "autograder", "regrade", str(lesson_class.folder), LESSON]
    environment = {**os.environ, "PYTHONPATH": str(house)}
    done = subprocess.run(
        [*command, "--exercise", "double"], cwd=house, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1:3] == ["ada      double    1/1     0/1    -1", "    before: passed"]
    assert "    before: adds two\n    after:  passed\n" in done.stdout
    assert lesson_class.result("bob")["score"] == 1
    assert lesson_class.result("bob")["why"] == "the checks changed"
