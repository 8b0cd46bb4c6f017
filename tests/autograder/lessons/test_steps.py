"""Each step by itself: notebook in, notebook out, the one it was given left as it was."""

import copy
import inspect
import re
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.nbgraderformat import MetadataValidator

from autograder.errors import UserError
from autograder.lessons.pipeline import EXECUTED, RELEASE, SOLVED
from autograder.lessons.steps import expand as expand_step
from autograder.lessons.steps.clear import clear
from autograder.lessons.steps.execute import execute
from autograder.lessons.steps.expand import expand
from autograder.lessons.steps.identify import identify
from autograder.lessons.steps.map_course import MARKER, map_course
from autograder.lessons.steps.open_lesson import open_lesson
from autograder.lessons.steps.reveal import reveal
from autograder.lessons.steps.steady import steady
from autograder.lessons.steps.strip import strip
from autograder.lessons.steps.translate import translate

LESSON = """
# %% [markdown]
# Some prose.

# %% exercise="twice" points=3 minutes=2
def twice(x):
    \"\"\"Doubles `x`.\"\"\"
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% check="twice"
check("twice", twice)

# %% predict="seven" points=0.5
# Count on your fingers.
seven = {  # é
    "a": 7,
}  # no more

# %% check="seven"
check("seven", seven)

# %% show
print("é")

# %% [markdown] question="why" points=2
# Why?
#
# ### BEGIN SOLUTION
# Because.
# ### END SOLUTION

# %% [markdown] question="how"
# How?
"""


@pytest.fixture
def through(read, edition):
    """The lesson above, taken through some steps."""

    def through(*steps, language="en", text=LESSON, **translation):
        notebook = read(text)
        for step in steps:
            before = copy.deepcopy(notebook)
            after = step(notebook, edition(language, **translation))
            assert notebook == before, f"{step.__name__} changed the notebook it was given"
            notebook = after
        return notebook

    return through


def by_id(notebook):
    return {cell.id: cell for cell in notebook.cells}


def test_every_step_stands_in_a_file_of_its_name_and_is_listed():
    listed = {*RELEASE, *SOLVED, *EXECUTED}
    assert {inspect.getmodule(step).__name__.rpartition(".")[2] for step in listed} == {s.__name__ for s in listed}
    files = {path.stem for path in Path(expand_step.__file__).parent.glob("[a-z]*.py")}
    assert files == {step.__name__ for step in listed}


def test_ids_are_names_or_derived_from_the_text(through):
    ids = [cell.id for cell in through(identify).cells]
    assert ids[1:5] + ids[6:] == ["twice", "twice-check", "seven", "seven-check", "why", "how"]
    assert ids == [cell.id for cell in through(identify).cells]
    assert all(re.fullmatch("[0-9a-f]{12}", ids[place]) for place in (0, 5))


def test_the_same_text_twice_has_two_ids_and_an_edit_elsewhere_changes_none(through):
    text = "# %% [markdown]\n# again\n"
    first, second = (cell.id for cell in through(identify, text=text + text).cells)
    assert first != second
    assert [cell.id for cell in through(identify, text="# %%\nx = 1\n" + text + text).cells][1:] == [first, second]


def test_translation_leaves_code_and_ids(through):
    french = through(
        identify, translate, language="fr", **{"Some prose.": "De la prose ?", "Doubles `x`.": "Double `x`."}
    )
    assert french.cells[0].source == "De la prose\u202f?"
    assert french.cells[1].source.splitlines()[:2] == ["def twice(x):", '    """Double `x`."""']
    assert french.cells[2:] == through(identify).cells[2:]


def test_a_translation_that_breaks_the_code_is_refused(through):
    with pytest.raises(UserError, match=r"01_written, cell twice: a translation \(fr\) breaks its code"):
        through(identify, translate, language="fr", **{"Doubles `x`.": 'Double `x`."""; boom(); """'})


def test_the_map_stands_where_a_lesson_asks_for_it(through):
    text = f"# %% [markdown]\n# # Map\n#\n# {MARKER}\n#\n# Go.\n\n# %%\nprint('{MARKER}')\n"
    english, code = (cell.source for cell in through(identify, map_course, text=text).cells)
    assert english.startswith("# Map\n\n|  | Lesson |")
    assert english.endswith("\n\nGo.")
    assert "| 01 | Written | Written *Not\u00a0written\u00a0yet.* | 5 |" in english
    assert code == f"print('{MARKER}')"
    assert "| 01 | Écrite |" in through(identify, translate, map_course, text=text, language="fr").cells[0].source


def test_the_first_cell_makes_check(through):
    notebook = through(identify, open_lesson, language="fr")
    assert notebook.cells[0].source == (
        'from tiny_check import lesson\n\ncheck = lesson("01_written", language="fr", version=4, points={\n'
        '    "twice": 3, "seven": 0.5\n})'
    )
    assert notebook.metadata.lesson == {"id": "01_written", "language": "fr", "version": 4}


def test_markers_become_nbgrader_cells(through):
    cells = by_id(through(identify, open_lesson, expand))
    about = {
        name: (cell.metadata.nbgrader.grade, cell.metadata.nbgrader.solution, cell.metadata.nbgrader.locked)
        for name, cell in cells.items()
        if "nbgrader" in cell.metadata
    }
    assert about == {
        "lesson": (False, False, True),
        "twice": (False, True, False),
        "twice-check": (True, False, True),
        "seven": (False, True, False),
        "seven-check": (True, False, True),
        "why-prompt": (False, False, True),
        "why": (True, True, False),
        "how-prompt": (False, False, True),
    }
    points = {name: cell.metadata.nbgrader.points for name, cell in cells.items() if about.get(name, (0,))[0]}
    assert points == {"twice-check": 3, "seven-check": 0.5, "why": 2}
    assert cells["twice-check"].metadata.tags == cells["seven-check"].metadata.tags == ["raises-exception"]
    assert [cell.metadata.tags for cell in cells.values() if "show" in cell.metadata.get("tags", [])] == [["show"]]


def test_the_schema_is_the_installed_nbgraders():
    assert MetadataValidator.schema_version == expand_step.SCHEMA


def test_clearing_keeps_the_signature_and_signs_the_cells(through):
    cells = by_id(through(identify, open_lesson, expand, clear))
    assert cells["twice"].source == (
        'def twice(x):\n    """Doubles `x`."""\n    # YOUR CODE HERE\n    raise NotImplementedError()'
    )
    assert cells["seven"].source == "# Count on your fingers.\nseven = None  # no more"
    assert all("checksum" in cell.metadata.nbgrader for cell in cells.values() if "nbgrader" in cell.metadata)
    assert not cells["twice-check"].metadata.editable
    assert "editable" not in cells["twice"].metadata


def test_a_question_keeps_its_prompt_and_hides_its_model_answer(through):
    cells = by_id(through(identify, open_lesson, expand, clear, strip))
    assert cells["why-prompt"].source == "Why?"
    assert cells["why"].source.startswith("*Your answer")
    assert "Because" not in str(cells)
    shown = by_id(through(identify, open_lesson, expand, reveal))
    assert shown["why"].source.endswith("**Model answer**\n\nBecause.")
    assert shown["how"].source == cells["how"].source


def test_the_stub_is_in_the_language(through):
    cells = by_id(through(identify, open_lesson, expand, clear, language="fr"))
    assert cells["twice"].source.endswith("# VOTRE CODE ICI\n    raise NotImplementedError()")
    assert cells["why"].source.startswith("*Votre réponse")


def test_only_allowed_metadata_stays(through):
    notebook = through(identify, open_lesson)
    notebook.metadata.author = "x"
    notebook.cells[0].metadata.collapsed = True
    stripped = strip(notebook, None)
    assert set(stripped.metadata) == {"kernelspec", "language_info", "lesson"}
    assert all(not cell.metadata for cell in stripped.cells)


def test_a_failing_cell_is_named_even_where_exceptions_may_be_raised(tiny, edition):
    fails = new_code_cell("1 / 0", id="sum-check", metadata={"tags": ["raises-exception"]})
    with pytest.raises(UserError, match="01_written, cell sum-check: ZeroDivisionError: division by zero\n    1 / 0"):
        execute(new_notebook(cells=[fails]), edition())


def outputs(*given):
    return new_notebook(cells=[new_code_cell("x", id="a", outputs=list(given))])


REFUSED = {
    "an address": (new_output("stream", text="<object object at 0x7f3c2b1a9d50>"), "an address in memory"),
    "a temporary folder": (new_output("execute_result", {"text/plain": "/tmp/tmpabc/x"}), "a folder of this machine"),
    "a warning": (new_output("stream", name="stderr", text="UserWarning: no\n"), "a warning: UserWarning: no"),
}


@pytest.mark.parametrize(("output", "what"), REFUSED.values(), ids=REFUSED.keys())
def test_outputs_that_differ_by_machine_are_refused(output, what, edition):
    with pytest.raises(UserError, match=f"01_written, cell a: its output holds {what}"):
        steady(outputs(output), edition())


def test_folders_of_the_person_and_of_the_course_are_refused(edition, tmp_path, monkeypatch):
    for folder in (Path.home(), tmp_path):
        with pytest.raises(UserError, match=f"a folder of this machine, {folder}"):
            steady(outputs(new_output("stream", text=f"saved in {folder}/data")), edition())


def test_animations_are_numbered_and_left_out_of_nbval(edition):
    html = '<img id="_anim_img{0}" src="data:image/png;base64,AAAA"><p id="{0}">'
    drawn = [new_output("display_data", {"text/html": html.format(32 * digit)}) for digit in "ab"]
    cell = steady(outputs(*drawn), edition()).cells[0]
    assert [output.data["text/html"] for output in cell.outputs] == [html.format(f"{n:032x}") for n in (1, 2)]
    assert cell.metadata.tags == ["nbval-ignore-output"]


def test_what_a_kernel_sends_in_pieces_is_one_output(edition):
    first, second, third = (new_output("stream", text=f"{n}\n") for n in (1, 2, 3))
    result = new_output("execute_result", {"text/plain": "3"})
    joined = steady(outputs(first, second, result, third), edition()).cells[0].outputs
    assert [output.get("text") for output in joined] == ["1\n2\n", None, "3\n"]


def test_a_training_is_shown_and_not_compared(through):
    text = "# %% show\nx = 1\n\n# %% varies\nx = 1\n"
    shown, varies = through(identify, expand, strip, text=text).cells
    assert shown.metadata.tags == ["show"]
    assert varies.metadata.tags == ["show", "nbval-ignore-output"]
    assert shown.id != varies.id


def test_progress_bars_are_dropped_and_numbers_stay_compared(edition):
    bar = new_output("stream", name="stderr", text="\r 10%|#   | 1/10 [00:01<00:09]")
    assert steady(outputs(bar), edition()).cells[0].outputs == []
    assert steady(outputs(bar), edition()).cells[0].metadata.tags == ["nbval-ignore-output"]
    end = new_output("stream", name="stderr", text="\n")
    assert steady(outputs(bar, end), edition()).cells[0].outputs == []
    picture = new_output("display_data", {"image/png": "AAAA", "text/plain": "<Figure size 1x1 with 1 Axes>"})
    assert "tags" not in steady(outputs(picture, new_output("stream", text="7\n")), edition()).cells[0].metadata
