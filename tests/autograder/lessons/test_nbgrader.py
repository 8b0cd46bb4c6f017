"""What stock nbgrader makes of a released notebook: locked, validated and graded as its own."""

import os
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveCells
from nbgrader.validator import Validator
from traitlets.config import Config

from autograder.lessons.pipeline import released, solved, to_text


def fill_in(notebook, answers):
    """The notebook with these sources in the cells of these ids."""
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    return notebook


def solutions(course, lesson):
    """The sources of the solved notebook, by the ids of the cells a student writes in."""
    written = solved(course, lesson, "en").cells
    return {cell.id: cell.source for cell in written if cell.metadata.get("nbgrader", {}).get("solution")}


@pytest.fixture
def validate(tmp_path):
    def validate(notebook):
        path = tmp_path / "handed_in.ipynb"
        path.write_text(to_text(notebook), encoding="utf-8")
        return Validator().validate(str(path))

    return validate


def test_validate_fails_the_checks_of_a_blank_notebook(tiny, validate):
    found = validate(released(tiny, tiny.lessons[0], "en"))
    assert set(found) == {"failed"}
    sources = [cell["source"].strip("*").split()[0] for cell in found["failed"]]
    assert sources == ['check("seven",', 'check("twice",', "Your"]


def test_validate_passes_a_solved_notebook(tiny, validate):
    lesson = tiny.lessons[0]
    assert validate(fill_in(released(tiny, lesson, "fr"), solutions(tiny, lesson))) == {}


def test_validate_sees_a_changed_check(tiny, validate):
    found = validate(fill_in(released(tiny, tiny.lessons[0], "en"), {"twice-check": "pass"}))
    assert found == {"changed": [{"source": "pass"}]}


@pytest.fixture
def classroom(tiny, tmp_path, monkeypatch):
    """A stock course folder whose gradebook knows the released lesson, as after `generate_assignment`."""
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)  # nbgrader calls alembic
    folder = tmp_path / "classroom"
    folder.mkdir()
    database = f"sqlite:///{folder}/gradebook.db"
    with Gradebook(database) as gradebook:
        gradebook.add_assignment("doubling")
    told = {"nbgrader": {"notebook": "01_doubling", "assignment": "doubling", "db_url": database}}
    SaveCells().preprocess(released(tiny, tiny.lessons[0], "en"), told)
    return folder


# nbgrader relies on the autoflush that SQLAlchemy 2 warns of.
@pytest.mark.filterwarnings("ignore:Object of type <Submitted:sqlalchemy.exc.SAWarning")
def test_stock_autograde_gives_the_points_of_the_markers(tiny, classroom):
    lesson = tiny.lessons[0]
    answers = solutions(tiny, lesson)
    half = {"seven": answers["seven"]}
    for student, notebook in {
        "solved": fill_in(released(tiny, lesson, "fr"), answers),
        "half": fill_in(released(tiny, lesson, "en"), half),
    }.items():
        path = classroom / "submitted" / student / "doubling" / "01_doubling.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(to_text(notebook), encoding="utf-8")
    config = Config()
    config.CourseDirectory.root = str(classroom)
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    for student in ("solved", "half"):
        done = api.autograde("doubling", student)
        assert done["success"], done
    with Gradebook(f"sqlite:///{classroom}/gradebook.db") as gradebook:
        grades = {
            student: {
                grade.name: (grade.auto_score, grade.max_score)
                for grade in gradebook.find_submission("doubling", student).notebooks[0].grades
            }
            for student in ("solved", "half")
        }
    assert grades == {
        "solved": {"seven-check": (1, 1), "twice-check": (3, 3), "why_double": (None, 2)},
        "half": {"seven-check": (1, 1), "twice-check": (0, 3), "why_double": (0, 2)},
    }
