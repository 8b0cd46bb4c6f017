"""Verdicts: stages and parts, what is shown, and which mistake is named."""

import numpy as np
import pytest

from autograder.checking.caller import Answer, LinkLost, local_answer
from autograder.checking.cases import case, fixed, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.judge import judge
from autograder.checking.result import present
from autograder.checking.words import Text

NO_TEXT = Text("", "")
SMALL, LARGE = case(x=whole_numbers(2, 0, 5)), case(x=whole_numbers(2, 50, 90))


def double(x):
    return 2 * x


def known(name, function):
    return Mistake(name, (function,), Text(name, name))


def exercise(*parts, mistakes=(), **options):
    parts = parts or (Part(NO_TEXT, (Stage(SMALL), Stage(LARGE))),)
    return Exercise("double", (double,), parts, tuple(mistakes), **options)


def verdict_on(answer, *parts, seed=0, **options):
    return judge(exercise(*parts, **options), local_answer(answer), seed=seed)


def test_a_later_stage_is_tried_after_an_earlier_one_passed():
    verdict = verdict_on(lambda x: np.minimum(2 * x, 10))
    assert verdict.failure.case["x"].min() >= 50
    assert verdict.tried > 25


def test_the_same_seed_gives_the_same_verdict_and_another_tries_other_cases():
    def seen(seed):
        cases = []
        verdict_on(lambda x: cases.append(x.tolist()) or 2 * x, seed=seed)
        return cases

    assert seen(1) == seen(1) != seen(2)


def test_each_part_counts_and_the_first_that_fails_is_shown():
    parts = Part(NO_TEXT, (Stage(SMALL),), share=1), Part(NO_TEXT, (Stage(LARGE),), share=3)
    verdict = verdict_on(lambda x: np.minimum(2 * x, 10), *parts)
    assert verdict.fraction == 0.25
    assert verdict.failure is verdict.parts[1].failure


def test_a_part_that_is_not_written_does_not_end_the_others():
    def large_only(x):
        if x.max() < 20:
            raise NotImplementedError
        return 2 * x

    parts = Part(NO_TEXT, (Stage(SMALL),)), Part(NO_TEXT, (Stage(LARGE),))
    verdict = verdict_on(large_only, *parts)
    assert verdict.fraction == 0.5
    assert present(verdict, "en").state == "partly"


PLUS_TWO, CAPPED = known("adds two", lambda x: x + 2), known("caps", lambda x: np.minimum(2 * x, 10))


def test_a_mistake_is_named_only_where_all_cases_agree():
    mistakes = (PLUS_TWO, CAPPED)
    assert verdict_on(lambda x: x + 2.0, mistakes=mistakes).mistake is PLUS_TWO
    assert verdict_on(lambda x: x + 2 + (x == 3), mistakes=mistakes).mistake is None
    assert verdict_on(lambda x: 2 * x, mistakes=mistakes).mistake is None


def test_a_mistake_in_one_part_is_named_beside_another_in_another():
    parts = Part(NO_TEXT, (Stage(SMALL),)), Part(NO_TEXT, (Stage(LARGE),))
    verdict = verdict_on(lambda x: x + 2 if x.max() < 20 else x - 1, *parts, mistakes=(CAPPED, PLUS_TWO))
    assert verdict.mistake is PLUS_TWO


def test_a_mistake_that_raises_is_recognised_by_what_it_raises():
    raising = known("takes the tenth", lambda x: x[10])
    assert verdict_on(lambda x: 2 * x[7:][0], mistakes=(raising,)).mistake is raising
    assert verdict_on(lambda x: 1 / 0, mistakes=(raising,)).mistake is None


def test_a_value_that_the_observer_cannot_use_is_the_answers_fault():
    def total(answer, case):
        return float(sum(answer(case["x"])))

    verdict = verdict_on(lambda x: 5, observe=total)
    assert verdict.fraction == 0
    assert "What it gives cannot be used here (TypeError: 'int' object is not iterable)" in str(present(verdict, "en"))


def test_a_comparison_that_fails_on_a_value_is_the_answers_fault():
    verdict = verdict_on(lambda x: "ab", compare=lambda got, expected: None if np.allclose(got, expected) else 1 / 0)
    assert verdict.fraction == 0


def test_an_exercise_whose_reference_fails_says_so():
    with pytest.raises(AssertionError, match=r"the reference of double failed on \{\}"):
        verdict_on(double, Part(NO_TEXT, (Stage(fixed({})),)))


def test_a_lost_link_is_no_wrong_answer():
    class Lost:
        def exchange(self, request, ask):
            raise LinkLost("gone")

    with pytest.raises(LinkLost, match="gone"):
        judge(exercise(), Answer(Lost()), seed=0)


def test_what_is_made_for_a_case_is_dropped_after_it():
    class Counter:
        alive = 0

        def __init__(self):
            Counter.alive += 1

        def __del__(self):
            Counter.alive -= 1

        def value(self):
            return 1.0

    def made(answer, case):
        return answer.make().method("value")()

    answer = local_answer(Counter)
    stage = Stage(case(x=whole_numbers(2)))
    verdict = judge(Exercise("counter", (Counter,), (Part(NO_TEXT, (stage,)),), (), observe=made), answer, seed=0)
    assert verdict.passed
    assert Counter.alive == 0
