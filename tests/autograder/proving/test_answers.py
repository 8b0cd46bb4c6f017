"""An exercise whose listed answers do not fare as they must is named, with the answer and what became of it."""

import itertools
from dataclasses import replace

import pytest

from autograder.checking.cases import case, sizes, whole_numbers
from autograder.checking.exercise import Exercise, Mistake, Part, Stage
from autograder.checking.words import Text
from autograder.proving.answers import prove_answers


def mistake(name, wrong, says=("It is wrong.", "C’est faux.")):
    return Mistake(name, (wrong,), Text(*says))


ADDS, SQUARES, HALVES = (
    mistake("adds", lambda x: x + 2),
    mistake("squares", lambda x: x**2),
    mistake("halves", lambda x: x / 2),
)
TWICE = Exercise(
    name="twice",
    reference=(lambda x: 2 * x,),
    parts=(Part(Text("doubles", "double"), (Stage(sizes(1, 3).flatmap(lambda n: case(x=whole_numbers(n))), 8),)),),
    mistakes=(ADDS, SQUARES, HALVES),
    right=((lambda x: x + x,), (lambda x: x * 2.0,), (lambda x: x - -x,)),
)
_numbers = itertools.count()


def accept_everything(got, expected):
    return None


def never_twice_the_same(x):
    return x + next(_numbers)


WANTING = {
    "a check that accepts everything": (
        replace(TWICE, compare=accept_everything),
        ["mistake 'adds' passes the check", "mistake 'squares' passes the check", "mistake 'halves' passes the check"],
    ),
    "two mistakes that are one": (
        replace(TWICE, mistakes=(ADDS, SQUARES, mistake("is added", lambda x: 2 + x))),
        ["mistake 'is added' is taken for 'adds'"],
    ),
    "a mistake that is right": (
        replace(TWICE, mistakes=(ADDS, SQUARES, mistake("adds itself", lambda x: x + x))),
        ["mistake 'adds itself' passes the check"],
    ),
    "a mistake that never does the same": (
        replace(TWICE, mistakes=(ADDS, SQUARES, mistake("counts", never_twice_the_same))),
        ["mistake 'counts' is rejected, but not recognised"],
    ),
    "a right answer that is wrong": (
        replace(TWICE, right=(*TWICE.right, (ADDS.objects[0],))),
        ["right answer 4 (<lambda>) is rejected: ✗ twice: not right yet"],
    ),
    "few mistakes": (replace(TWICE, mistakes=(ADDS, SQUARES)), ["it knows 2 mistakes, at least 3 are wanted"]),
    "few right answers": (
        replace(TWICE, right=TWICE.right[:2]),
        ["it has 2 right answers; add more up to 3, or say in fewer_right why not"],
    ),
    "two mistakes of a name": (
        replace(TWICE, mistakes=(ADDS, SQUARES, mistake("adds", HALVES.objects[0]))),
        ["two mistakes are named 'adds'"],
    ),
    "a mistake without its French": (
        replace(TWICE, mistakes=(ADDS, SQUARES, mistake("halves", HALVES.objects[0], ("It halves.", "")))),
        ["mistake 'halves' lacks its text in a language"],
    ),
    "a part in one language": (
        replace(TWICE, parts=(replace(TWICE.parts[0], title=Text("doubles", "doubles")),)),
        ["part 1 says the same in both languages"],
    ),
}


def test_an_exercise_that_holds():
    proof = prove_answers(TWICE)
    assert proof.misses == ()
    assert (proof.recognised, proof.mistakes, proof.accepted, proof.right) == (3, 3, 3, 3)


@pytest.mark.parametrize(("exercise", "misses"), WANTING.values(), ids=WANTING.keys())
def test_an_exercise_that_does_not(exercise, misses):
    found = prove_answers(exercise).misses
    assert len(found) == len(misses)
    for miss, start in zip(found, misses, strict=True):
        assert miss.startswith(start)


def test_fewer_right_answers_with_a_reason():
    proof = prove_answers(replace(TWICE, right=(), fewer_right="there is but one"))
    assert proof.misses == ()
    assert proof.fewer_right == "there is but one"
