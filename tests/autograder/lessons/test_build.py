"""The build as a whole: the same bytes anywhere, every kind of staleness found, failures told."""

import shutil
from pathlib import Path

import nbformat
import pytest

from autograder.cli import main
from autograder.lessons.build import find_stale
from autograder.lessons.course import load_course
from autograder.lessons.pipeline import released, to_text

TINY = Path(__file__).parent / "tiny_course"


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """The tiny course, built: executing its lessons takes seconds, so once for all tests here."""
    folder = tmp_path_factory.mktemp("once") / "tiny"
    shutil.copytree(TINY, folder, ignore=shutil.ignore_patterns("__pycache__"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder))
        assert main(["build", "--course", str(folder), "--jobs", "2"]) == 0
    return folder


@pytest.fixture
def built(once, tmp_path):
    """A copy of it, to make stale."""
    return Path(shutil.copytree(once, tmp_path / "elsewhere" / "tiny"))


def stale(folder):
    course = load_course(folder)
    return list(find_stale(course, course.written()))


def edit(path, before, after):
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_a_build_writes_every_notebook_and_is_current(once):
    made = sorted(str(path.relative_to(once)) for path in once.rglob("*.ipynb"))
    assert made == [
        f"{folder}/{lesson}.ipynb"
        for folder in ("notebooks/en", "notebooks/fr", "solutions")
        for lesson in ("01_doubling", "02_tripling")
    ]
    assert stale(once) == []
    assert main(["build", "--check", "--course", str(once)]) == 0


def test_builds_in_two_folders_are_the_same_to_the_byte(once, tiny):
    for lesson in tiny.written():
        for language in tiny.languages:
            here = to_text(released(tiny, lesson, language)).encode()
            assert here == (once / "notebooks" / language / f"{lesson.id}.ipynb").read_bytes()


def test_executing_again_gives_the_same_bytes(built, monkeypatch, capsys):
    monkeypatch.setenv("PYTHONPATH", str(built))
    path = built / "solutions" / "01_doubling.ipynb"
    before = path.read_bytes()
    assert main(["build", "01", "--force", "--course", str(built)]) == 0
    assert capsys.readouterr().out == "wrote solutions/01_doubling.ipynb\n"
    assert path.read_bytes() == before


def test_the_executed_notebook_shows_outputs_and_model_answers(once):
    notebook = nbformat.read(once / "solutions" / "01_doubling.ipynb", as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [output.output_type for output in outputs] == ["display_data", "stream"]
    assert "image/png" in outputs[0].data
    assert notebook.cells[-3].source.endswith("Because two is more than one.")
    assert "execution" not in str(notebook.cells[-1].metadata)


def test_both_languages_have_the_same_cells(once):
    english, french = (
        nbformat.read(once / "notebooks" / language / "01_doubling.ipynb", as_version=4) for language in ("en", "fr")
    )
    assert [cell.id for cell in english.cells] == [cell.id for cell in french.cells]
    about = ("grade_id", "points", "grade", "solution", "locked")
    for ours, theirs in zip(english.cells, french.cells, strict=True):
        assert all(
            ours.metadata.get("nbgrader", {}).get(key) == theirs.metadata.get("nbgrader", {}).get(key) for key in about
        )
    prose = "\n".join(cell.source for cell in french.cells)
    assert "elle double $x$" in prose
    assert "Pourquoi\u202f?" in prose
    assert "Why?" not in prose


SPOILED = {
    "an edited source": (
        lambda folder: edit(folder / "solutions/02_tripling.py", "3 * x", "x * 3"),
        ["solutions/02_tripling.ipynb is stale: run autograder build 02_tripling"],
    ),
    "an edited text": (
        lambda folder: edit(folder / "solutions/02_tripling.py", "# In 5 minutes.", "# In five minutes."),
        [
            "notebooks/en/02_tripling.ipynb is stale: run autograder build 02_tripling",
            "notebooks/fr/02_tripling.ipynb is stale: run autograder build 02_tripling",
            "solutions/02_tripling.ipynb is stale: run autograder build 02_tripling",
        ],
    ),
    "an edited translation": (
        lambda folder: edit(folder / "solutions/locale/fr/02_tripling.po", '"Tripler"', '"Tripler !"'),
        ["notebooks/fr/02_tripling.ipynb is stale: run autograder build 02_tripling"],
    ),
    "an edited release": (
        lambda folder: edit(folder / "notebooks/en/01_doubling.ipynb", "one item", "two items"),
        ["notebooks/en/01_doubling.ipynb is stale: run autograder build 01_doubling"],
    ),
    "an edited executed notebook": (
        lambda folder: edit(folder / "solutions/01_doubling.ipynb", "return x + x", "return x * 2"),
        ["solutions/01_doubling.ipynb is stale: run autograder build 01_doubling"],
    ),
    "a new version": (
        lambda folder: edit(folder / "solutions/course.toml", "version = 2", "version = 3"),
        [
            "notebooks/en/01_doubling.ipynb is stale: run autograder build 01_doubling",
            "notebooks/fr/01_doubling.ipynb is stale: run autograder build 01_doubling",
            "solutions/01_doubling.ipynb is stale: run autograder build 01_doubling",
        ],
    ),
    "a new word on the map": (
        lambda folder: edit(folder / "solutions/course.toml", "What doubling is.", "What doubling does."),
        [
            "notebooks/en/02_tripling.ipynb is stale: run autograder build 02_tripling",
            "solutions/02_tripling.ipynb is stale: run autograder build 02_tripling",
        ],
    ),
    "a missing notebook": (
        lambda folder: (folder / "notebooks/fr/01_doubling.ipynb").unlink(),
        ["notebooks/fr/01_doubling.ipynb is missing: run autograder build 01_doubling"],
    ),
    "a broken notebook": (
        lambda folder: (folder / "solutions/01_doubling.ipynb").write_text("{"),
        ["solutions/01_doubling.ipynb is stale: run autograder build 01_doubling"],
    ),
    "a lesson that is gone": (
        lambda folder: (folder / "solutions/02_tripling.py").unlink(),
        [
            f"{path}/02_tripling.ipynb is made by no lesson: run autograder build to remove it"
            for path in ("notebooks/en", "notebooks/fr", "solutions")
        ],
    ),
}


@pytest.mark.parametrize(("spoil", "told"), SPOILED.values(), ids=SPOILED.keys())
def test_what_is_stale_is_told_with_its_remedy(built, spoil, told, capsys):
    spoil(built)
    assert stale(built) == told
    assert main(["build", "--check", "--course", str(built)]) == 1
    assert capsys.readouterr().out.splitlines() == told


def test_a_build_removes_what_no_lesson_makes(built, capsys):
    (built / "solutions/02_tripling.py").unlink()
    assert main(["build", "--course", str(built)]) == 0
    assert "removed solutions/02_tripling.ipynb, which no lesson makes" in capsys.readouterr().out
    assert stale(built) == []


def test_a_failing_solution_fails_the_build(built, monkeypatch, capsys):
    monkeypatch.setenv("PYTHONPATH", str(built))
    edit(built / "solutions/02_tripling.py", "3 * x", "4 * x")
    assert main(["build", "02", "--course", str(built)]) == 2
    assert "02_tripling, cell thrice-check: AssertionError: not yet" in capsys.readouterr().err
