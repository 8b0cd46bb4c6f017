"""Feedback tells a student what they earned and why, in their language, and nothing that is not theirs to know."""

import json
import shutil
import sqlite3
import subprocess
import sys
import time

import nbformat.v4 as v4
import pytest
from graded_by_hand import FOREIGN, JUDGED, MARKED, SECRET, graded, page, visible, wrong
from graded_cells import cell
from graded_class import ADDS_TWO, LESSON, RIGHT
from nbformat import NotebookNode

from autograder.cli import main
from autograder.reports import feedback, feedback_file, harmless
from autograder.reports.feedback_page import made_of
from autograder.reports.notebook_part import without_secrets


def written(biology, capsys, *options, rc=0):
    """What the command says."""
    assert main(["feedback", str(biology.folder), *options]) == rc
    return capsys.readouterr().out


def change(biology, *statements):
    with sqlite3.connect(biology.folder / "gradebook.db") as database:
        for statement in statements:
            database.execute(statement)
    database.close()


@pytest.mark.sandbox
def test_a_class_gets_its_pages_and_stock_nbgrader_releases_them(biology, capsys, tmp_path):
    for name, answer, language in (("ada", RIGHT, "en"), ("bob", ADDS_TWO, "fr"), ("eve", None, "en")):
        biology.hand_in(name, answer, language=language)
        biology.put(name, "timestamp.txt", "2026-01-02 10:00:00 UTC")
        biology.put(name, "submission_secret.txt", f"secret of {name}")
    biology.put("cut", f"{LESSON}.ipynb", '{"cells": [')
    biology.grade(capsys, rc=1)
    assert written(biology, capsys) == "4 written, 0 unchanged\n"
    ada, bob, eve, cut = (visible(page(biology, name)) for name in ("ada", "bob", "eve", "cut"))
    assert "Score: 1 of 1" in ada
    assert "✓ right" in ada
    assert "return 2 * x" in ada
    assert "Note : 0 sur 1" in bob
    assert "Plus petite entrée trouvée qui échoue x = np.array([0.])" in bob
    assert "Erreur probable" in bob
    assert "Not written yet Their cells hold no answer. double · 0&#8239;/&#8239;1" in eve
    assert "Your file could not be read" in cut
    assert "is not JSON (line 1)" in cut
    assert written(biology, capsys) == "0 written, 4 unchanged\n"

    config = biology.folder / "nbgrader_config.py"
    config.write_text(config.read_text() + f"c.Exchange.root = {str(tmp_path / 'exchange')!r}\n")
    (tmp_path / "exchange").mkdir(mode=0o777)
    (tmp_path / "exchange").chmod(0o777)
    shutil.rmtree(biology.folder / "feedback/cut")  # without the exchange's files it was not handed in there
    command = [sys.executable, "-m", "nbgrader", "release_feedback", LESSON]
    done = subprocess.run(command, cwd=biology.folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    released = {path.read_text() for path in (tmp_path / "exchange").rglob("*.html")}
    assert released == {page(biology, name) for name in ("ada", "bob", "eve")}


def test_what_the_judge_found_is_told_once_and_cleaned(biology, capsys):
    biology.hand_in("ada", ADDS_TWO)
    graded(biology, "ada", [wrong()])
    written(biology, capsys)
    text = page(biology, "ada")
    assert "<pre>x = np.array([0.])</pre>" in text
    assert "double: not right yet" not in text
    assert "<script" not in text
    assert "style=" not in text
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text


def test_a_persons_points_and_comments_and_a_late_penalty_are_told(biology, capsys):
    config = biology.folder / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.LateSubmissionPlugin.penalty_method = 'zero'\n")
    change(biology, f"update assignment set duedate = '2026-01-01 08:30:00' where name = '{LESSON}'")
    biology.hand_in("ada", ADDS_TWO)
    graded(biology, "ada", [wrong(points=0.5)])
    change(
        biology,
        "update grade set manual_score = 0.75, needs_manual_grade = 0",
        "update comment set manual_comment = '**Nearly**: see <script>alert(2)</script> `x`'",
    )
    written(biology, capsys)
    text, words = page(biology, "ada"), visible(page(biology, "ada"))
    assert "✎ marked by a person · 0.75" in words
    assert "<strong>Nearly</strong>" in text
    assert "alert(2)" not in text
    assert "Taken off for handing in late: 0.5." in words
    assert "Score: 0.25 of 1" in words
    assert "That was 1 day 1 h after the due date." in words


def test_suspicions_are_not_told_and_points_wait(biology, capsys):
    biology.hand_in("ada", RIGHT)
    told = "00_start, cell 9 (double): please look at it, it reaches into the autograder (`autograder`)"
    graded(biology, "ada", [wrong(points=1.0, by_hand=True, outcome=JUDGED | {"fraction": 1.0})], review=[told])
    written(biology, capsys)
    words = visible(page(biology, "ada"))
    assert "takes a look at this notebook before its points are final" in words
    assert "… to be looked at" in words
    for word in ("reaches", "please look", "suspic", "cheat", "tamper"):
        assert word not in words.lower()


def hidden_class(biology, capsys, answer, *more):
    """A student of the other assignment, graded, whose code printed and raised what it should not know."""
    given = [cell("squares", answer, solution=True) if one.id == "squares" else one for one in FOREIGN]
    handed = NotebookNode(nbformat=4, nbformat_minor=5, metadata=NotebookNode(), cells=[*given, *more])
    clean = json.loads(v4.writes(handed).replace(json.dumps(MARKED)[1:-1], ""))
    biology.put("ada", "squares.ipynb", json.dumps(clean), assignment="other")
    ran = v4.reads(v4.writes(handed))
    stolen = v4.new_output("error", ename="AssertionError", evalue=SECRET, traceback=[SECRET])
    for one in ran.cells:
        if one.cell_type == "code" and one.id != "setup":
            one.outputs = [stolen, v4.new_output("stream", name="stdout", text=SECRET)]
    ran.cells[1].outputs = [v4.new_output("error", ename="NameError", evalue="name 'nn' is not defined")]
    cells = [
        {"name": "open-test", "points": 1.0, "reason": "passed"},
        {"name": "hidden-test", "points": 0.0, "max": 2.0, "reason": f"error: AssertionError: {SECRET}"},
        {"name": "task", "points": None, "max": 3.0, "reason": "a person gives these points"},
    ]
    graded(biology, "ada", cells, "other", ran, language=None, lesson=None)
    written(biology, capsys)
    return page(biology, "ada", "other", "squares")


def test_hidden_tests_and_mark_schemes_are_never_shown(biology, capsys):
    later = v4.new_code_cell("print(In)", id="later")
    text = hidden_class(biology, capsys, "def squares(n):\n    return nn", later)
    assert "hidden one" not in text
    assert "full marks" not in text
    assert "HIDDEN TESTS" not in text
    words = visible(text)
    assert "A test of this cell did not pass." in words
    assert "Some tests of this cell are not shown" in words
    assert "cell 2 : NameError: name &#39;nn&#39; is not defined" in words  # it ran before any hidden test
    assert "cell 6" not in words


def test_a_test_whose_region_is_not_closed_is_hidden_to_its_end():
    marks = (("BEGIN HIDDEN", "END HIDDEN"),)
    assert without_secrets("a\n# BEGIN HIDDEN\nb\n# END HIDDEN\nc", marks) == "a\nc"
    assert without_secrets("a\n# BEGIN HIDDEN\nb", marks) == "a"


def test_what_the_run_printed_is_not_shown_but_what_was_handed_in_is(biology, capsys):
    """Beside its answers, a notebook could print the inputs that it was tried on."""

    def print_all(notebook):
        printed = v4.new_output("stream", name="stdout", text="mine")
        notebook.cells.append(v4.new_code_cell("print(seen)", id="prints", outputs=[printed]))

    handed = biology.hand_in("ada", ADDS_TWO, change=print_all)
    ran = v4.reads(json.dumps(handed))
    ran.cells[-1].outputs = [v4.new_output("stream", name="stdout", text="x = np.array([17.])")]
    graded(biology, "ada", [wrong()], ran=ran)
    written(biology, capsys)
    assert "mine" in page(biology, "ada")
    assert "17." not in page(biology, "ada")


def test_errors_that_the_run_raised_are_told_in_few_words(biology, capsys):
    def add(notebook):
        notebook.cells += [v4.new_code_cell("boom()", id=f"boom-{number}") for number in range(5)]

    handed = biology.hand_in("ada", RIGHT, change=add)
    ran = v4.reads(json.dumps(handed))
    for one in ran.cells[-5:]:
        one.outputs = [v4.new_output("error", ename="NameError", evalue="<b>" + "x" * 5000)]
    graded(biology, "ada", [wrong()], ran=ran)
    written(biology, capsys)
    text = page(biology, "ada")
    assert text.count("<code>NameError: &lt;b&gt;xxx") == 3
    assert "and 2 more" in text
    assert "x" * 200 not in text


def test_odd_outputs_do_not_stop_a_page(biology, capsys):
    odd = [
        {"output_type": "stream", "text": {"a": 1}},
        {"output_type": "display_data", "data": {"application/javascript": "alert(1)"}},
        {"output_type": "display_data", "data": {"text/html": "<script>alert(1)</script>", "text/plain": "plain"}},
        {"output_type": "display_data", "data": {"text/html": ["<b>", 7, "bold</b>"]}},
        {"output_type": "display_data", "data": {"text/latex": "$\\href{javascript:alert(1)}{x}$"}},
        {"output_type": "display_data", "data": {"image/png": 7, "text/plain": "no picture"}},
        {"output_type": "execute_result", "data": ["no", "dict"]},
        {"output_type": "error", "ename": None, "traceback": [None, "\u001b[31mred\u001b[0m"]},
        {"output_type": ["unknown"]},
        *[{"output_type": "stream", "text": "many"}] * 60,
    ]
    handed = biology.released()
    handed.cells.append(v4.new_code_cell("show()", id="odd"))
    handed = json.loads(json.dumps(handed))
    handed["cells"][-1]["outputs"] = ["no output", *odd]
    biology.put("ada", f"{LESSON}.ipynb", json.dumps(handed))
    graded(biology, "ada", [wrong()])
    written(biology, capsys)
    text = page(biology, "ada")
    for shown in ("application/javascript", "<pre>plain</pre>", "<b>bold</b>", "no picture", "<pre>red</pre>"):
        assert shown in text
    assert "more outputs are not shown" in text
    assert "<script" not in text
    assert text.count("many") < 40


def test_a_text_that_takes_too_long_is_shown_as_it_is(biology, capsys, monkeypatch):
    def add(notebook):
        notebook.cells.append(v4.new_markdown_cell("**slow**", id="slow"))

    def markdown(source, attachments=None):
        time.sleep(30 if source == "**slow**" else 0)
        return source

    monkeypatch.setattr(feedback_file, "SECONDS", 0.3)
    monkeypatch.setattr(harmless, "markdown", markdown)
    biology.hand_in("ada", RIGHT, change=add)
    graded(biology, "ada", [wrong()])
    written(biology, capsys)
    assert "<pre>**slow**</pre>" in page(biology, "ada")


def test_only_what_changed_is_written_and_what_others_made_is_not_replaced_in_silence(biology, capsys):
    for name in ("ada", "bob"):
        biology.hand_in(name, ADDS_TWO)
        graded(biology, name, [wrong()])
    assert written(biology, capsys) == "2 written, 0 unchanged\n"
    change(biology, "update comment set manual_comment = 'Look again'")
    stock = biology.folder / "feedback/bob" / LESSON / f"{LESSON}.html"
    stock.write_text("<html>nbgrader's own</html>")
    assert made_of(stock.read_bytes()) is None
    said = written(biology, capsys, "--student", "bob")
    assert f"feedback/bob/{LESSON}/{LESSON}.html: replaced; autograder feedback had not made it" in said
    assert written(biology, capsys) == "1 written, 1 unchanged\n"
    assert written(biology, capsys, "--force") == "2 written, 0 unchanged\n"


def test_what_is_not_graded_as_it_lies_there_is_left_out_and_said(biology, capsys):
    biology.hand_in("ada", RIGHT)
    assert "ada 00_start: not graded yet; run autograder grade" in written(biology, capsys, rc=1)
    graded(biology, "ada", [wrong()])
    biology.hand_in("ada", ADDS_TWO)
    assert "handed in anew since it was graded" in written(biology, capsys, rc=1)
    graded(biology, "ada", [wrong()])
    change(biology, "delete from autograder_recorded")
    assert "its scores are not in the gradebook" in written(biology, capsys, rc=1)
    assert not (biology.folder / "feedback").exists()


def test_a_request_that_fits_nothing_is_refused(biology, capsys):
    biology.hand_in("ada", RIGHT)
    assert main(["feedback", str(biology.folder), "--jobs", "-1"]) == 2
    assert main(["feedback", str(biology.folder), "--student", "nobody"]) == 2
    assert "nothing was handed in by student nobody" in capsys.readouterr().err
    assert main(["feedback", str(biology.folder), "07_none"]) == 2
    assert "there is no assignment 07_none" in capsys.readouterr().err


def test_many_pages_are_written_by_several_processes(biology, capsys, monkeypatch):
    monkeypatch.setattr(feedback, "FEW", 1)
    for name in ("ada", "bob", "eve"):
        biology.hand_in(name, ADDS_TWO)
        graded(biology, name, [wrong()])
    assert written(biology, capsys, "--jobs", "2") == "3 written, 0 unchanged\n"
    for name in ("ada", "bob", "eve"):
        assert f"Handed in by {name}" in visible(page(biology, name))
