"""Scores leave the gradebook for each platform: by hand or by a run, late, excused, missing, and under any name."""

import csv
import io
import json
import re
import shlex
import shutil
import sqlite3
from pathlib import Path

import pytest
from nbgrader.apps.exportapp import ExportApp

from autograder.cli import main
from autograder.grading.classroom import Classroom
from autograder.grading.gradebook import Book
from autograder.grading.master import Assignment, Master, MasterCell
from autograder.reports.sheet import agreed_marks

DOCS = Path(__file__).parents[3] / "docs/exporting-and-regrading.md"
POINTS = {"01_convolution": 10.0, "02_layer": 4.0}
PEOPLE = [
    ("ada", "Ada", "L'Été", "ada@example.org", "101"),
    ("bob", '=HYPERLINK("http://evil","click")', 'Bob, "B"', "+bob@example.org", "@102"),
    ("eve", "Ève", "Œuvré", None, None),
    ("kim", None, None, "kim@example.org", "104"),
]
RULES = """
[deadlines]
timezone = "Europe/Paris"
01_convolution = 2026-10-05T18:00:00

[late]
policy = "per day"
percent = 20
grace_minutes = 10

[excused]
eve = ["02_layer"]

[canvas]
01_convolution = 7001
section = "Group A"
"""


def assignment(name):
    cells = [
        MasterCell("check", "code", "assert a", grade=True, locked=True, points=POINTS[name] - 2),
        MasterCell("why", "markdown", "Your answer", grade=True, solution=True, points=2),
    ]
    return Assignment(name, {name: {"": Master(name, tuple(cells))}})


def result(student, name, points, why=0.0, by_hand=False):
    cells = [{"name": "check", "points": points, "by_hand": by_hand}, {"name": "why", "points": why}]
    about = {"assignment": name, "student": student, "attempt": 1, "key": "k"}
    return about | {"notebooks": [{"name": name, "cells": cells, "unanswered": []}]}


def change(folder, *statements):
    with sqlite3.connect(folder / "gradebook.db") as database:
        for statement, values in statements:
            database.execute(statement, values)
    database.close()


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A class of four: one in time, one late, one who cannot be read, one who handed in nothing that was graded."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'small'\n")
    with Book(Classroom(folder)) as book:
        for name in POINTS:
            book.release(assignment(name))
        book.record(result("ada", "01_convolution", 8.0, 1.0), "2026-10-05 16:00:00 UTC")
        book.record(result("ada", "02_layer", 1.5, None), None)
        book.record(result("bob", "01_convolution", 5.0), "2026-10-05 16:10:01 UTC")
        book.record(result("eve", "01_convolution", None, None), "2026-10-05 16:00:01 UTC")
        book.record(result("eve", "02_layer", 2.0), None)
    (folder / "submitted/kim/01_convolution").mkdir(parents=True)
    insert = "insert or replace into student (id, first_name, last_name, email, lms_user_id) values (?, ?, ?, ?, ?)"
    change(folder, *((insert, person) for person in PEOPLE))
    return folder


@pytest.fixture
def folder(template, tmp_path):
    folder = shutil.copytree(template, tmp_path / "class")
    (folder / "autograder.toml").write_text(RULES)
    return folder


def export(folder, to, *options, only=()):
    output = folder / "out"
    assert main(["export", str(folder), *only, "--to", to, "--output", str(output), *options]) == 0
    return output.read_bytes()


def rows(content, delimiter=","):
    return list(csv.reader(io.StringIO(content.decode(), newline=""), delimiter=delimiter))


def scores(folder):
    """(student, assignment) -> its line of the JSON export."""
    whole = json.loads(export(folder, "json"))
    return {(one["id"], name): line for one in whole["students"] for name, line in one["scores"].items()}


def test_moodle_gets_no_grade_where_there_is_none(folder):
    expected = [
        "First name,Last name,ID number,Email address,Username,"
        "01_convolution,01_convolution (feedback),02_layer,02_layer (feedback)",
        "Ada,L'Été,101,ada@example.org,ada,9,,1.5,",
        '"\'=HYPERLINK(""http://evil"",""click"")","Bob, ""B""",'
        "'@102,'+bob@example.org,bob,4,"
        "5 before 1 for lateness,-,",
        "Ève,Œuvré,eve,,eve,-,,-,excused",
        ",,104,kim@example.org,kim,-,,-,",
    ]
    assert export(folder, "moodle").decode().split("\r\n") == [*expected, ""]


def test_canvas_gets_its_ids_its_maxima_and_who_is_excused(folder):
    assert rows(export(folder, "canvas")) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "01_convolution (7001)", "02_layer"],
        ["    Points Possible", "", "", "", "", "10", "4"],
        ["L'Été, Ada", "101", "ada", "ada@example.org", "Group A", "9", "1.5"],
        ['Bob, "B", ' + PEOPLE[1][1], "'@102", "bob", "'+bob@example.org", "Group A", "4", ""],
        ["Œuvré, Ève", "", "eve", "eve", "Group A", "", "EX"],
        ["kim", "104", "kim", "kim@example.org", "Group A", "", ""],
    ]


def test_a_plain_csv_opens_in_excel_and_has_what_lateness_cost(folder):
    content = export(folder, "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [(line["student_id"], line["assignment"]) for line in lines] == [
        (who, what) for who in ("ada", "bob", "eve", "kim") for what in POINTS
    ]
    late = lines[2]
    assert late["due"] == "2026-10-05T16:00:00+00:00"
    assert late["handed_in"] == "2026-10-05T16:10:01+00:00"
    assert [late[name] for name in ("seconds_late", "raw_score", "late_penalty", "score")] == ["601", "5", "1", "4"]
    assert export(folder, "csv", "--no-bom") == content.removeprefix(b"\xef\xbb\xbf")
    semicolons = rows(export(folder, "csv", "--separator", "semicolon", "--no-bom"), ";")
    assert semicolons[2][10:14] == ["1,5", "0", "1,5", "4"]


def test_json_tells_the_reasons_and_keeps_text_as_it_is(folder):
    whole = json.loads(export(folder, "json"))
    assert whole["students"][1]["first_name"] == PEOPLE[1][1]
    found = {pair: (line["status"], line["raw_score"], line["score"]) for pair, line in scores(folder).items()}
    assert found == {
        ("ada", "01_convolution"): ("graded", 9, 9),
        ("ada", "02_layer"): ("waiting", 1.5, 1.5),
        ("bob", "01_convolution"): ("graded", 5, 4),
        ("bob", "02_layer"): ("missing", None, None),
        ("eve", "01_convolution"): ("waiting", None, None),
        ("eve", "02_layer"): ("excused", 2, None),
        ("kim", "01_convolution"): ("not graded", None, None),
        ("kim", "02_layer"): ("missing", None, None),
    }


def test_what_is_not_final_is_said(folder, capsys):
    export(folder, "moodle")
    said = capsys.readouterr().err
    assert "2 scores are not final: 3 cells wait for a person" in said
    assert "1 submissions are not graded: run autograder grade" in said


def test_late_begins_with_the_second_after(folder):
    rules = RULES.replace("grace_minutes = 10", "")
    for time, seconds, penalty in (("16:00:00", 0, 0), ("16:00:01", 1, 1), ("15:59:59", 0, 0)):
        change(folder, ("update submitted_assignment set timestamp = ? where student_id='bob'", [f"2026-10-05 {time}"]))
        (folder / "autograder.toml").write_text(rules)
        line = scores(folder)["bob", "01_convolution"]
        assert (line["seconds_late"], line["late_penalty"]) == (seconds, penalty)


def test_what_students_are_told_of_lateness_is_what_is_exported(folder):
    classroom = Classroom(folder)
    with Book(classroom) as book:
        marks = agreed_marks(classroom, book, "01_convolution")
    told = {who: (one.seconds_late, one.notebooks["01_convolution"].points) for who, one in marks.items()}
    assert told == {"ada": (0, 9), "bob": (601, 4), "eve": (1, 0)}


def test_points_and_extra_credit_given_by_hand_count_and_so_does_their_lateness(folder):
    change(
        folder,
        (
            "update grade set manual_score = 6.5, extra_credit = 1, needs_manual_grade = 0 where auto_score = ?",
            [5.0],
        ),
    )
    line = scores(folder)["bob", "01_convolution"]
    assert (line["raw_score"], line["late_penalty"], line["score"]) == (7.5, 1.5, 6)


def test_without_own_rules_nbgraders_due_date_extension_and_penalty_stand(folder):
    (folder / "autograder.toml").write_text("")
    change(
        folder,
        ("update assignment set duedate = ? where name = '01_convolution'", ["2026-10-05 16:00:00"]),
        ("update submitted_assignment set extension = ? where student_id = 'eve'", ["1970-01-01 01:00:00"]),
        (
            "update submitted_notebook set late_submission_penalty = 2 where assignment_id in"
            " (select id from submitted_assignment where student_id = ?)",
            ["bob"],
        ),
    )
    found = scores(folder)
    assert (found["bob", "01_convolution"]["late_penalty"], found["bob", "01_convolution"]["score"]) == (2, 3)
    assert found["bob", "01_convolution"]["seconds_late"] == 601
    assert found["eve", "01_convolution"]["seconds_late"] == 0
    assert found["eve", "02_layer"]["status"] == "graded"


def test_only_what_is_asked_for(folder):
    whole = json.loads(export(folder, "json", "--student", "eve", "--student", "ada"))
    assert [one["id"] for one in whole["students"]] == ["eve", "ada"]
    assert rows(export(folder, "canvas", only=["02_layer"]))[0][5:] == ["02_layer"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["03_none", "--to", "csv"], "there is no assignment 03_none; there are: 01_convolution, 02_layer"),
        (["--to", "csv", "--student", "zoe"], "there is no student zoe; there are: ada, bob, eve, kim"),
        (["--to", "json", "--fill", "x"], "--fill takes a file from Moodle or Canvas"),
        (["--to", "moodle", "--fill", "x"], "x cannot be read: No such file"),
        (["--to", "csv", "--output", "/dev/null/x"], "/dev/null/x cannot be written: "),
    ],
)
def test_what_does_not_fit_is_refused(folder, options, told, capsys):
    assert main(["export", str(folder), *options]) == 2
    assert told in capsys.readouterr().err


WORKSHEET = """\ufeffIdentifier,Full name,Email address,Status,Grade,Maximum Grade,Last modified (grade),Comments
Participant 11,Ada L'Été,ADA@example.org,Submitted,,10.00,-,
Participant 12,"=cmd()",+bob@example.org,Submitted,2.00,10.00,"Monday, 5 October 2026",
Participant 13,Ève Œuvré,,Submitted,1.00,10.00,-,seen
Participant 14,Zoe Nobody,zoe@example.org,No submission,,10.00,-,
"""


def test_a_worksheet_from_moodle_is_filled_in(folder, capsys):
    given = folder / "worksheet.csv"
    given.write_text(WORKSHEET, encoding="utf-8", newline="")
    content = export(folder, "moodle", "--fill", str(given), only=["01_convolution"])
    assert content.startswith(b"\xef\xbb\xbfIdentifier,")
    found = rows(content.removeprefix(b"\xef\xbb\xbf"))
    assert [row[4] for row in found] == ["Grade", "9", "4", "1.00", ""]
    assert found[2][1] == "'=cmd()"
    assert found[1][6] == "-"
    said = capsys.readouterr().err
    assert f"1 rows of {given} are of nobody in the class and were left as they were: Participant 14 Zoe Nobody" in said
    assert f"1 students of the class are not in {given}: kim" in said


def test_a_worksheet_in_french_with_semicolons(folder):
    given = folder / "worksheet.csv"
    given.write_text(
        "Identifiant;Nom complet;Adresse de courriel;Statut;Note;Note maximale\n"
        "Participant 11;Ada;ada@example.org;Remis;;4,00\n",
        encoding="utf-8",
    )
    assert rows(export(folder, "moodle", "--fill", str(given), only=["02_layer"]), ";")[1][4] == "1,5"


def test_a_gradebook_from_canvas_is_filled_in(folder):
    given = folder / "canvas.csv"
    given.write_text(
        "Student,ID,SIS Login ID,Section,02_layer (9),01_convolution (7),Final Score\n"
        "    Points Possible,,,,4.00,10.00,(read only)\n"
        '"L\'Été, Ada",5,ada@example.org,A,,,90\n'
        '"Œuvré, Ève",6,x,A,3.00,,50\n',
        encoding="utf-8",
    )
    found = rows(export(folder, "canvas", "--fill", str(given)))
    assert found[2][4:] == ["1.5", "9", "90"]
    assert found[3][4:] == ["EX", "", "50"]


@pytest.mark.parametrize(
    ("to", "text", "told"),
    [
        ("moodle", "a,b\n1,2\n", "is no grading worksheet from Moodle"),
        (
            "moodle",
            "Identifier,Grade,Maximum Grade\nParticipant 1,,100\n",
            "says that 01_convolution has 100 points, and it",
        ),
        ("canvas", "a,b\n1,2\n", "is no gradebook from Canvas"),
        ("canvas", "Student,ID,Section,other (1)\nx,1,A,\n", "has no column for 01_convolution"),
        ("canvas", b"Student,\xe9\n", "is not in UTF-8"),
    ],
)
def test_a_file_that_cannot_be_filled_is_refused(folder, to, text, told, capsys):
    given = folder / "given.csv"
    given.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert main(["export", str(folder), "01_convolution", "--to", to, "--fill", str(given)]) == 2
    assert told in capsys.readouterr().err
    assert not (folder / f"scores-{to}.csv").exists()


CANVAS = "Student,ID,SIS Login ID,Section,02_layer (9),01_convolution (7)\nx,1,ada@example.org,A,,\n"


def test_the_documented_commands_and_settings_work(folder, monkeypatch, capsys):
    text = DOCS.read_text(encoding="utf-8")
    commands = re.findall(r"^    autograder (export DIR .+)$", text, re.MULTILINE)
    assert len(commands) == 6
    (folder / "autograder.toml").write_text("\n".join(re.findall(r"```toml\n(.*?)```", text, re.DOTALL)))
    (folder / "Grades-course.csv").write_text(WORKSHEET, encoding="utf-8")
    (folder / "gradebook.csv").write_text(CANVAS)
    monkeypatch.chdir(folder)
    for command in commands:
        assert main(shlex.split(command.replace("DIR", "."))) == 0, command
    assert "7001" in (folder / "scores.csv").read_text()
    assert (folder / "filled.csv").read_text().splitlines()[1] == "x,1,ada@example.org,A,1.5,9"
    assert "autograder.toml names student student07, whom neither the gradebook nor" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["Moodle", "Canvas", "Csv", "Json"])
def test_nbgraders_own_export_writes_the_same(folder, name, monkeypatch):
    monkeypatch.chdir(folder)
    options = [f"--exporter=autograder.reports.exporters.{name}Exporter", "--to=stock", "--log-level=ERROR"]
    app = ExportApp()
    app.initialize(options)
    app.start()
    assert (folder / "stock").read_bytes() == export(folder, name.lower())
