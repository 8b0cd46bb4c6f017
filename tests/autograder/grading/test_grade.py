"""A class is graded from its folder to its gradebook: one clear row for whatever was handed in, and the rest graded."""

import json
import os
import sqlite3

import nbformat.v4 as v4
import pytest
from graded_class import ADDS_TWO, LESSON, RIGHT

from autograder.cli import main

pytestmark = pytest.mark.sandbox


def recorded(folder):
    """(student, cell) -> (score, whether a person must look), as it stands in the gradebook."""
    query = """
        select a.student_id, c.name, g.auto_score, g.needs_manual_grade from grade g
        join submitted_notebook n on n.id = g.notebook_id join submitted_assignment a on a.id = n.assignment_id
        join base_cell c on c.id = g.cell_id"""
    with sqlite3.connect(folder / "gradebook.db") as database:
        rows = database.execute(query).fetchall()
    database.close()
    return {(student, cell): (score, bool(person)) for student, cell, score, person in rows}


def scores(rows):
    return {student: row["score"] for student, row in rows.items()}


def test_a_class(lesson_class, capsys):
    lesson_class.hand_in("right", RIGHT)
    lesson_class.hand_in("adds-two", ADDS_TWO)
    lesson_class.hand_in("blank")
    lesson_class.hand_in("french", RIGHT, language="fr")
    lesson_class.hand_in("uses-np", "def double(x):\n    return np.multiply(x, 2)")
    rows = lesson_class.grade(capsys, rc=0)
    assert scores(rows) == {"right": 1, "adds-two": 0, "blank": 0, "french": 1, "uses-np": 1}
    assert {row["state"] for row in rows.values()} == {"graded"}
    assert recorded(lesson_class.folder) == {
        (name, "double-check"): (row["score"], False) for name, row in rows.items()
    }

    (notebook,) = lesson_class.result("adds-two")["notebooks"]
    (check,) = notebook["cells"]
    assert check["outcome"]["mistake"] == "adds two"
    assert check["outcome"]["smallest"]["x"].startswith("np.array")
    assert notebook["protection"]["user"] == "on"
    (notebook,) = lesson_class.result("french")["notebooks"]
    assert "réussi" in notebook["cells"][0]["outcome"]["shown"]["text"]

    again = lesson_class.grade(capsys, rc=0)
    assert all(row["unchanged"] for row in again.values())
    lesson_class.hand_in("blank", RIGHT)
    third = lesson_class.grade(capsys, rc=0)
    assert [name for name, row in third.items() if not row["unchanged"]] == ["blank"]
    assert lesson_class.result("blank")["why"] == "the submission changed"
    assert recorded(lesson_class.folder)["blank", "double-check"] == (1, False)


def cheat(source):
    """Change: put a cell first in the notebook, and one before the check."""

    def change(notebook):
        notebook.cells.insert(0, v4.new_code_cell(source, id="cheat"))

    return change


CHEATS = {
    "patched": "import autograder\nautograder.lesson = lambda *a, **k: (lambda *a: None)",
    "forged": "class Yes:\n    def __eq__(self, other): return True\n    __array__ = None\ndef double(x): return Yes()",
    "earlier": "def check(*a): pass",
    "exits": "import os; os._exit(0)",
    "deaf": "import os, socket\nfor n in range(3, 20):\n    try: os.close(n)\n    except OSError: pass",
}


def test_no_way_round_the_judge_earns_a_point(lesson_class, capsys):
    for name, source in CHEATS.items():
        lesson_class.hand_in(name, "", change=cheat(source))

    def call_it_another(notebook):
        notebook.cells[-1:] = [v4.new_code_cell("check('double', lambda x: x * 2)", id="late")]

    lesson_class.hand_in("elsewhere", ADDS_TWO, change=call_it_another)
    lesson_class.hand_in("honest", RIGHT, change=cheat("check = None"))
    rows = lesson_class.grade(capsys)
    assert scores(rows) == dict.fromkeys([*CHEATS, "elsewhere"], 0) | {"honest": 1}


def test_a_cell_that_kills_its_kernel_does_not_cost_the_rest(lesson_class, capsys):
    lesson_class.hand_in("killer", RIGHT, change=cheat("import os\nos._exit(3)"))
    lesson_class.hand_in("hang", "import time\nwhile True:\n    try: time.sleep(99)\n    except BaseException: pass")
    lesson_class.hand_in("loop", "def double(x):\n    while True: pass")
    toml = lesson_class.folder / "autograder.toml"
    toml.write_text(toml.read_text().replace("cell_seconds = 10", "cell_seconds = 2"))
    rows = lesson_class.grade(capsys)
    assert scores(rows) == {"killer": 1, "hang": 0, "loop": 0}
    assert lesson_class.result("killer")["notebooks"][0]["died"] == ["its kernel exited (3)"]


def test_whatever_comes_in_is_one_row_and_the_rest_is_graded(lesson_class, capsys, tmp_path):
    name = f"{LESSON}.ipynb"
    lesson_class.hand_in("right", RIGHT)
    lesson_class.put("broken", name, '{"cells": [')
    lesson_class.put("too-new", name, '{"nbformat": 9, "cells": []}')
    with lesson_class.put("too-large", name, "").open("wb") as file:
        file.truncate(100 * 2**20)
    (lesson_class.folder / "submitted/empty" / LESSON).mkdir(parents=True)
    (tmp_path / "answer.ipynb").write_text("{}")
    (lesson_class.folder / "submitted/link" / LESSON).mkdir(parents=True)
    (lesson_class.folder / "submitted/link" / LESSON / name).symlink_to(tmp_path / "answer.ipynb")
    whole = json.dumps(lesson_class.hand_in("other-kernel", RIGHT, change=lambda n: n.metadata.update(kernelspec={})))
    lesson_class.put("renamed", "renamed_4711_00_start-1.ipynb", whole)
    os.makedirs(os.fsencode(lesson_class.folder) + b"/submitted/caf\xe9/" + LESSON.encode())
    rows = lesson_class.grade(capsys, rc=1)
    states = {name: (row["state"], row["score"]) for name, row in rows.items()}
    unread = ("could not be read", 0)
    assert states == {
        "right": ("graded", 1),
        "other-kernel": ("graded", 1),
        "renamed": ("graded", 1),
        "empty": ("incomplete", 0),
        "broken": unread,
        "too-new": unread,
        "too-large": unread,
        "link": unread,
        "caf\\udce9": ("could not be read", None),
    }
    assert all(row["notes"] for row in rows.values() if row["state"] != "graded")
    assert rows["renamed"]["notes"] == [f"renamed_4711_00_start-1.ipynb was taken for {name}"]
    assert recorded(lesson_class.folder)["broken", "double-check"] == (None, True)
    assert recorded(lesson_class.folder)["empty", "double-check"] == (0, False)


def test_no_score_survives_a_broken_resubmission(lesson_class, capsys):
    lesson_class.hand_in("one", RIGHT)
    lesson_class.grade(capsys, rc=0)
    lesson_class.put("one", f"{LESSON}.ipynb", "{")
    lesson_class.grade(capsys, rc=1)
    assert recorded(lesson_class.folder)["one", "double-check"] == (None, True)
    assert not (lesson_class.folder / "autograded/one" / LESSON).exists()
    assert lesson_class.result("one")["attempt"] == 2


def test_a_request_that_fits_nothing_is_refused(lesson_class, capsys, tmp_path):
    assert main(["grade", str(tmp_path)]) == 2
    assert "is no course" in capsys.readouterr().err
    assert main(["grade", str(lesson_class.folder)]) == 2
    assert "nothing was handed in" in capsys.readouterr().err
    lesson_class.hand_in("one", RIGHT)
    assert main(["grade", str(lesson_class.folder), "07_none"]) == 2
    assert "there is no assignment 07_none; there are: 00_start" in capsys.readouterr().err
    assert main(["grade", str(lesson_class.folder), "--student", "two"]) == 2
    assert "nothing was handed in by student two" in capsys.readouterr().err
