"""Lessons as this class got them: each in all languages, since one class may hand in several."""

from collections.abc import Mapping
from pathlib import Path

import nbformat

from autograder.errors import UserError
from autograder.grading.classroom import Classroom
from autograder.grading.master import Assignment, master_of


def edition(classroom: Classroom, name: str, paths: Mapping[str, Path]) -> Assignment:
    """The assignment of one lesson, the class's own language first."""
    first = [classroom.language] if classroom.language in paths else []
    order = dict.fromkeys([*first, *paths])
    masters = {}
    for language in order:
        try:
            notebook = nbformat.read(paths[language], as_version=4)
        except (OSError, ValueError) as error:
            raise UserError(f"{paths[language]} cannot be read ({error}); run autograder init again") from None
        masters[language] = master_of(name, notebook)
    return Assignment(name, {name: masters}, classroom.source(name))
