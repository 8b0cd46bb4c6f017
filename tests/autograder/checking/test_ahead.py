"""What is drawn and answered ahead changes no verdict, and is not asked of the reference again."""

import importlib
from dataclasses import replace

import numpy as np
import pytest

from autograder.checking.ahead import Ahead
from autograder.checking.caller import local_answer
from autograder.checking.cases import case, fixed, whole_numbers
from autograder.checking.exercise import Mistake, Part, Stage
from autograder.checking.judge import judge
from autograder.checking.words import Text
from tests.autograder.checking.trial import doubling

SEED = 11
NO_TEXT = Text("", "")
LATER = Part(NO_TEXT, (Stage(fixed({"x": np.ones(1)})), Stage(case(x=whole_numbers(3, 50, 90)), 9)))


def adds_two(x):
    return x + 2


def wrong_where_large(x):
    return np.minimum(2 * x, 100)


def wrong_at_once(x):
    raise ZeroDivisionError


def two_parts():
    exercise = doubling()
    return replace(
        exercise, parts=(*exercise.parts, LATER), mistakes=(Mistake("adds two", (adds_two,), Text("+ 2", "+ 2")),)
    )


def worked(exercise):
    ahead = Ahead()
    assert len(list(ahead.work(exercise, SEED))) == sum(len(part.stages) for part in exercise.parts)
    return ahead


def told(verdict):
    """All that a verdict says."""
    failures = [part.failure and (dict(part.failure.case), part.failure.difference) for part in verdict.parts]
    mistake = verdict.mistake and verdict.mistake.name
    return verdict.fraction, verdict.tried, mistake, verdict.broke, repr(failures)


@pytest.mark.parametrize("answer", [lambda x: x + x, adds_two, wrong_where_large, wrong_at_once])
def test_the_verdict_is_the_same(answer):
    exercise = two_parts()
    plain = judge(exercise, local_answer(answer), seed=SEED)
    assert told(judge(exercise, local_answer(answer), seed=SEED, ahead=worked(exercise))) == told(plain)


@pytest.mark.parametrize("lesson", ["01_convolution", "06_batch_norm"])
def test_the_verdict_is_the_same_in_lessons(lesson):
    for exercise in importlib.import_module(f"autograder.exercises.{lesson}").EXERCISES:
        ahead = worked(exercise)
        for objects in (exercise.reference, *(mistake.objects for mistake in exercise.mistakes[:3])):
            plain = judge(exercise, local_answer(*objects), seed=SEED)
            assert told(judge(exercise, local_answer(*objects), seed=SEED, ahead=ahead)) == told(plain), exercise.name


def test_cases_come_in_the_order_in_which_an_answer_is_tried():
    def seen(ahead):
        cases = []
        judge(exercise, local_answer(lambda x: cases.append(x.tolist()) or 2 * x), seed=SEED, ahead=ahead)
        return cases

    exercise = two_parts()
    assert seen(worked(exercise)) == seen(None)


def test_the_reference_is_not_asked_again_and_another_seed_has_its_own_cases():
    def refuses(x):
        raise AssertionError("asked")

    exercise = two_parts()
    ahead = worked(exercise)
    mute = replace(exercise, reference=(refuses,))
    assert judge(mute, local_answer(lambda x: 2 * x), seed=SEED, ahead=ahead).passed
    with pytest.raises(AssertionError, match="the reference of double failed"):
        judge(mute, local_answer(lambda x: 2 * x), seed=SEED + 1, ahead=ahead)


def test_a_call_that_ran_out_of_time_is_not_made_again():
    calls = []

    def hangs(x):
        calls.append(x)
        while True:
            pass

    exercise = doubling()
    verdict = judge(exercise, local_answer(hangs), seed=SEED, ahead=worked(exercise))
    assert verdict.failure.got.error.kind == "took too long"
    assert len(calls) == 1


def test_a_reference_that_fails_is_told_by_name():
    with pytest.raises(AssertionError, match="the reference of double failed"):
        list(Ahead().work(replace(doubling(), reference=(wrong_at_once,)), SEED))
