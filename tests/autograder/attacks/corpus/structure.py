"""Attacks on the notebook: what nbgrader's metadata says, which cells there are, and the files beside it."""

from nbformat.v4 import new_output

from .attack import PLAIN, RIGHT, STOCK, TRUSTING, UNSCORED, WRONG, Attack

RESTORED = "locked cells and nbgrader's metadata are put back"
FAKE = "def lesson(*a, **k):\n    return lambda *objects: None\n"


def check_of(notebook):
    return next(
        one for one in notebook.cells if one.get("metadata", {}).get("nbgrader", {}).get("grade_id") == "double-check"
    )


def _skip(notebook, cell):
    check_of(notebook).metadata.tags = ["skip-execution"]


def _delete(notebook, cell):
    notebook.cells.remove(check_of(notebook))


def _duplicate(notebook, cell):
    more = cell("pass")
    more.metadata.nbgrader = {**check_of(notebook).metadata.nbgrader}
    notebook.cells.append(more)


def _raise_points(notebook, cell):
    check_of(notebook).metadata.nbgrader.points = 100


def _rewrite(notebook, cell):
    check_of(notebook).source = "pass"


def _text(notebook, cell):
    check_of(notebook).cell_type = "markdown"


def _answer_instead(notebook, cell):
    check_of(notebook).metadata.nbgrader.update(solution=True, locked=False, points=1)
    check_of(notebook).source = "1.0"


def _prefill(notebook, cell):
    _skip(notebook, cell)
    check_of(notebook).outputs = [new_output("execute_result", {"text/plain": "1.0"})]


def _swap_names(notebook, cell):
    check = check_of(notebook)
    answer = next(one for one in notebook.cells if one.id == "double")
    check.metadata.nbgrader, answer.metadata.nbgrader = answer.metadata.nbgrader, check.metadata.nbgrader


def _other_lesson_and_kernel(notebook, cell):
    notebook.metadata.lesson = {"id": "../../forged", "language": ["fr"], "version": -1}
    notebook.metadata.kernelspec = {"name": "../own", "language": "bash", "display_name": "own"}


def _no_metadata(notebook, cell):
    for one in notebook.cells:
        one.metadata.clear()
    check_of_text = next(one for one in notebook.cells if one.source.startswith("check("))
    check_of_text.source = "'passed'"


CHANGES = (
    Attack(name, tries, stopped_by, change=change, without=without, reason="verdict|never asked")
    for name, tries, stopped_by, change, without in (
        ("skips", "tags the check so that it does not run", "tags are dropped", _skip, STOCK),
        (
            "skips-prefilled",
            "does so with an output that claims the points",
            "tags and outputs are dropped",
            _prefill,
            STOCK,
        ),
        ("deletes", "deletes the check", RESTORED, _delete, UNSCORED),
        ("duplicates", "adds a second check of the same name", RESTORED, _duplicate, TRUSTING),
        ("rewrites", "rewrites the check", RESTORED, _rewrite, TRUSTING),
        ("turns-to-text", "makes a text of the check", RESTORED, _text, TRUSTING),
        ("answers-instead", "makes an answer of the check", RESTORED, _answer_instead, TRUSTING),
        ("swaps-names", "swaps the names of answer and check", RESTORED, _swap_names, TRUSTING),
        ("loses-names", "drops all metadata", RESTORED, _no_metadata, UNSCORED),
        (
            "other-lesson",
            "says to be another lesson, and names a kernel of its own",
            "the release says which lesson it is, and which kernel it has",
            _other_lesson_and_kernel,
            UNSCORED,
        ),
    )
)
ATTACKS = (
    *CHANGES,
    Attack(
        "raises-points",
        "sets the points of the check to 100",
        RESTORED,
        answer=RIGHT,
        change=_raise_points,
        without=TRUSTING,
        due=1,
    ),
    Attack(
        "shadows-package",
        "hands in files named as the packages that check",
        "what checks is imported before",
        files={"autograder.py": FAKE, "autograder/__init__.py": FAKE, "numpy.py": FAKE, "sitecustomize.py": FAKE},
        without=PLAIN,
    ),
    Attack(
        "starts-up",
        "leaves a start-up file for the next kernel",
        "an empty home for each kernel",
        first="""
import os, pathlib
folder = pathlib.Path(os.environ["IPYTHONDIR"], "profile_default/startup")
folder.mkdir(parents=True, exist_ok=True)
(folder / "own.py").write_text("import autograder; autograder.lesson = lambda *a, **k: lambda *objects: None")
""",
        answer=WRONG + "\nimport os\nos._exit(0)",
        reason="never asked",
        without=PLAIN,
    ),
)
