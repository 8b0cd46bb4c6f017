"""Every lesson proves itself, and the record of its mutants is of the code as it stands."""

from pathlib import Path

import pytest

from autograder.lessons.course import load_course
from autograder.proving.prove import prove_lesson

COURSE = load_course(Path(__file__).parents[2])


@pytest.mark.parametrize("lesson", COURSE.written(), ids=lambda lesson: lesson.id)
def test_the_lesson_proves_itself(lesson):
    proof = prove_lesson(COURSE, lesson, thorough=False)  # `autograder prove` takes several seeds
    assert not proof.misses, "\n".join(proof.misses)
    assert len(proof.answers) == len(lesson.exercises) + len(lesson.predictions)
