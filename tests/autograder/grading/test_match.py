"""A notebook is found by its name, or by its cells where something on the way renamed it."""

import json

import pytest
from graded_cells import cell

from autograder.grading.master import Assignment, master_of
from autograder.grading.match import match
from autograder.grading.submission import Unreadable, files_in

ONE = [cell("a", "1", solution=True), cell("a-test", "2", points=1, locked=True)]
TWO = [cell("b", "1", solution=True), cell("b-test", "2", points=1, locked=True)]


@pytest.fixture
def assignment(notebook_of):
    return Assignment(
        "work", {name: {"": master_of(name, notebook_of(*of))} for name, of in {"one": ONE, "two": TWO}.items()}
    )


@pytest.fixture
def found_in(notebook_of, assignment, tmp_path):
    """What is found where these files were handed in: (name of the notebook -> file), notes."""

    def found_in(**files):
        for name, cells in files.items():
            content = cells if isinstance(cells, str) else json.dumps(notebook_of(*cells))
            (tmp_path / f"{name}.ipynb").write_text(content)
        notes = []
        found = match(files_in(tmp_path), assignment, notes)
        return {name: file if isinstance(file, Unreadable) else file.name for name, file in found.items()}, notes

    return found_in


def test_by_name(found_in):
    assert found_in(one=ONE, two=TWO) == ({"one": "one.ipynb", "two": "two.ipynb"}, [])


def test_by_name_even_where_it_cannot_be_read(found_in):
    assert found_in(one="{", two=TWO)[0] == {"one": "one.ipynb", "two": "two.ipynb"}


def test_by_its_cells_where_it_was_renamed(found_in):
    found, notes = found_in(**{"ada_123_one (1)": ONE, "two": TWO})
    assert found["one"] == "ada_123_one (1).ipynb"
    assert notes == ["ada_123_one (1).ipynb was taken for one.ipynb"]


def test_several_that_could_be_it_are_for_a_person_to_choose_from(found_in):
    found, _ = found_in(**{"one-1": ONE, "one-2": ONE, "two": TWO})
    assert "several files could be one.ipynb: one-1.ipynb, one-2.ipynb" in str(found["one"])


def test_what_belongs_to_nothing_is_left_alone(found_in):
    found, notes = found_in(one=ONE, two=TWO, scratch=[cell("z", "1")])
    assert "scratch" not in found
    assert notes == ["scratch.ipynb is none of the assignment's notebooks and was left alone"]


def test_a_missing_one_is_missing(found_in):
    assert found_in(one=ONE) == ({"one": "one.ipynb"}, [])
    assert found_in()[0] == {"one": "one.ipynb"}


def test_a_broken_file_counts_for_the_only_one_missing_by_its_name(found_in):
    assert found_in(**{"ada_one": "{", "two": TWO})[0]["one"] == "ada_one.ipynb"
