"""What a student's notebook does, solved and untouched, in a real kernel."""

import pytest

from autograder.proving.notebooks import prove_released, prove_solved

from .conftest import SOURCE

BROKEN = {
    "a solution that is wrong": (
        prove_solved,
        ("return FACTOR * x", "return FACTOR + x"),
        ["solution, en: the check of twice should end as 'full', but is 'nothing'"],
    ),
    "a cell that raises before the first exercise": (
        prove_released,
        ("FACTOR = 2", "FACTOR = two"),
        ["blank, en: cell", "raises NameError: name 'two' is not defined"],
    ),
    "a cell that falls with an exercise": (
        prove_released,
        ("print(np.arange(3) * 2)", "print(twice(np.arange(3)))"),
        ["raises NotImplementedError; exercises may not fall together"],
    ),
    "an exercise that is released solved": (
        prove_released,
        ("    ### BEGIN SOLUTION\n    return", "    return FACTOR * x\n    ### BEGIN SOLUTION\n    return"),
        ["blank, en: the check of twice should end as 'not written', but is 'full'"],
    ),
}


@pytest.mark.parametrize("prove", [prove_solved, prove_released])
def test_a_lesson_that_holds(tiny, prove):
    proof = prove(tiny, tiny.lessons[0], "fr")
    assert proof.misses == ()
    assert proof.points == {"seven": 1, "twice": 3}
    assert proof.as_wanted == {"seven", "twice"}


@pytest.mark.parametrize(("prove", "edit", "told"), BROKEN.values(), ids=BROKEN.keys())
def test_a_lesson_that_does_not(tiny, change, prove, edit, told):
    change(SOURCE, *edit)
    misses = prove(tiny, tiny.lessons[0], "en").misses
    assert len(misses) == 1
    for part in told:
        assert part in misses[0]
