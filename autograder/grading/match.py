"""Which file of a submission is which notebook, also where it was renamed on its way."""

from collections.abc import Mapping

from autograder.grading.master import Assignment, Master
from autograder.grading.submission import Handed, Unreadable, read_notebook

ENOUGH = 0.5  # of a notebook's named cells, to know it by them


def match(handed: list[Handed], assignment: Assignment, notes: list[str]) -> dict[str, Handed | Unreadable]:
    """The file of each notebook of an assignment that was handed in; what is odd about it goes to `notes`."""
    files = {one.name: one for one in handed if one.name.endswith(".ipynb")}
    found: dict[str, Handed | Unreadable] = {
        name: files.pop(f"{name}.ipynb") for name in assignment.notebooks if f"{name}.ipynb" in files
    }
    missing = [name for name in assignment.notebooks if name not in found]
    for name in missing:
        alike = [one for one in files.values() if _is(name, assignment.notebooks[name], one, len(missing) == 1)]
        if len(alike) == 1:
            found[name] = files.pop(alike[0].name)
            notes.append(f"{alike[0].name} was taken for {name}.ipynb")
        elif alike:
            names = ", ".join(one.name for one in alike)
            found[name] = Unreadable(f"several files could be {name}.ipynb: {names}")
            files = {key: one for key, one in files.items() if one not in alike}
    notes += [f"{name} is none of the assignment's notebooks and was left alone" for name in files]
    return found


def _is(name: str, editions: Mapping[str, Master], handed: Handed, only_one_missing: bool) -> bool:
    """Whether a file is the notebook `name`: by its cells, or by its own name where it cannot be read."""
    try:
        notebook = read_notebook(handed)
    except Unreadable:
        return only_one_missing and name in handed.name
    names = {cell.name for master in editions.values() for cell in master.cells}
    marks = (cell.metadata.get("nbgrader") for cell in notebook.cells)
    ids = {str(mark.get("grade_id")) for mark in marks if isinstance(mark, dict)}
    ids |= {cell.id for cell in notebook.cells}
    return len(names & ids) >= max(ENOUGH * len(names), 1)
