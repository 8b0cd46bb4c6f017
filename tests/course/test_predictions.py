"""Predictions are typed by hand, as lists, tuples or arrays; a known mistake is recognised in each form."""

import importlib

import numpy as np
import pytest

from autograder.checking.caller import local_answer
from autograder.checking.judge import judge

EXERCISES = importlib.import_module("autograder.exercises.01_convolution").EXERCISES
PREDICTIONS = {exercise.name: exercise for exercise in EXERCISES if exercise.hide_expected}


@pytest.mark.parametrize("form", [list, tuple, np.array])
@pytest.mark.parametrize("name", PREDICTIONS)
def test_right_and_wrong_values_are_known_in_every_form(name, form):
    exercise = PREDICTIONS[name]
    (right,) = exercise.reference
    assert judge(exercise, local_answer(form(right.tolist())), seed=1).passed
    for mistake in exercise.mistakes:
        (wrong,) = mistake.objects
        verdict = judge(exercise, local_answer(form(wrong.tolist())), seed=1)
        assert not verdict.passed
        assert verdict.mistake is mistake
