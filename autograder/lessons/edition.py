"""What a step of the build may know besides the notebook in its hands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.lessons.course import Course, Lesson


@dataclass(frozen=True)
class Edition:
    """One lesson in one language."""

    course: Course
    lesson: Lesson
    language: str
    translation: Mapping[str, str] = field(default_factory=dict)  # English message -> its translation


Step = Callable[[NotebookNode, Edition], NotebookNode]
