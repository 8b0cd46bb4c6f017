"""init makes a folder that is a stock nbgrader course, and leaves other folders alone."""

import shutil
import stat
import tomllib

import nbformat
import pytest
from graded_class import LESSON

from autograder.cli import main
from autograder.grading.classroom import Classroom
from autograder.grading.gradebook import Book
from autograder.grading.own_settings import LESSON_PRELOAD, OWN, kernel_settings
from autograder.kernel.settings import PRELOAD


def test_what_it_makes(made_by_init):
    for path in (
        "nbgrader_config.py",
        "autograder.toml",
        "gradebook.db",
        "submitted",
        f"source/{LESSON}/{LESSON}.ipynb",
    ):
        assert (made_by_init / path).exists()
    released = nbformat.read(made_by_init / f"release/{LESSON}/{LESSON}.ipynb", as_version=4)
    (answer,) = (one for one in released.cells if one.id == "double")
    assert "raise NotImplementedError" in answer.source
    assert "return 2 * x" not in answer.source
    assert "return 2 * x" in (made_by_init / f"source/{LESSON}/{LESSON}.ipynb").read_text()
    assert released.metadata.lesson.language == "en"


def test_the_secret_is_its_owners(made_by_init):
    classroom = Classroom(made_by_init)
    secret = classroom.secret()
    assert stat.S_IMODE((made_by_init / ".autograder/secret").stat().st_mode) == 0o600
    assert secret("a", "b") == Classroom(made_by_init).secret()("a", "b")
    assert len({secret("a", "b"), secret("a", "c"), secret("b", "b")}) == 3
    assert secret.key.decode() not in secret.digest


def test_a_secret_that_others_can_read_is_refused(made_by_init, tmp_path, capsys):
    folder = shutil.copytree(made_by_init, tmp_path / "class")
    (folder / "submitted/one" / LESSON).mkdir(parents=True)
    (folder / ".autograder/secret").chmod(0o644)
    assert main(["grade", str(folder)]) == 2
    assert "can be read by others" in capsys.readouterr().err


def test_the_gradebook_knows_the_lesson(made_by_init):
    with Book(Classroom(made_by_init)) as book:
        assert book.assignment(LESSON).max_score == 1


@pytest.mark.parametrize("what", ["a file", "something else in it"])
def test_other_folders_are_left_alone(tmp_path, capsys, what):
    folder = tmp_path / "there"
    if what == "a file":
        folder.write_text("x")
    else:
        folder.mkdir()
        (folder / "thesis.txt").write_text("x")
    assert main(["init", str(folder)]) == 2
    assert "is a file" in (error := capsys.readouterr().err) or "is not empty and was not made by init" in error


def test_a_language_that_the_course_lacks_is_refused(tmp_path, capsys):
    assert main(["init", str(tmp_path / "new"), "--language", "xx"]) == 2
    assert "the course has no language 'xx'; it has en, fr" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_the_settings_are_read(made_by_init, tmp_path):
    folder = shutil.copytree(made_by_init, tmp_path / "class")
    assert tomllib.loads((folder / "autograder.toml").read_text()) == {"language": "en"}
    (folder / "autograder.toml").write_text(
        'language = "fr"\n[limits]\ncell_seconds = 7\n[kernel]\npreload = ["colorsys"]\n'
    )
    settings = Classroom(folder).settings()
    assert settings.limits.cell_seconds == 7
    assert settings.preload == (*PRELOAD, *LESSON_PRELOAD, "colorsys")  # beside the usual ones
    assert Classroom(folder).language == "fr"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[limits]\nseconds = 7", "[limits] has no setting 'seconds'; it has cell_seconds, notebook_seconds,"),
        ("[limits]\ncell_seconds = 'long'", "[limits] cell_seconds is 'long', not a number above 0"),
        ("[limits]\ncell_seconds = 0", "[limits] cell_seconds is 0, not a number above 0"),
        ("[limits]\nmemory_bytes = 2e9", "[limits] memory_bytes is 2000000000.0, not a whole number above 0"),
        ("limits = 7", "limits is 7, not a table under [limits]"),
        ("[kernel]\npreload = 'pandas'", "[kernel] preload is 'pandas', not a list of names in quotes"),
        ("[kernel]\nlimits = []", "[kernel] has no setting 'limits'; it has preload, off,"),
        ("[kernel]\noff = ['walls']", "no layer is called walls; there are"),
    ],
)
def test_settings_that_make_no_sense_are_named(made_by_init, tmp_path, capsys, written, said):
    folder = shutil.copytree(made_by_init, tmp_path / "class")
    (folder / "submitted/one" / LESSON).mkdir(parents=True)
    (folder / "autograder.toml").write_text(written)
    assert main(["grade", str(folder)]) == 2
    assert f"{folder}/autograder.toml: {said}" in capsys.readouterr().err


def test_a_configuration_that_fails_is_named(made_by_init, tmp_path, capsys):
    folder = shutil.copytree(made_by_init, tmp_path / "class")
    (folder / "nbgrader_config.py").write_text("1/0")
    assert main(["grade", str(folder)]) == 2
    assert "nbgrader_config.py fails: ZeroDivisionError" in capsys.readouterr().err


def test_only_a_class_with_lessons_preloads_what_lessons_need(tmp_path):
    assert not set(LESSON_PRELOAD) & set(kernel_settings(tmp_path).preload)
    (tmp_path / OWN).touch()
    assert set(LESSON_PRELOAD) <= set(kernel_settings(tmp_path).preload)
