"""What a step of the build may know besides the notebook in its hands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from autograder.lessons.course import Lesson


@dataclass(frozen=True)
class Edition:
    """One lesson in one language."""

    lesson: Lesson
    language: str
    checks: str  # the module whose `lesson` opens the notebook
    folder: Path  # of the course
    translation: Mapping[str, str] = field(default_factory=dict)  # English message -> its translation


Step = Callable[[NotebookNode, Edition], NotebookNode]
