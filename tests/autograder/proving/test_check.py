"""What a student reads before handing in: what counts, what is open, and what they should not have touched."""

import copy
import subprocess
import sys

import pytest
from nbclient import NotebookClient
from nbgrader.utils import compute_checksum

from autograder.cli import main
from autograder.lessons.pipeline import released, solved, to_text
from autograder.proving.locked import checksum


@pytest.fixture
def check(tiny, tmp_path, capsys):
    """Write a notebook, check it, and give what was said."""

    def check(notebook, *options):
        path = tmp_path / "mine.ipynb"
        text = to_text(notebook)
        path.write_text(text, encoding="utf-8")
        assert main(["check", str(path), *options]) == 0
        assert path.read_text(encoding="utf-8") == text
        return capsys.readouterr().out

    __import__("tiny_checks")
    return check


def cell(notebook, name):
    return next(cell for cell in notebook.cells if cell.id == name)


ALL_RIGHT = """\
81_doubling: mine.ipynb, run from top to bottom
  seven   1 of 1  right
  twice   3 of 3  right
  why    up to 2  filled in; a person will read it
Total: 4 of 4 points. Grading uses other inputs than these checks.
A person can give up to 2 points more for the answers in words.
"""
UNTOUCHED = """\
81_doubling\xa0: mine.ipynb, exécuté de haut en bas
  seven      0 sur 1  pas encore écrit
  twice      0 sur 3  pas encore écrit
  why    jusqu’à 2  vide\u202f; une personne la lirait
Total\xa0: 0 points sur 4. La notation utilise d’autres entrées que ces vérifications.
Une personne peut donner jusqu’à 2 points de plus pour les réponses en mots.
"""


def test_a_solved_notebook(tiny, check):
    assert check(solved(tiny, tiny.lessons[0], "en")) == ALL_RIGHT


def test_an_untouched_notebook_in_french(tiny, check):
    said = check(released(tiny, tiny.lessons[0], "fr"))
    assert said.split() == UNTOUCHED.split()


def test_code_that_fails_hangs_or_ends_the_kernel(tiny, check):
    notebook = solved(tiny, tiny.lessons[0], "en")
    cell(notebook, "seven").source = "seven = 7\nimport os\nos._exit(1)"
    cell(notebook, "twice").source = "twice = 3\nwhile True:\n    pass"
    notebook.cells[-3].source = "print(undefined)"
    said = check(notebook, "--seconds", "12")
    assert "! cell 3 (seven = 7) ended the kernel; the other cells were run without it" in said
    assert "! cell 5 (twice = 3) had not finished after 12 seconds" in said
    assert "(print(undefined)) raises NameError: name 'undefined' is not defined" in said
    assert "seven   0 of 1  the check could not run: NameError: name 'seven' is not defined" in said
    assert "Total: 0 of 4 points." in said


def test_what_was_touched_is_told(tiny, check):
    notebook = released(tiny, tiny.lessons[0], "en")
    notebook.metadata.lesson.version = 0
    cell(notebook, "lesson").source += "\n# mine"
    copied = copy.deepcopy(cell(notebook, "twice-check"))
    copied.id = "copied"
    notebook.cells.append(copied)
    notebook.cells.remove(cell(notebook, "seven-check"))
    cell(notebook, "twice-check").execution_count = 4  # saved with a check that had passed
    said = check(notebook)
    told = [line for line in said.splitlines() if line.startswith("!")]
    assert told == [
        "! this notebook has version 0 of the lesson, the installed course has version 1: "
        "some checks may ask for something else",
        "! the cell seven-check is missing; copy it back from the notebook you were given",
        "! the cell twice-check stands there 2 times; keep one",
        "! the locked cell lesson was edited; grading puts the original back",
    ]
    assert "seven   0 of 1  its check is missing, so it counts nothing" in said
    assert "Total: 0 of 4 points." in said


def test_a_failure_that_the_order_of_running_hid(tiny, check):
    notebook = released(tiny, tiny.lessons[0], "en")
    cell(notebook, "twice-check").execution_count = 4  # saved with a check that had passed
    assert "! twice passed when you last ran its check, but not from top to bottom" in check(notebook)


REFUSED = {
    "nothing there": (None, "there is no such file"),
    "no notebook": ("some text", "is not a notebook, or is damaged"),
    "other JSON": ('{"a": 1}', "is not a notebook, or is damaged"),
    "another notebook": (
        '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
        "is a notebook, but not a lesson of this course",
    ),
    "another course": (
        '{"cells": [], "metadata": {"lesson": {"id": "99_other"}}, "nbformat": 4, "nbformat_minor": 5}',
        "the installed course has no lesson 99_other",
    ),
}


@pytest.mark.parametrize(("text", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_lesson_is_refused_in_one_sentence(tmp_path, capsys, text, told):
    path = tmp_path / "mine.ipynb"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    assert main(["check", str(path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert told in said.err
    assert said.err.count("\n") == 1


def test_a_folder_is_refused(tmp_path, capsys):
    assert main(["check", str(tmp_path)]) == 2
    assert "is not a notebook: a lesson is a file that ends in .ipynb" in capsys.readouterr().err


def test_a_kernel_that_does_not_start_is_told_in_one_sentence(tiny, tmp_path, capsys, monkeypatch):
    __import__("tiny_checks")
    path = tmp_path / "mine.ipynb"
    path.write_text(to_text(solved(tiny, tiny.lessons[0], "en")), encoding="utf-8")

    async def too_slow(self, **how):
        raise RuntimeError("Kernel didn't respond in 60 seconds")

    monkeypatch.setattr(NotebookClient, "async_start_new_kernel_client", too_slow)
    assert main(["check", str(path)]) == 2
    said = "no kernel could be started (Kernel didn't respond in 60 seconds): close other programs, and try again"
    assert said in capsys.readouterr().err


def test_cells_are_signed_as_nbgrader_signs_them(tiny):
    notebook = released(tiny, tiny.lessons[0], "en")
    signed = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("checksum")]
    assert len(signed) >= 6
    for one in signed:
        assert checksum(one) == one.metadata.nbgrader.checksum == compute_checksum(one)


def test_a_student_needs_no_instructors_tools():
    code = (
        "import sys, autograder.proving.check, autograder.proving.run, autograder.proving.score, "
        "autograder.proving.locked, autograder.lessons.words, autograder.checking.lesson\n"
        "print(*sorted({'nbgrader', 'nbconvert', 'jupytext', 'polib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
