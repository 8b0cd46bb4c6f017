"""A student in JupyterLab: writes answers, runs checks, and reads what they say."""

import importlib

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

FLIPPED = """\
def conv1d(x, k):
    windows = np.lib.stride_tricks.sliding_window_view(x, len(k))
    return windows @ k[::-1]"""
RIGHT = FLIPPED.replace("k[::-1]", "k")


def says(lesson, exercise, mistake, language):
    """What the course has to say about a known mistake."""
    exercises = importlib.import_module(f"autograder.exercises.{lesson}").EXERCISES
    (told,) = (
        known.says.in_language(language)
        for each in exercises
        if each.name == exercise
        for known in each.mistakes
        if known.name == mistake
    )
    return told


def test_a_flipped_kernel_is_found_and_then_mended(open_notebook):
    notebook = open_notebook("en", "01_convolution")
    notebook.run("lesson")
    notebook.run("import numpy as np")

    said = notebook.answer("conv1d", FLIPPED)
    expect(said).to_contain_text("✗ conv1d: not right yet — 0 of 3 points")
    expect(said).to_contain_text("Smallest input found that fails")
    expect(said).to_contain_text("x = np.array([0., 1.])")
    expect(said).to_contain_text("k = np.array([0., 1.])")
    expect(said).to_contain_text(says("01_convolution", "conv1d", "flipped kernel", "en"))
    expect(said).to_contain_text("Likely mistake")
    expect(said.get_by_role("img", name="First at [0]: expected 1, got 0.")).to_be_visible()

    said = notebook.answer("conv1d", RIGHT)
    expect(said).to_contain_text("✓ conv1d: passed — 3 of 3 points")
    expect(said).not_to_contain_text("Smallest input")


def test_the_warm_up_speaks_french(open_notebook):
    notebook = open_notebook("fr", "00_start")
    notebook.run("lesson")

    said = notebook.answer("double", "def double(x):\n    return x + 2")
    expect(said).to_contain_text("pas encore juste")
    expect(said).to_contain_text("Plus petite entrée trouvée qui échoue")
    expect(said).to_contain_text("x = np.array([0.])")
    expect(said).to_contain_text(says("00_start", "double", "adds two", "fr"))

    said = notebook.answer("double", "def double(x):\n    return 2 * x")
    expect(said).to_contain_text("réussi")


def test_a_blank_notebook_runs_to_its_end(open_notebook):
    notebook = open_notebook("en", "01_convolution")
    notebook.run_all()
    checks = [cell.id for cell in notebook.cells if cell.id.endswith("-check")]
    assert len(checks) == 9
    for check in checks:
        said = notebook.cell(check).get_by_role("status")
        expect(said).to_contain_text(f"○ {check.removesuffix('-check')}: not written yet")
    expect(notebook.page.get_by_text("Traceback")).to_have_count(0)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("def double(x):\n    raise NotImplementedError()", "The following cell failed"),
        ("def double(x):\n    return 2 * x", "Success! Your notebook passes all the tests."),
    ],
    ids=["blank", "solved"],
)
def test_nbgraders_validate_button_agrees(open_notebook, answer, verdict):
    notebook = open_notebook("en", "00_start")
    notebook.write("double", answer)
    notebook.page.get_by_role("button", name="Validate").click()
    expect(notebook.page.get_by_role("dialog")).to_contain_text(verdict)
