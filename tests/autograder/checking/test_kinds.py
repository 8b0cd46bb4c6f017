"""One exercise of each kind in the course: right answers pass, known mistakes are recognised, all else fails."""

import pytest

from autograder.checking.judge import judge
from autograder.checking.result import present
from tests.autograder.checking.kinds import arrays, functions, networks, others, randomness

KINDS = [*arrays.KINDS, *functions.KINDS, *randomness.KINDS, *networks.KINDS, *others.KINDS]
RIGHT = [(kind, number) for kind in KINDS for number in range(1 + len(kind.exercise.right))]
MISTAKES = [(kind, known) for kind in KINDS for known in kind.exercise.mistakes]
SEED = 20


def unwritten(*args, **kwargs):
    raise NotImplementedError


@pytest.mark.parametrize(("kind", "number"), RIGHT, ids=lambda value: str(value))
def test_a_right_answer_passes(answer, kind, number):
    objects = (kind.exercise.reference, *kind.exercise.right)[number]
    verdict = judge(kind.exercise, answer(*objects), seed=SEED)
    assert str(present(verdict, "en")).startswith("✓")
    assert verdict.fraction == 1.0


@pytest.mark.parametrize(("kind", "known"), MISTAKES, ids=lambda value: getattr(value, "name", str(value)))
def test_a_known_mistake_is_recognised_as_itself(answer, kind, known):
    verdict = judge(kind.exercise, answer(*known.objects), seed=SEED)
    assert not verdict.passed
    assert verdict.mistake is known
    for language in ("en", "fr"):
        assert known.says.in_language(language) in str(present(verdict, language))


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_another_wrong_answer_fails_and_is_taken_for_no_mistake(answer, kind):
    verdict = judge(kind.exercise, answer(*kind.wrong), seed=SEED)
    assert not verdict.passed
    assert verdict.mistake is None
    assert str(present(verdict, "en"))


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_an_answer_that_is_not_written_yet_earns_nothing(answer, kind):
    if kind is others.PREDICTION:
        objects = [None]
    elif kind is arrays.DICTS:
        objects = [dict.fromkeys(arrays.FUNCTIONS, unwritten)] * 2
    else:
        objects = [unwritten] * len(kind.exercise.reference)
    verdict = judge(kind.exercise, answer(*objects), seed=SEED)
    assert verdict.fraction == 0
    assert present(verdict, "en").state == "not written"


def test_each_part_earns_its_share(answer):
    verdict = judge(arrays.TWO.exercise, answer(arrays.windows_to_columns, unwritten), seed=SEED)
    assert verdict.fraction == pytest.approx(1 / 3)
    assert present(verdict, "en").state == "partly"


def test_both_links_come_to_the_same_message(answer):
    verdict = judge(arrays.PLAIN.exercise, answer(lambda x: x + 1), seed=SEED)
    assert str(present(verdict, "en")) == (
        "✗ plain function: not right yet\n"
        "  Smallest input found that fails: x = np.array([[0., 0., 0.],\n"
        "              [0., 0., 0.]])\n"
        "  Your answer: np.array([[1., 1., 1.],\n"
        "              [1., 1., 1.]])\n"
        "  Expected: np.array([[0., 0., 0.],\n"
        "              [0., 0., 0.]])\n"
        "  What is wrong: It is 1 at [0, 0]; 0 is expected (6 of 6 values differ)."
    )
