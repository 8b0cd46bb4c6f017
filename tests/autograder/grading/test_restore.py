"""Whatever a student did to a notebook, its locked cells run as they were released, and its graded ones are there."""

import copy

import pytest
from graded_cells import cell

from autograder.grading.master import Master, MasterCell, master_of
from autograder.grading.restore import restore

SETUP = cell("setup", "import math", locked=True)
ANSWER = cell("answer", "raise NotImplementedError", solution=True)
TEST = cell("answer-test", "assert f() == 1", points=2, locked=True)
ESSAY = cell("essay", "Your words", kind="markdown", points=3, solution=True)
LAST = cell("last-test", "assert True", points=1, locked=True)
CELLS = (SETUP, ANSWER, TEST, ESSAY, LAST)


@pytest.fixture
def master(notebook_of):
    return master_of("work", notebook_of(*CELLS))


def sources(restored):
    return [one.source for one in restored.notebook.cells]


def names(restored):
    return {restored.masters[number].name: number for number in restored.masters}


def test_an_untouched_notebook_stays_as_it_is(notebook_of, master):
    restored = restore(notebook_of(*CELLS), master)
    assert sources(restored) == [one.source for one in CELLS]
    assert list(names(restored)) == [one.id for one in CELLS]
    assert not restored.mended


def test_answers_stay_and_locked_cells_come_back(notebook_of, master):
    handed_in = notebook_of(*CELLS)
    handed_in.cells[1].source = "def f(): return 1"
    handed_in.cells[2].source = "pass"
    restored = restore(handed_in, master)
    assert sources(restored)[1:3] == ["def f(): return 1", "assert f() == 1"]
    assert restored.mended == ("answer-test: its locked text was changed",)


def test_what_metadata_claims_does_not_count(notebook_of, master):
    handed_in = notebook_of(*CELLS)
    handed_in.cells[2].metadata.nbgrader.update(points=100, solution=True, locked=False, grade=False)
    handed_in.cells[2].metadata.tags = ["skip-execution", "raises-exception"]
    after = restore(handed_in, master).notebook.cells[2].metadata
    assert after.nbgrader == {**TEST.metadata.nbgrader, "cell_type": "code"}
    assert "tags" not in after


@pytest.mark.parametrize("gone", [one.id for one in CELLS if one is not ANSWER])
def test_a_deleted_cell_is_put_back_in_its_place(notebook_of, master, gone):
    restored = restore(notebook_of(*(one for one in CELLS if one.id != gone)), master)
    assert sources(restored) == [one.source for one in CELLS]
    assert restored.mended == (f"{gone}: was missing and was put back",)


def test_everything_deleted_is_put_back_but_the_answer(notebook_of, master):
    restored = restore(notebook_of(), master)
    assert list(names(restored)) == ["setup", "answer-test", "essay", "last-test"]


def test_of_two_cells_with_one_name_the_last_counts(notebook_of, master):
    twice = copy.deepcopy(ANSWER)
    twice.source = "def f(): return 1"
    restored = restore(notebook_of(SETUP, ANSWER, twice, TEST, ESSAY, LAST), master)
    assert names(restored)["answer"] == 2
    assert "nbgrader" not in restored.notebook.cells[1].metadata
    assert restored.mended == ("answer: there are several cells of this name; the last counts",)


def test_a_tool_that_drops_metadata_does_no_harm(notebook_of, master):
    handed_in = notebook_of(*CELLS)
    for one in handed_in.cells:
        one.metadata = {}
    restored = restore(handed_in, master)
    assert sources(restored) == [one.source for one in CELLS]
    assert set(names(restored)) == {one.id for one in CELLS}


def test_locked_cells_are_known_by_their_text_where_ids_are_lost_too(notebook_of, master):
    handed_in = notebook_of(*CELLS)
    for number, one in enumerate(handed_in.cells):
        one.metadata, one.id = {}, f"new-{number}"
    restored = restore(handed_in, master)
    assert names(restored)["answer-test"] == 2
    assert sources(restored).count("assert f() == 1") == 1


def test_a_cell_of_another_type_becomes_what_it_was(notebook_of, master):
    handed_in = notebook_of(*CELLS)
    handed_in.cells[2].cell_type = "markdown"
    handed_in.cells[3].cell_type = "code"
    restored = restore(handed_in, master)
    assert [one.cell_type for one in restored.notebook.cells] == [one.cell_type for one in CELLS]
    assert restored.notebook.cells[2].outputs == []
    assert "outputs" not in restored.notebook.cells[3]


def test_unknown_names_and_metadata_that_is_none_are_ordinary_cells(notebook_of, master):
    extra = cell("unheard-of", "1", points=50, locked=True)
    broken = cell("broken", "2")
    broken.metadata = {"nbgrader": ["grade_id"]}
    restored = restore(notebook_of(extra, *CELLS, broken), master)
    assert set(names(restored)) == {one.id for one in CELLS}
    assert sources(restored)[0] == "1"


def test_every_cell_has_an_id_of_its_own(notebook_of, master):
    handed_in = notebook_of(*CELLS, *CELLS)
    ids = [one.id for one in restore(handed_in, master).notebook.cells]
    assert len(ids) == len(set(ids))


def test_the_kernel_is_the_masters(notebook_of):
    handed_in = notebook_of()
    handed_in.metadata.kernelspec = {"name": "ir", "language": "R"}
    master = Master("work", (MasterCell("a", "code", "1", locked=True),), {"name": "python3", "language": "python"})
    assert restore(handed_in, master).notebook.metadata.kernelspec.name == "python3"
